import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rawCall, stockedWorld, type RawCall, type RawReply, type Stocked } from './world.ts'

let world: Stocked
beforeAll(async () => {
  world = await stockedWorld()
})
afterAll(() => world.close())

const call = (path: string, more: Partial<RawCall> = {}): Promise<RawReply> =>
  rawCall(world, { path: `/KeyfactorAPI${path}`, ...more })

describe('the list of certificates', () => {
  test('hides expired and revoked ones unless they are asked for', async () => {
    const short = await call('/Certificates')
    expect(short.status).toBe(200)
    expect(short.json.map((each: { IssuedCN: string }) => each.IssuedCN)).toEqual(['Root', 'web.example'])
    expect(short.headers['x-total-count']).toBe('2')
    const long = await call('/Certificates?pq.includeRevoked=true&IncludeExpired=true')
    expect(long.json.map((each: { Id: number }) => each.Id)).toEqual([1, 2, 3, 4])
    expect(long.json.map((each: { CertState: number }) => each.CertState)).toEqual([6, 1, 1, 2])
  })

  test('has the members of the vendor in the order of the vendor', async () => {
    const { json, headers } = await call('/Certificates/2?includeMetadata=true&includeLocations=true')
    expect(Object.keys(json).slice(0, 4)).toEqual([
      'IsCACertificate',
      'PathLengthConstraint',
      'Id',
      'Thumbprint',
    ])
    expect(headers['content-type']).toBe('application/json; charset=utf-8')
  })
})
