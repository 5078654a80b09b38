import { expect, test } from 'vitest'
import { CertmanError } from '../../../src/base/errors.ts'
import type { Answer, Call } from '../../../src/http/exchange.ts'
import { CrlShelf } from '../../../src/operations/serve/crl-shelf.ts'
import { publicRoutes } from '../../../src/operations/serve/public-routes.ts'
import type { ServedPlace } from '../../../src/operations/serve/access.ts'
import type { ListedRecord } from '../../../src/store/store.ts'

/** What only waits for promises that are kept has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A store with the CRL of `root`, and what it was asked. */
function world({ version }: { readonly version?: () => string } = {}) {
  const clock = { ms: Date.parse('2030-01-01T00:00:00Z') }
  const asked: string[] = []
  const state = { der: Buffer.from('first'), isDown: false }
  const store = {
    can: { crl: true, list: ['authority'] },
    ...(version && { version: async () => version() }),
    async *list() {
      asked.push('all')
      if (state.isDown) throw new CertmanError('remote.unreachable', 'down')
      yield* [
        { id: '1', name: 'root' },
        { id: '2', name: 'twice' },
        { id: '3', name: 'twice' },
        { id: '4', name: 'without cRLSign' },
      ]
    },
    crl: async (authority: string) => {
      asked.push(authority)
      if (state.isDown) throw new CertmanError('remote.unreachable', 'down')
      if (authority === '4') throw new CertmanError('policy.refused', 'it may not sign CRLs')
      if (authority !== '1' && authority !== 'root') throw new CertmanError('record.not-found', 'none')
      return { der: state.der, row: { id: '1' }, outcome: 'unchanged', notes: [] }
    },
  }
  const place = { name: 'far', number: 1, id: 'x', claims: [], store } as unknown as ServedPlace
  const now = (): Date => new Date(clock.ms)
  const { table } = publicRoutes({ crls: new CrlShelf([place], now), ambient: { now } })
  const ask = async (file: string): Promise<Answer> => {
    const call = { params: { file }, header: () => undefined } as unknown as Call
    return table.routes[0]!.handle(call).catch((error: unknown) => table.failed(error, call))
  }
  const failed = (error: unknown): Answer => table.failed(error, {} as Call)
  return { clock, asked, state, ask, failed }
}

test('when a remote store is asked for a CRL again within ten seconds then nothing is fetched', async () => {
  const { ask, asked, clock, state } = world()
  await Promise.all([ask('root.crl'), ask('root.crl'), ask('root.crl')])
  state.der = Buffer.from('second')
  clock.ms += 9999
  expect((await ask('root.crl')).body).toEqual(Buffer.from('first'))
  expect(asked).toEqual(['all', '1'])
  clock.ms += 1
  expect((await ask('root.crl')).body).toEqual(Buffer.from('second'))
  expect(asked).toEqual(['all', '1', 'all', '1'])
})

test('when a remote store is asked for names that nobody has then it is asked once in ten seconds for all of them', async () => {
  const { ask, asked, clock } = world()
  await Promise.all([ask('a.crl'), ask('b.crl'), ask('c.crl')])
  for (const name of ['a', 'd', 'e', 'twice', 'f'.repeat(64)])
    expect((await ask(`${name}.crl`)).status).toBe(404)
  expect(asked).toEqual(['all'])
  clock.ms += 10_000
  await ask('a.crl')
  expect(asked).toEqual(['all', 'all'])
})

test('when an authority may not sign CRLs then there is none', async () => {
  const { ask } = world()
  expect((await ask('without cRLSign.crl')).status).toBe(404)
})

test('when a remote store fails then the next caller asks it again', async () => {
  const { ask, state } = world()
  state.isDown = true
  expect((await ask('root.crl')).status).toBe(503)
  state.isDown = false
  expect((await ask('root.crl')).status).toBe(200)
})

test('when a remote store fails late then what it answered since stays', async () => {
  const asked: ((rows: readonly ListedRecord[] | Error) => void)[] = []
  const list = async function* () {
    const answer = await new Promise<readonly ListedRecord[] | Error>((resolve) => asked.push(resolve))
    if (answer instanceof Error) throw answer
    yield* answer
  }
  const place = { number: 1, store: { can: { list: ['authority'] }, list } } as unknown as ServedPlace
  let ms = 0
  const shelf = new CrlShelf([place], () => new Date(ms))
  const first = shelf.authorities(place)
  await settled()
  ms += 10_000
  const second = shelf.authorities(place)
  await settled()
  asked[1]!([])
  expect(await second).toEqual([])
  asked[0]!(new Error('timed out'))
  await expect(first).rejects.toThrow('timed out')
  expect(await shelf.authorities(place)).toEqual([])
  expect(asked).toHaveLength(2)
})

test('when a store that tells its version has changed then its CRL is looked for at once', async () => {
  let version = '1'
  const { ask, asked, state, clock } = world({ version: () => version })
  await ask('root.crl')
  await ask('root.crl')
  expect(asked).toHaveLength(1)
  version = '2'
  state.der = Buffer.from('second')
  expect((await ask('root.crl')).body).toEqual(Buffer.from('second'))
  clock.ms += 1000
  await ask('root.crl')
  expect(asked).toHaveLength(3)
})

test('when the clock is put back then what was kept counts no more', async () => {
  const { ask, asked, clock } = world()
  await ask('root.crl')
  clock.ms -= 1
  await ask('root.crl')
  expect(asked).toEqual(['all', '1', 'all', '1'])
})

test('when a request cannot be read then it is the fault of the caller', async () => {
  const { failed } = world()
  expect(failed(new CertmanError('input.invalid', 'the query has a broken percent-encoding'))).toMatchObject({
    status: 400,
    body: 'the query has a broken percent-encoding\n',
  })
})
