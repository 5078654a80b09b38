import { afterEach, expect, test } from 'vitest'
import { all, connected, type Connected } from './connect.ts'
import { scriptedServer, wire, type Script, type ScriptedServer } from './scripted.ts'

const TOTAL = { 'X-Total-Count': '3' }

let server: ScriptedServer
let here: Connected
afterEach(async () => {
  await here?.store.close()
  await server?.close()
})

async function against(script: Script): Promise<Connected> {
  server = await scriptedServer(script)
  here = await connected(server, { user: 'EXAMPLE\\certman', secret: 's3cret-Pw' })
  return here
}

test('a certificate that nobody can read is listed in the words of the server, and hides no other', async () => {
  const [first, ...others] = JSON.parse(wire('certificates.json')) as object[]
  const body = JSON.stringify([{ ...first, ContentBytes: 'AAAA' }, ...others])
  const { store } = await against({ 'GET /Certificates': [{ headers: TOTAL, body }] })
  const rows = await all(store.list('certificate', { filter: { op: 'all' }, sort: [] }))
  expect(rows.map(({ id }) => id)).toEqual(['12', '13', '1204'])
  expect(rows[0]).toMatchObject({ thumbprint: expect.stringMatching(/^[0-9A-F]{40}$/) as string })
  expect(rows[0]).not.toHaveProperty('fingerprint')
})

const unreadable = /^Keyfactor Command: .* cannot be read as it was sent: /
test('bytes that nobody can read are its fault, and no file is blamed', async () => {
  const rubbish = { body: '{"Content":"AAAA","PFX":"AAAA"}' }
  const certificate = JSON.stringify({ ...JSON.parse(wire('certificate.json')), Id: 7, ContentBytes: 'AAAA' })
  const { store } = await against({
    'GET /Certificates': [{ headers: TOTAL, body: wire('certificates.json') }],
    'GET /Certificates/1204': ['certificate.json'],
    'GET /Certificates/7': [{ body: certificate }],
    'POST /Certificates/Download': [rubbish],
    'POST /Certificates/Recover': [rubbish],
  })
  const keyId = String((await store.certificate('1204')).record.keyId)
  const runs = [() => store.certificate('7'), () => store.issuersOf('1204'), () => store.key(keyId)]
  for (const run of runs)
    await expect(run()).rejects.toMatchObject({
      code: 'remote.unexpected',
      message: expect.stringMatching(unreadable) as string,
    })
})

test.each(['{}', '[]', 'null', '{"Id":8}', '{"Id":7.5}'])(
  'an answer of %s about certificate 7 is none, and nothing is done to any',
  async (body) => {
    const { store } = await against({ 'GET /Certificates/7': [{ body }] })
    const target = { kind: 'certificate', id: '7' } as const
    for (const run of [() => store.certificate('7'), () => store.delete([target])])
      await expect(run()).rejects.toMatchObject({
        code: 'remote.unexpected',
        message: expect.stringMatching(/Certificates\/7\S* was answered with 200 and /) as string,
      })
    expect(server.calls.every(({ method }) => method === 'GET')).toBe(true)
  },
)

test.each(['<html>sign in</html>', '{"access_tok'])(
  'a token endpoint that answers %j changed nothing: its URL may be wrong',
  async (body) => {
    server = await scriptedServer({
      'POST /token': [{ drop: true }, { body, headers: { 'content-type': 'text/html' } }],
    })
    const options = { 'token-url': `${server.url}/token` }
    here = await connected(server, { form: 'client-credentials', user: 'id', secret: 's3cret-Pw', options })
    await expect(here.store.probe()).rejects.toMatchObject({
      code: 'remote.unexpected',
      hint: 'check the URL: another program, a proxy or a sign-in page may be answering there',
    })
    expect(server.of('POST /token')).toHaveLength(2)
  },
)

test('when a change is answered without a word of what became of it then it may have been done', async () => {
  const nothing = [{ body: '{}' }]
  const { store } = await against({
    'GET /Certificates/1204': ['certificate.json'],
    'GET /Enrollment/AvailableRenewal/Id/1204': [{ status: 404 }],
    'GET /Workflow/Certificates/23': ['request.json'],
    'POST /Certificates/Revoke': nothing,
    'POST /Enrollment/Renew': nothing,
    'POST /Workflow/Certificates/Approve': nothing,
    'POST /Workflow/Certificates/Deny': nothing,
  })
  const certificate = { kind: 'certificate', id: '1204' } as const
  const request = { kind: 'request', id: '23' } as const
  for (const run of [
    () => store.revoke([certificate], { reason: 'superseded' }),
    () => store.renew(certificate, {}),
    () => store.sign(request, {}),
    () => store.reject([request], undefined),
  ])
    await expect(run()).rejects.toMatchObject({
      code: 'remote.unexpected',
      message: expect.stringMatching(
        /^Keyfactor Command: POST .* 200 and no word of what became of it$/,
      ) as string,
      hint: 'it may have been done all the same: look first, then try again',
    })
})

test('when the message of a refusal stands in its reason too then it is told once', async () => {
  const reason = { Reason: 'Certificate 1204: it signed itself.' }
  const body = JSON.stringify({ ErrorCode: '0xA', Message: 'it signed itself.', FailedOperations: [reason] })
  const { store } = await against({
    'GET /Certificates/1204': ['certificate.json'],
    'POST /Certificates/Revoke': [{ status: 400, body }],
  })
  const revoked = store.revoke([{ kind: 'certificate', id: '1204' }], { reason: 'superseded' })
  await expect(revoked).rejects.toThrow(/ 400: "Certificate 1204: it signed itself\."$/)
})
