import { expect, test } from 'vitest'
import { CertmanError } from '../../../src/base/errors.ts'
import type { Answer, Call } from '../../../src/http/exchange.ts'
import { publicRoutes } from '../../../src/operations/serve/public-routes.ts'
import type { ServedPlace } from '../../../src/operations/serve/access.ts'

/** A store with the CRL of `root`, and what it was asked. */
function world({ version }: { readonly version?: () => string } = {}) {
  const clock = { ms: Date.parse('2030-01-01T00:00:00Z') }
  const asked: string[] = []
  const state = { der: Buffer.from('first'), isDown: false }
  const store = {
    can: { crl: true },
    ...(version && { version: async () => version() }),
    crl: async (authority: string) => {
      asked.push(authority)
      if (state.isDown) throw new CertmanError('remote.unreachable', 'down')
      if (authority !== 'root') throw new CertmanError('record.not-found', 'none')
      return { der: state.der, row: { id: '1' }, outcome: 'unchanged', notes: [] }
    },
  }
  const place = { name: 'far', number: 1, id: 'x', claims: [], store } as unknown as ServedPlace
  const { table } = publicRoutes({ places: [place], ambient: { now: () => new Date(clock.ms) } })
  const ask = async (file: string): Promise<Answer> => {
    const call = { params: { file }, header: () => undefined } as unknown as Call
    return table.routes[0]!.handle(call).catch((error: unknown) => table.failed(error, call))
  }
  return { clock, asked, state, ask }
}

test('when a remote store is asked for a CRL again within ten seconds then nothing is fetched', async () => {
  const { ask, asked, clock, state } = world()
  await Promise.all([ask('root.crl'), ask('root.crl'), ask('root.crl')])
  state.der = Buffer.from('second')
  clock.ms += 9999
  expect((await ask('root.crl')).body).toEqual(Buffer.from('first'))
  expect(asked).toEqual(['root'])
  clock.ms += 1
  expect((await ask('root.crl')).body).toEqual(Buffer.from('second'))
  expect(asked).toEqual(['root', 'root'])
})

test('when a remote store has no such authority then it is not asked again within ten seconds', async () => {
  const { ask, asked } = world()
  for (const _ of [1, 2, 3]) expect((await ask('nobody.crl')).status).toBe(404)
  expect(asked).toEqual(['nobody'])
})

test('when a remote store fails then the next caller asks it again', async () => {
  const { ask, state } = world()
  state.isDown = true
  expect((await ask('root.crl')).status).toBe(503)
  state.isDown = false
  expect((await ask('root.crl')).status).toBe(200)
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
  expect(asked).toHaveLength(2)
})
