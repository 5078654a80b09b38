import { expect, test } from 'vitest'
import { CertmanError } from '../../src/base/errors.ts'
import type { RemoteSetup } from '../../src/dialects/dialect.ts'
import { namingVendor } from '../../src/dialects/vendor-http.ts'
import type { HttpClient, HttpReply } from '../../src/http/request.ts'

const cause = new Error('inside')
const cut = new CertmanError('remote.unreachable', 'GET https://h/x: nothing listens there', {
  hint: 'check the port',
  field: 'url',
  cause,
})
const broken = new CertmanError('remote.unexpected', 'GET https://h/x: answered with broken JSON (HTTP 200)')
const reply = {
  status: 200,
  call: 'GET https://h/x',
  json: () => {
    throw broken
  },
} as unknown as HttpReply

function setupOf(send: HttpClient['send']): RemoteSetup {
  const http = { base: new URL('https://h'), send, close: async () => undefined }
  return namingVendor('d9tready', { name: 'x', http, reach: () => http } as unknown as RemoteSetup)
}

const get = { method: 'GET', path: '/x' } as const
const thrown = (run: Promise<unknown>): Promise<unknown> => run.catch((error: unknown) => error)

test('what a connection throws begins with the vendor, and keeps code, hint, field and cause', async () => {
  const { http, reach } = setupOf(async () => {
    throw cut
  })
  for (const client of [http, reach(new URL('https://other'))])
    expect(await thrown(client.send(get))).toMatchObject({
      code: 'remote.unreachable',
      message: 'd9tready: GET https://h/x: nothing listens there',
      hint: 'check the port',
      field: 'url',
      cause,
    })
})

test('so does what an answer throws that is no JSON', async () => {
  const { http } = setupOf(async () => reply)
  const { json } = await http.send(get)
  expect(json).toThrow('d9tready: GET https://h/x: answered with broken JSON (HTTP 200)')
})

test('a line that names the vendor already, and a fault of our own, stay as they are', async () => {
  const own = new CertmanError('remote.failed', 'd9tready: GET https://h/x was answered with 500')
  for (const error of [own, new TypeError('misuse')]) {
    const { http } = setupOf(async () => {
      throw error
    })
    expect(await thrown(http.send(get))).toBe(error)
  }
})
