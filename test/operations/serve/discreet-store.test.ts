import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CertmanError, type ErrorCode } from '../../../src/base/errors.ts'
import { DIALECT_NAMES, type DialectName } from '../../../src/dialects/dialect.ts'
import { dialect } from '../../../src/dialects/index.ts'
import { EVERYTHING } from '../../../src/domain/filter.ts'
import { discreetStore } from '../../../src/operations/serve/discreet-store.ts'
import type { Store } from '../../../src/store/store.ts'
import { type Answered, type AnsweringServer, answeringServer } from '../../support/answering-server.ts'
import { connectedAs, credentialFor } from '../../support/connected.ts'

let answer: Answered = {}
let server: AnsweringServer
beforeAll(async () => {
  server = await answeringServer(() => answer)
})
afterAll(() => server.close())

interface Served {
  readonly store: Store
  readonly log: readonly string[]
  /** What tells where the server behind is. */
  readonly places: readonly string[]
}

async function served(kind: DialectName): Promise<Served> {
  const { auth } = await dialect(kind)
  const form = auth.find((each) => ['basic', 'sas', 'token'].includes(each)) ?? auth[0]!
  const credential = credentialFor(form, 'c2VjcmV0', 'svc-inside')
  const { store } = await connectedAs(server, { kind, name: 'behind', credential, path: '/hidden/place' })
  const log: string[] = []
  const tell = (where: string, error: unknown): void => void log.push(`${where}: ${(error as Error).message}`)
  const places = ['127.0.0.1', new URL(server.url).port, '/hidden', 'svc-inside']
  return { store: discreetStore(store, 'prod', tell), log, places }
}

test('where the credential lies is not told either, nor taken for a record that is not there', async () => {
  const missing = new CertmanError('file.not-found', 'the password file /etc/secret does not exist')
  const secret = async (): Promise<never> => {
    throw missing
  }
  const credential = { form: 'basic', user: 'svc-inside', secret } as const
  const { store } = await connectedAs(server, { kind: 'keyfactor', name: 'behind', credential })
  const told: unknown[] = []
  const served = discreetStore(store, 'prod', (...fault) => told.push(fault))
  expect(await refusal(served)).toMatchObject({ code: 'internal', message: 'the server has a fault' })
  expect(told).toEqual([['prod', missing]])
})

test('of a directory what speaks of this machine is told in other words, and the rest as it is', async () => {
  const damaged = new CertmanError('store.damaged', '/srv/pki/certificates/00/7.pem: broken')
  const refused = new CertmanError('state.refused', 'it is revoked')
  const errors = [damaged, new CertmanError('store.locked', 'held by 4711'), refused]
  const store = { delete: () => Promise.reject(errors[told.length] ?? refused) } as unknown as Store
  const told: unknown[] = []
  const served = discreetStore(store, 'prod', (_where, error) => told.push(error))
  const attempt = (): Promise<unknown> => served.delete([]).catch((error: unknown) => error)
  expect(await attempt()).toMatchObject({
    code: 'store.damaged',
    message: 'something is damaged in the store',
  })
  expect(await attempt()).toMatchObject({ code: 'store.locked', message: 'the store is busy' })
  expect(await attempt()).toBe(refused)
  expect(told).toEqual(errors.slice(0, 2))
})

const refused = (message: string): Answered => ({ status: 400, body: JSON.stringify({ message }) })

const TROUBLES: readonly (readonly [ErrorCode, Answered])[] = [
  ['auth.failed', { status: 401 }],
  ['auth.forbidden', { status: 403, body: '{"message":"svc-inside"}' }],
  ['remote.failed', { status: 500, body: '{"message":"at svc-inside"}' }],
  ['remote.unexpected', { status: 200, body: '<html>' }],
  ['remote.unexpected', { status: 302, headers: { location: 'https://127.0.0.1/hidden' } }],
  ['remote.unreachable', { drop: true }],
]

async function refusal(store: Store): Promise<CertmanError> {
  const kind = store.can.list[0]!
  try {
    for await (const _row of store.list(kind, EVERYTHING));
  } catch (error) {
    return error as CertmanError
  }
  throw new Error('listed')
}

describe.each(DIALECT_NAMES)('what callers learn of a store of kind %s behind the server', (kind) => {
  test('a refusal has the words of the server behind, and neither its URL nor its user; the log has all', async () => {
    const { store, log, places } = await served(kind)
    answer = refused('the month is closed')
    const error = await refusal(store)
    expect(error).toMatchObject({ code: 'remote.refused' })
    expect(error.message).toContain('the month is closed')
    for (const place of places) expect(error.message).not.toContain(place)
    expect(log).toHaveLength(1)
    expect(log[0]).toMatch(/^prod: .*127\.0\.0\.1.*\/hidden\/place.*the month is closed/)
  })

  test('words of it that tell of the place are not told', async () => {
    const { store, log } = await served(kind)
    for (const words of [
      'svc-inside may not',
      'ask 127.0.0.1',
      'see https://wiki.corp/',
      'no /hidden/place/x',
    ]) {
      answer = refused(words)
      const message = 'the server behind this one refused it'
      expect(await refusal(store)).toMatchObject({ code: 'remote.refused', message })
      expect(log.at(-1)).toContain(words)
    }
  })

  test('trouble with it is told by its kind alone', async () => {
    const { store, log, places } = await served(kind)
    for (const [code, trouble] of TROUBLES) {
      answer = trouble
      const error = await refusal(store)
      expect(error).toMatchObject({ code })
      for (const place of places) expect(error.message).not.toContain(place)
      expect(error.message).toMatch(/^the server behind this one/)
    }
    expect(log).toHaveLength(TROUBLES.length)
  })
})
