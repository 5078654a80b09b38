import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, type TestContext } from 'vitest'
import { writePem } from '../../../src/formats/pem.ts'
import { requireCurl } from '../../support/curl.ts'
import { frozenAmbient } from '../../support/ambient.ts'
import { certman } from '../../support/command.ts'
import { makeCertificate, makeRequest } from '../../support/make-certificates.ts'
import { PASSWORD, type ServedWorld } from '../../support/house-world.ts'
import { madePem, notaryWorld } from './world.ts'
import { temporaryFolder } from '../../support/temporary.ts'

let world: ServedWorld
let cwd: string
beforeEach(async () => {
  world = await notaryWorld()
  cwd = temporaryFolder('notary')
  writeFileSync(join(cwd, 'pw'), `${PASSWORD}\n`, { mode: 0o600 })
  writeFileSync(join(cwd, 'ca.pem'), world.ca)
})
afterEach(async () => {
  await world.close()
})

/** A curl line of the vendor's smoke test: cookie jar, body, nothing else. */
function smokeCurl(context: TestContext) {
  const jar = join(cwd, 'jar')
  const shared = ['--cacert', join(cwd, 'ca.pem'), '-b', jar, '-c', jar, '-w', '\n%{http_code}']
  const ask = requireCurl(context, ...shared)
  return async (
    path: string,
    body?: object,
  ): Promise<{ readonly status: number; readonly json: unknown }> => {
    const data = body === undefined ? [] : ['--data', JSON.stringify(body)]
    const [text = '', status] = (await ask(...data, `${world.url}${path}`)).split('\n')
    return { status: Number(status), json: JSON.parse(text) }
  }
}

describe('the smoke test of the vendor, by curl', () => {
  test('create an account, log in with a cookie jar, submit a request, upload its chain', async (context) => {
    const curl = smokeCurl(context)
    // curl looks at its own clock before it sends a cookie
    const now = new Date()
    await world.close()
    world = await notaryWorld({ ambient: { ...frozenAmbient(), now: () => now } })
    const credentials = { email: 'admin', password: PASSWORD }
    expect(await curl('/login', credentials)).toEqual({ status: 200, json: {} })
    const account = { email: 'you@example.com', password: 'Secret12', role_id: 1 }
    expect(await curl('/api/v1/accounts', account)).toEqual({ status: 201, json: { data: { id: 5 } } })
    const ca = makeCertificate({ cn: 'Elsewhere', ca: true })
    const request = makeRequest('web.example')
    const leaf = makeCertificate({ cn: 'web.example', issuer: ca, key: request })
    const csr = writePem('CERTIFICATE REQUEST', request.der)
    const requests = '/api/v1/certificate_requests'
    expect(await curl(requests, { csr })).toEqual({ status: 201, json: { data: { id: 1 } } })
    const certificate = writePem('CERTIFICATE', leaf.der) + writePem('CERTIFICATE', ca.der)
    expect(await curl(`${requests}/1/certificate`, { certificate })).toMatchObject({ status: 201 })
    expect(await curl(requests)).toMatchObject({
      status: 200,
      json: { data: [{ id: 1, csr, status: 'Active', email: 'admin' }] },
    })
  })
})

describe('the command line', () => {
  const inStore = async (...words: string[]): Promise<string> => {
    const { status, stdout, stderr } = await certman(['-s', 'nt', ...words], { cwd })
    expect({ words, status, stderr: status === 0 ? '' : stderr }).toEqual({ words, status: 0, stderr: '' })
    return stdout
  }
  const add = ['--kind', 'notary', '--url'] as const
  const credential = ['--user', 'admin', '--password-file', 'pw', '--ca-file', 'ca.pem'] as const

  test('the verbs of the local store do on Notary what they say', async () => {
    const added = await certman(['store', 'add', 'nt', ...add, world.url, ...credential], { cwd })
    expect(added.stderr).toContain('Canonical Notary 1.1.0 answers admin')
    writeFileSync(join(cwd, 'web.csr'), madePem('web.example'))
    const made = JSON.parse(await inStore('--json', 'request', '--csr', 'web.csr')) as { id: string }
    expect(made).toMatchObject({ id: '1', state: 'outstanding' })
    expect(JSON.parse(await inStore('--json', 'ca', 'list'))).toMatchObject([
      { id: '1', name: 'Example Root' },
    ])
    const signed = JSON.parse(await inStore('--json', 'sign', '1', '--ca', 'Example Root')) as object
    expect(signed).toMatchObject({ id: '1', subject: 'CN=web.example,O=Example' })
    expect(JSON.parse(await inStore('--json', 'list'))).toMatchObject([{ id: '1', state: 'valid' }])
    expect(JSON.parse(await inStore('--json', 'show', '1'))).toMatchObject({ chain: [{ id: 'ca-1' }] })
    expect(JSON.parse(await inStore('--json', 'show', 'requests/1'))).toMatchObject({ signature: 'valid' })
    await inStore('export', '1', '--format', 'pem', '--chain', '--out', 'web.pem')
    expect(readFileSync(join(cwd, 'web.pem'), 'utf8').match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
    expect(await inStore('ca', 'crl', 'Example Root')).toMatch(/^-----BEGIN X509 CRL-----/)
    expect(await inStore('ca', 'show', 'Example Root')).toContain('Example Root')
    // Notary makes and keeps the key: nobody is asked for a password of it
    expect(await inStore('ca', 'csr', 'Sub', '--subject', 'CN=Sub')).toMatch(/^-----BEGIN CERTIFICATE REQ/)
    expect(await inStore('ca', 'create', '--name', 'Two', '--subject', 'CN=Two')).toContain('authority')
    await inStore('revoke', '1', '--reason', 'keyCompromise', '-y')
    expect(JSON.parse(await inStore('--json', 'list', 'requests'))).toMatchObject([
      { id: '1', state: 'revoked' },
    ])
    await inStore('delete', 'requests/1', '-y')
    expect(JSON.parse(await inStore('--json', 'list', 'requests'))).toEqual([])
  })

  test('what Notary cannot do is refused with what to do instead', async () => {
    await certman(['store', 'add', 'nt', ...add, world.url, ...credential], { cwd })
    writeFileSync(join(cwd, 'x.pem'), writePem('CERTIFICATE', makeCertificate({ cn: 'x' }).der))
    const { status, stderr } = await certman(['-s', 'nt', 'import', 'x.pem'], { cwd })
    expect(status).toBe(5)
    expect(stderr).toContain('Canonical Notary (store "nt") cannot import')
    expect(stderr).toContain('certman -s nt import --request ID FILE')
  })

  test('when the password is wrong then nothing is added, and the password is not shown', async () => {
    writeFileSync(join(cwd, 'pw'), 'Wr0ng-secret', { mode: 0o600 })
    const { status, stderr } = await certman(['store', 'add', 'nt', ...add, world.url, ...credential], {
      cwd,
    })
    expect(status).toBe(8)
    expect(stderr).toContain('POST')
    expect(stderr).not.toContain('Wr0ng-secret')
  })
})
