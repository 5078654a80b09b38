import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../../../src/library.ts'
import { temporaryFolder } from '../../support/worlds.ts'
import { azureWorld, leaf, pfx, rawCall } from './world.ts'

const PATH = '/certificates/web?api-version=2021-08-01'
const upload = (cn: string) => ({ data: pfx(leaf(cn), { password: 'pw' }), password: 'pw' })

test('when two servers over one folder are given one tag then exactly one of them replaces the certificate', async () => {
  const path = join(temporaryFolder(), 'pki')
  const stores = [await openStore(path, { create: true }), await openStore(path)]
  const worlds = await Promise.all(stores.map((pki) => azureWorld({ stores: { pki } })))
  const put = (at: number, cn: string, headers = {}) =>
    rawCall(worlds[at]!, { method: 'PUT', path: PATH, body: upload(cn), headers })
  let { headers } = await put(0, 'zero.example')
  for (let round = 0; round < 5; round++) {
    const condition = { 'If-Match': String(headers['etag']) }
    const both = await Promise.all([0, 1].map((at) => put(at, `${round}-${at}.example`, condition)))
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 412])
    const winner = both.findIndex(({ status }) => status === 200)
    const now = await rawCall(worlds[1 - winner]!, { path: PATH })
    expect(now.json.properties?.subject ?? now.json.subject).toContain(`${round}-${winner}.example`)
    expect(now.headers['etag']).toBe(both[winner]!.headers['etag'])
    headers = now.headers
  }
  for (const world of worlds) await world.close()
  for (const store of stores) await store.close()
})
