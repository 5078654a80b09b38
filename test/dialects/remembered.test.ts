import https from 'node:https'
import { afterEach, describe, expect, test } from 'vitest'
import { EVERYTHING } from '../../src/domain/filter.ts'
import type { UserRecord } from '../../src/settings/user-records.ts'
import { openStore } from '../../src/operations/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { PASSWORD, servedWorld, type ServedWorld } from '../support/house-world.ts'
import { makeCertificate, makeRequest } from '../support/make-certificates.ts'

let world: ServedWorld
let other: Store
/** One connection for all: what it has shown before counts again. */
let agent: https.Agent
afterEach(async () => {
  agent.destroy()
  await other.close()
  await world.close()
})

const source = { how: 'imported', from: 'a test' } as const

/** A certificate, its key and a request, as somebody else puts them in. */
async function addTo(store: Store, cn: string): Promise<void> {
  const { der, pkcs8, spki } = makeCertificate({ cn })
  await store.import({
    certificates: [{ der, name: cn, tags: [], source }],
    keys: [{ pkcs8, spki, encrypted: false, source }],
    requests: [{ der: makeRequest(`${cn}.request`).der, source }],
  })
}

/** A server over a folder, and the same folder opened once more, as another process has it. */
async function start(): Promise<void> {
  const dialects = ['iis', 'azure-apim', 'keyfactor', 'notary', 'd9tready'] as const
  agent = new https.Agent({ keepAlive: true, maxSockets: 1 })
  world = await servedWorld({ dialects, stores: { pki: 'directory' } })
  const { location } = await world.store.info()
  other = await openStore({
    reference: location,
    settings: { stores: {} },
    ambient: frozenAmbient(),
    cwd: '/',
    dataFolder: '/nowhere',
    lockTimeoutMs: 5000,
    command: 'test',
    notice: () => undefined,
  })
  await addTo(other, 'first')
}

interface Reply {
  readonly status: number
  readonly text: string
}

function get(path: string, headers: Readonly<Record<string, string>>): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = { headers, ca: world.ca, agent }
    const request = https.get(`${world.url}${path}`, options, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }),
      )
    })
    request.on('error', reject)
  })
}

const basic = (user: string): Record<string, string> => ({
  Authorization: `Basic ${Buffer.from(`${user}:${PASSWORD}`).toString('base64')}`,
  'x-keyfactor-requested-with': 'APIClient',
})
const bearer = (user: string): Record<string, string> => ({
  Authorization: `Bearer ${world.apiKeys[user]}`,
})

interface Listing {
  readonly dialect: string
  readonly path: string
  readonly as: (user: string) => Record<string, string>
  /** To a user that there is no more. */
  readonly refused: number
}

const LISTINGS: readonly Listing[] = [
  { dialect: 'IIS', path: '/api/certificates', as: bearer, refused: 403 },
  { dialect: 'Azure', path: '/certificates?api-version=2016-07-07', as: bearer, refused: 401 },
  { dialect: 'Keyfactor', path: '/KeyfactorAPI/Certificates', as: basic, refused: 401 },
  { dialect: 'Notary', path: '/api/v1/certificate_requests', as: bearer, refused: 401 },
  { dialect: 'd9tready', path: '/rest/certificates', as: basic, refused: 403 },
]

async function change(name: string, edit: Partial<UserRecord> | 'remove'): Promise<void> {
  await world.book.change((list) => [
    {
      ...list,
      users:
        edit === 'remove'
          ? list.users.filter((user) => user.name !== name)
          : list.users.map((user) => (user.name === name ? { ...user, ...edit } : user)),
    },
    undefined,
  ])
}

describe.each(LISTINGS)('$dialect', ({ path, as, refused }) => {
  test('when another process changes the store then the next answer tells', async () => {
    await start()
    const before = await get(path, as('admin'))
    expect(before.status).toBe(200)
    expect(await get(path, as('admin'))).toEqual(before)
    expect(world.house.answers?.bytes).toBeGreaterThan(0)
    await addTo(other, 'second')
    const after = await get(path, as('admin'))
    expect(after.text.length).toBeGreaterThan(before.text.length)
    for (const kind of ['certificate', 'request'] as const) {
      const ids: string[] = []
      for await (const { id } of other.list(kind, EVERYTHING)) ids.push(id)
      await other.delete(ids.slice(1).map((id) => ({ kind, id })))
    }
    expect((await get(path, as('admin'))).text).toBe(before.text)
  })

  test('when users with different rights ask the same then each has its own answer', async () => {
    await start()
    const all = await get(path, as('admin'))
    const own = await get(path, as('requestor'))
    expect(all.status).toBe(200)
    expect(own.text.length).toBeLessThan(all.text.length)
    for (const _ of [1, 2]) {
      expect(await get(path, as('admin'))).toEqual(all)
      expect(await get(path, as('requestor'))).toEqual(own)
    }
  })

  test('when a role is changed or a user removed then the next answer knows', async () => {
    await start()
    const all = await get(path, as('manager'))
    expect(await get(path, as('manager'))).toEqual(all)
    await change('manager', { role: 'requestor' })
    expect((await get(path, as('manager'))).text.length).toBeLessThan(all.text.length)
    await change('manager', { role: 'manager' })
    expect(await get(path, as('manager'))).toEqual(all)
    await change('manager', 'remove')
    expect((await get(path, as('manager'))).status).toBe(refused)
  })
})

test('when a private key is given out then it is remembered nowhere', async () => {
  await start()
  const [key] = JSON.parse((await get('/rest/privatekeys', basic('admin'))).text) as readonly { id: number }[]
  const before = world.house.answers?.bytes
  const { status, text } = await get(`/rest/privatekeys/${key!.id}`, basic('admin'))
  expect([status, text.includes('PRIVATE KEY')]).toEqual([200, true])
  expect(world.house.answers?.bytes).toBe(before)
})
