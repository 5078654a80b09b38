import { describe, expect, test } from 'vitest'
import type { DialectFace, ProbeResult, RemoteSetup } from '../../src/dialects/dialect.ts'
import { RemoteStore } from '../../src/dialects/remote-store.ts'
import { EVERYTHING } from '../../src/domain/filter.ts'
import { RECORD_KINDS } from '../../src/domain/records.ts'
import { DEEDS, requireAbility, type Ability } from '../../src/store/abilities.ts'
import type { Abilities, ListedRecord, Store } from '../../src/store/store.ts'
import { frozenAmbient } from '../support/ambient.ts'

const NOTHING = Object.fromEntries(Object.keys(DEEDS).map((ability) => [ability, false]))

const face: DialectFace = {
  name: 'iis',
  title: 'Stone Tablets',
  can: { ...NOTHING, list: [] } as unknown as Abilities,
  limits: {
    import: 'carve it yourself',
    createAuthority: 'ask the king',
    'list.request': 'nobody asks here',
  },
}

/** A store that can do nothing, over a connection that must not be used. */
class Tablets extends RemoteStore {
  async probe(): Promise<ProbeResult> {
    return {}
  }
  protected async byId(): Promise<ListedRecord | undefined> {
    throw new Error('asked')
  }
}

const counted = { sent: 0, closed: 0 }

function tablets(): Tablets {
  const http = {
    base: new URL('https://stone.example/api/'),
    send: async () => {
      counted.sent++
      throw new Error('sent')
    },
    close: async () => void counted.closed++,
  }
  const setup: RemoteSetup = {
    name: 'hill',
    http,
    credential: undefined,
    ambient: frozenAmbient(),
    options: {},
    reach: () => http,
    notice: () => undefined,
  }
  return new Tablets(face, setup)
}

/** Every verb that answers once, as a consumer of the port would call it. */
const CALLS: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  'give out certificates': (store) => store.certificate('1'),
  'give out certificates: issuers': (store) => store.issuersOf('1'),
  'give out the bytes of requests': (store) => store.request('1'),
  'give out private keys': (store) => store.key('1'),
  'import certificates': (store) => store.import({ certificates: [], keys: [] }),
  'edit records': (store) => store.editAll([{ kind: 'certificate', id: '1' }], {}),
  'delete records': (store) => store.delete([]),
  'bring back what was deleted': (store) => store.trash(),
  'bring back what was deleted: restore': (store) => store.restore([]),
  'bring back what was deleted: empty': (store) => store.emptyTrash(),
  'take requests': (store) => store.submit({ csr: new Uint8Array() }),
  'sign requests': (store) => store.sign({ kind: 'request', id: '1' }, {}),
  'sign requests: at once': (store) => store.issue([], {}),
  'attach certificates to requests': (store) => store.attach({ kind: 'request', id: '1' }, []),
  'reject requests': (store) => store.reject([], undefined),
  'revoke certificates': (store) => store.revoke([], { reason: 'unspecified' }),
  'end the hold of a certificate': (store) => store.release([], {}),
  'give out CRLs': (store) => store.crl('1'),
  'take in authorities': (store) =>
    store.importAuthority({ name: 'x', certificate: new Uint8Array(), source: { how: 'imported' } }),
  'change authorities': (store) => store.editAuthority({ kind: 'authority', id: '1' }, {}),
  'install certificates of authorities': (store) => store.installAuthority('x', []),
  'renew authorities': (store) => store.renewAuthority('x', {}),
  'renew certificates': (store) => store.renew({ kind: 'certificate', id: '1' }, {}),
  'keep profiles': (store) => store.profiles(),
  'keep profiles: add': (store) => store.addProfile({}),
  'keep profiles: remove': (store) => store.removeProfile('x'),
}

describe('a remote store that overrides nothing', () => {
  test.each(Object.keys(CALLS))(
    'when it is asked to %s then it refuses, and nothing is sent',
    async (deed) => {
      await expect(CALLS[deed]!(tablets())).rejects.toMatchObject({
        code: 'store.unsupported',
        message: `Stone Tablets (store "hill") cannot ${deed.split(':')[0]}`,
      })
      expect(counted.sent).toBe(0)
    },
  )

  test.each(RECORD_KINDS)('when it is to list or find a %s then it refuses', async (kind) => {
    const refusal = { code: 'store.unsupported', message: expect.stringContaining('cannot list') as string }
    const rows = tablets().list(kind, EVERYTHING)
    await expect(rows[Symbol.asyncIterator]().next()).rejects.toMatchObject(refusal)
    await expect(tablets().count(kind, EVERYTHING)).rejects.toMatchObject(refusal)
    await expect(tablets().resolve({ kind, by: 'text', text: '1' })).rejects.toMatchObject(refusal)
  })

  test('when the vendor has a sentence then it is the hint, also for what belongs to an ability', async () => {
    await expect(tablets().import()).rejects.toMatchObject({ hint: 'carve it yourself' })
    await expect(tablets().authorityCsr()).rejects.toMatchObject({ hint: 'ask the king' })
    await expect(tablets().count('request', EVERYTHING)).rejects.toMatchObject({ hint: 'nobody asks here' })
    await expect(tablets().delete()).rejects.toMatchObject({
      hint: 'see what it can do: certman store show hill',
    })
  })

  test.each(Object.keys(DEEDS) as Ability[])(
    'when %s is asked about beforehand then it says the same',
    (ability) => {
      expect(() => requireAbility(tablets(), ability)).toThrow(
        `Stone Tablets (store "hill") cannot ${DEEDS[ability]}`,
      )
    },
  )

  test('when it is asked what it is then it says so, with the URL and what may be done', async () => {
    expect(await tablets().info()).toEqual({
      kind: 'iis',
      name: 'hill',
      location: 'https://stone.example/api',
      claims: ['read'],
    })
  })

  test('when it is closed then so is its connection', async () => {
    await tablets().close()
    expect(counted.closed).toBe(1)
  })
})
