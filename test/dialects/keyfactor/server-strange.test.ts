import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { API_ROUTES } from '../../../src/dialects/keyfactor/server-routes.ts'
import { rawCall, stockedWorld, type Stocked } from './world.ts'

let world: Stocked
beforeAll(async () => {
  world = await stockedWorld()
})
afterAll(() => world.close())

const BODIES = [
  '{',
  'null',
  '[]',
  '{}',
  '[1e99]',
  '[-1,"x",null]',
  '"IssuedCN -eq"',
  '"IssuedCN -eq \\"x\\""',
  '{"CertID":{},"Password":[]}',
  '{"certid":-1,"Password":"","Certificate":"AAAA","CSR":"MII=","Subject":"x","Comment":""}',
  '{"CertificateIds":[99],"Comment":"x","Reason":1e3,"Metadata":[],"Query":"(","Id":1.5}',
  '{"__proto__":{"CertID":1},"Metadata":{"__proto__":"x"},"Name":"*","Query":"CertId -eq 1","Id":99}',
  '{"Thumbprint":"%00","SerialNumber":"zz","IssuerDN":"","SANs":{"dns":[{}]},"Subject":"CN=x","CertificateAuthority":"root","KeyLength":1}',
  `{"Subject":"CN=x","Password":"x","SANs":{"dns":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
  '{"Subject":"CN=x","Password":"x","SANs":{"constructor":["x"]}}',
  '{"CertificateStores":[null,5,{"CertificateStoreId":{},"Alias":[]}],"Stores":["x"],"StoreIds":[null],"StoreTypes":[7],"Schedule":{"ExactlyOnce":[]}}',
  '{"CertificateId":2,"ExistingCertificateId":2,"RequestId":99,"JobTime":"soon","EnrollmentPatternId":-1,"Template":7,"AlternativeKeyType":{},"KeyType":"ECC","Curve":"1.2.3","Subject":"CN=x"}',
  '{"CertificateId":2,"Thumbprint":[],"PrivateKey":"-----BEGIN PRIVATE KEY-----","CSR":"x","RenewalCertificateId":"2","FileExtension":"../x","MicrosoftTargetCSP":1,"Password":"x","CertID":2}',
]

const routes = API_ROUTES.map(([method, path]) => [method === '*' ? 'GET' : method, path] as const)

describe('strange input', () => {
  test.each(routes)('to %s %s never ends as a fault of the server', async (method, path) => {
    const ids = path.includes('{') ? ['99', '2147483647', '-1', '%00', 'x'.repeat(300)] : ['']
    for (const id of ids)
      for (const raw of method === 'GET' ? ['null'] : BODIES) {
        const target = `/KeyfactorAPI${path.replace(/\{\w+\*?\}/, id)}`
        const reply = await rawCall(world, {
          method,
          path: target,
          raw,
          headers: { 'x-certificateformat': 'PFX' },
        })
        const form = reply.status >= 400 ? Object.keys(reply.json ?? {}).slice(0, 2) : []
        expect([raw, reply.status >= 500, form]).toEqual([
          raw,
          false,
          reply.status >= 400 ? ['ErrorCode', 'Message'] : [],
        ])
      }
  })
})
