import https from 'node:https'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { memoryUserBook, emptyUserList } from '../../src/settings/user-records.ts'
import { makeHouse } from '../../src/operations/serve/house.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { PASSWORD, servedWorld, type ServedWorld } from '../support/house-world.ts'
import { makeCertificate } from '../support/make-certificates.ts'

const START = Date.parse('2026-03-01T12:00:00Z')
const END = Date.parse('2026-03-01T12:00:20Z')

let now: number
let world: ServedWorld

beforeEach(async () => {
  now = START
  const ambient = { ...frozenAmbient(), now: () => new Date(now) }
  world = await servedWorld({ dialects: ['keyfactor'], stores: { pki: 'directory' }, ambient })
  const certificates = [
    { cn: 'short', notBefore: '2026-01-01T00:00:00Z', notAfter: new Date(END).toISOString() },
    { cn: 'long', notBefore: '2026-01-01T00:00:00Z', notAfter: '2027-01-01T00:00:00Z' },
  ].map((wanted) => ({
    der: makeCertificate(wanted).der,
    source: { how: 'imported', from: 'a test' } as const,
  }))
  await world.store.import({ certificates, keys: [] })
})
afterEach(() => world.close())

interface Listed {
  readonly names: readonly string[]
  readonly total: string
}

/** The names on the first page, and how many there are in all. */
function list(query = ''): Promise<Listed> {
  const headers = { Authorization: `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}` }
  return new Promise((resolve, reject) => {
    const url = `${world.url}/KeyfactorAPI/Certificates${query}`
    https
      .get(url, { headers, ca: world.ca, agent: false }, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () => {
          const rows = JSON.parse(Buffer.concat(parts).toString()) as readonly { readonly IssuedCN: string }[]
          const total = String(response.headers['x-total-count'])
          resolve({ names: rows.map(({ IssuedCN }) => IssuedCN), total })
        })
      })
      .on('error', reject)
  })
}

const both = { names: ['short', 'long'], total: '2' }
const one = { names: ['long'], total: '1' }

test('when a certificate expires then the remembered page ends with it, to the millisecond', async () => {
  expect(await list()).toEqual(both)
  const bytes = world.house.answers?.bytes
  expect(bytes).toBeGreaterThan(0)
  now = END
  expect(await list()).toEqual(both)
  // it was not made anew
  expect(world.house.answers?.bytes).toBe(bytes)
  now = END + 1
  expect(await list()).toEqual(one)
  now = END + 30_000
  expect(await list()).toEqual(one)
})

test('when expired certificates are asked for as well then the page stays', async () => {
  expect(await list('?includeExpired=true')).toEqual(both)
  now = END + 1
  expect(await list('?includeExpired=true')).toEqual(both)
})

test('when a query speaks of dates then its answer is a second old at most', async () => {
  const query = `?queryString=${encodeURIComponent('ExpirationDate -lt "%TODAY+1%"')}`
  expect(await list(query)).toEqual({ names: ['short'], total: '1' })
  now = END + 1
  expect(await list(query)).toEqual({ names: [], total: '0' })
})

test('when the clock goes back then what was remembered does not count', async () => {
  now = END + 1
  expect(await list()).toEqual(one)
  now = START
  expect(await list()).toEqual(both)
})

test('when a server shall remember nothing then its house has no memory', () => {
  const setup = { ambient: frozenAmbient(), places: [], version: '1' }
  const book = memoryUserBook(emptyUserList(new Uint8Array(16)))
  expect(makeHouse({ ...setup, book, answerMemory: 0 }).answers).toBeUndefined()
  expect(makeHouse({ ...setup, book }).answers?.bytes).toBe(0)
})
