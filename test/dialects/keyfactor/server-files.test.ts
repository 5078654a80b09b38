import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readPkcs7 } from '../../../src/formats/pkcs7.ts'
import { requireCurl } from '../../support/curl.ts'
import { makeCertificate } from '../../support/make-certificates.ts'
import { PASSWORD } from '../../support/house-world.ts'
import { outputOf, requireOracle, runOracle } from '../../support/oracles.ts'
import { readGiven } from '../../support/pkcs12.ts'
import { temporaryFolder } from '../../support/temporary.ts'
import { rawCall, stockedWorld, type RawReply, type Stocked } from './world.ts'

let world: Stocked
beforeAll(async () => {
  world = await stockedWorld()
})
afterAll(() => world.close())

const download = (format: string | undefined, body: object, query = ''): Promise<RawReply> =>
  rawCall(world, {
    method: 'POST',
    path: `/KeyfactorAPI/Certificates/Download${query}`,
    body,
    headers: format === undefined ? {} : { 'x-certificateformat': format },
  })
const recover = (format: string | undefined, body: object): Promise<RawReply> =>
  rawCall(world, {
    method: 'POST',
    path: '/KeyfactorAPI/Certificates/Recover',
    body,
    headers: format === undefined ? {} : { 'X-CertificateFormat': format },
  })
const decoded = ({ json }: RawReply): string => Buffer.from(json.Content, 'base64').toString()

describe('a download', () => {
  test('as PEM is base64 of a text with a subject line before each certificate', async () => {
    const reply = await download('PEM', { CertID: 2, IncludeChain: true, ChainOrder: 'EndEntityFirst' })
    expect(reply.status).toBe(200)
    expect(Object.keys(reply.json)).toEqual(['Content'])
    expect(reply.headers['x-certificatefile']).toBe('web.example.pem')
    const lines = decoded(reply).split('\n')
    expect(lines.slice(0, 2)).toEqual(['#CN=web.example,O=Example', '-----BEGIN CERTIFICATE-----'])
    expect(lines.filter((line) => line.startsWith('#'))).toEqual([
      '#CN=web.example,O=Example',
      '#CN=Root,O=Example',
    ])
    expect(decoded(reply).endsWith('-----END CERTIFICATE-----\n')).toBe(true)
    expect(lines[2]).toHaveLength(64)
  })

  test('without the subject header has none in the whole chain, and root first is root first', async () => {
    const reply = await download('pem', {
      certid: 2,
      IncludeChain: true,
      IncludeSubjectHeader: false,
      ChainOrder: 'RootFirst',
    })
    expect(decoded(reply)).not.toContain('#')
    const both = await download('PEM', { CertID: 2, IncludeChain: true, ChainOrder: 'rootfirst' })
    expect(decoded(both).split('\n')[0]).toBe('#CN=Root,O=Example')
  })

  test.each([
    ['CER', 'web.example.cer'],
    ['CRT', 'web.example.crt'],
  ])('as %s is one PEM certificate even with a chain asked for', async (format, name) => {
    const reply = await download(format, { CertID: 2, IncludeChain: true })
    expect(decoded(reply).match(/BEGIN/g)).toHaveLength(1)
    expect(reply.headers['x-certificatefile']).toBe(name)
  })

  test('as DER is base64 of the bytes', async () => {
    const reply = await download('DER', {
      Thumbprint: (await world.store.certificate('2')).facts.thumbprint.toLowerCase(),
    })
    expect(Buffer.from(reply.json.Content, 'base64').equals(world.web.der)).toBe(true)
    expect(reply.headers['x-certificatefile']).toBe('web.example.cer')
  })

  test('as P7B is binary BER of indefinite length with the leaf first, which openssl reads', async (context) => {
    const reply = await download('P7B', { CertID: 2, IncludeChain: true, ChainOrder: 'EndEntityFirst' })
    const bytes = Buffer.from(reply.json.Content, 'base64')
    expect(bytes.subarray(0, 2).toString('hex')).toBe('3080')
    expect(reply.headers['x-certificatefile']).toBe('web.example.p7b')
    expect(readPkcs7(bytes).certificates.map((der) => Buffer.from(der).equals(world.web.der))).toEqual([
      true,
      false,
    ])
    const text = outputOf(
      requireOracle(context, 'openssl'),
      ['pkcs7', '-inform', 'DER', '-print_certs', '-noout'],
      bytes,
    ).toString()
    expect(text.match(/subject=/g)).toHaveLength(2)
  })

  test('finds by serial number with issuer, however the name is spaced', async () => {
    for (const issuer of ['CN=Root,O=Example', 'CN=Root, O=Example', 'cn=root, o=example'])
      expect((await download('DER', { SerialNumber: '0A:1b', IssuerDN: issuer })).status).toBe(200)
    expect((await download('DER', { SerialNumber: '0A1B', IssuerDN: 'CN=Other' })).status).toBe(404)
  })

  test('without a format header is PEM, for the SDK that cannot send it', async () => {
    expect(decoded(await download(undefined, { CertID: 2 }))).toContain('BEGIN CERTIFICATE')
  })

  test.each([
    ['DER', { CertID: 2, IncludeChain: true }, 400, /DER is not supported with IncludeChain/],
    ['P7B', { CertID: 2 }, 400, /P7B is only supported with IncludeChain/],
    ['XYZ', { CertID: 2 }, 400, /'XYZ' is not supported/],
    ['PEM', {}, 400, /One of CertID, Thumbprint/],
    ['PEM', { SerialNumber: '0A1B' }, 400, /must be given with the IssuerDN/],
    ['PEM', { CertID: 2, FileExtension: 'P7B' }, 400, /does not go with/],
    ['PEM', { CertID: 2, IncludeChain: true, ChainOrder: 'Sideways' }, 400, /ChainOrder/],
    ['PEM', { CertID: 'two' }, 400, /CertID field must be a whole number/],
    ['PEM', { Thumbprint: 'zz' }, 400, /40 hexadecimal digits/],
    ['PEM', { CertID: 99 }, 404, /not found/],
    ['PEM', { Thumbprint: '00'.repeat(20) }, 404, /not found/],
  ])('as %s of %j is %i', async (format, body, status, message) => {
    const reply = await download(format, body)
    expect([reply.status, Object.keys(reply.json)]).toEqual([status, ['ErrorCode', 'Message']])
    expect(reply.json.Message).toMatch(message)
  })

  test('takes extension and unknown members as they come', async () => {
    const reply = await download('DER', { CertID: 2, FileExtension: 'CRT', CollectionId: null, Whatever: 1 })
    expect(reply.headers['x-certificatefile']).toBe('web.example.crt')
  })

  test('writes no name into a header that would leave a folder or break a line', async () => {
    const evil = makeCertificate({ cn: '../../etc/\r\nX-Evil: 1', issuer: world.root })
    const [outcome] = await world.store.import({
      certificates: [{ der: evil.der, source: { how: 'imported' } }],
      keys: [],
    })
    const reply = await download('PEM', { CertID: Number(outcome!.id) })
    expect(reply.headers['x-evil']).toBeUndefined()
    expect(reply.headers['x-certificatefile']).toMatch(/^[A-Za-z0-9._-]+\.pem$/)
    expect(decoded(reply).split('\n')[1]).toBe('-----BEGIN CERTIFICATE-----')
  })

  test('by curl, as the documents show it, is the same', async (context) => {
    const folder = temporaryFolder('keyfactor-curl')
    writeFileSync(join(folder, 'ca.pem'), world.ca)
    const curl = requireCurl(context, '--cacert', join(folder, 'ca.pem'))
    const stdout = await curl(
      '-u',
      `CORP\\admin:${PASSWORD}`,
      '-X',
      'POST',
      '-H',
      'Content-Type: application/json',
      '-H',
      'x-keyfactor-requested-with: APIClient',
      '-H',
      'x-keyfactor-api-version: 1',
      '-H',
      'x-certificateformat: PEM',
      '-D',
      '-',
      '-d',
      '{"CertID":2,"IncludeChain":false}',
      `${world.url}/KeyfactorAPI/Certificates/Download`,
    )
    expect(stdout).toMatch(/^HTTP\/1\.1 200/)
    expect(stdout).toContain('X-CertificateFile: web.example.pem')
    expect(stdout).toContain('{"Content":"')
  })
})

describe('a recovery', () => {
  test('as PFX has the key first, then the leaf, then its issuers', async () => {
    const { status, json, headers } = await recover('PFX', {
      CertID: 2,
      Password: 'geheim',
      IncludeChain: true,
    })
    expect(status).toBe(200)
    expect(Object.keys(json)).toEqual(['PFX', 'FileName'])
    expect([json.FileName, headers['x-certificatefile']]).toEqual(['web.example.pfx', 'web.example.pfx'])
    const { items } = await readGiven(Buffer.from(json.PFX, 'base64'), 'geheim')
    expect(items.map(({ type }) => type)).toEqual(['private-key', 'certificate', 'certificate'])
    const [key, leaf] = items as readonly { readonly localKeyId?: string; readonly friendlyName?: string }[]
    expect(key?.localKeyId).toBe(leaf?.localKeyId)
    expect(leaf?.friendlyName).toBe('Web server')
  })

  test.each([false, true])('as PFX with legacy encryption %s is opened by openssl', async (legacy) => {
    const { json } = await recover('STORE', { CertId: 2, Password: 'geheim', UseLegacyEncryption: legacy })
    const run = runOracle(
      'openssl',
      ['pkcs12', '-legacy', '-nodes', '-passin', 'pass:geheim'],
      Buffer.from(json.PFX, 'base64'),
    )
    expect(run.text).toContain('BEGIN PRIVATE KEY')
  })

  test('as PEM is the leaf, the encrypted key, and the chain up to the root', async (context) => {
    const { json } = await recover('PEM', { CertID: 2, Password: 'geheim', IncludeChain: true })
    expect(json.FileName).toBe('web.example.pem')
    const text = Buffer.from(json.PFX, 'base64').toString()
    expect(text.match(/^#.*|-----BEGIN .*/gm)).toEqual([
      '#CN=web.example,O=Example',
      '-----BEGIN CERTIFICATE-----',
      '-----BEGIN ENCRYPTED PRIVATE KEY-----',
      '#CN=Root,O=Example',
      '-----BEGIN CERTIFICATE-----',
    ])
    const key = outputOf(
      requireOracle(context, 'openssl'),
      ['pkey', '-passin', 'pass:geheim'],
      text,
    ).toString()
    expect(key).toContain('BEGIN PRIVATE KEY')
  })

  test('as PEM with the root first has the key after its certificate', async () => {
    const { json } = await recover('PEM', {
      CertID: 2,
      Password: 'geheim',
      IncludeChain: true,
      IncludeSubjectHeader: false,
      ChainOrder: 'RootFirst',
      FileExtension: 'crt',
    })
    expect(json.FileName).toBe('web.example.crt')
    const labels = Buffer.from(json.PFX, 'base64')
      .toString()
      .match(/^#.*|-----BEGIN .*/gm)
    const certificate = '-----BEGIN CERTIFICATE-----'
    expect(labels).toEqual([certificate, certificate, '-----BEGIN ENCRYPTED PRIVATE KEY-----'])
  })

  test('as JKS is a Java key store that keytool opens, with key and chain', async (context) => {
    const { json, headers } = await recover('JKS', { CertID: 2, Password: 'geheim', IncludeChain: true })
    expect([json.FileName, headers['x-certificatefile']]).toEqual(['web.example.jks', 'web.example.jks'])
    const path = join(temporaryFolder('keyfactor-jks'), json.FileName)
    writeFileSync(path, Buffer.from(json.PFX, 'base64'))
    const list = ['-list', '-v', '-keystore', path, '-storepass', 'geheim']
    const { text } = runOracle(requireOracle(context, 'keytool'), list)
    expect(text).toContain('Keystore type: JKS')
    expect(text).toContain('Alias name: web server')
    expect(text).toContain('Entry type: PrivateKeyEntry')
    expect(text).toContain('Certificate chain length: 2')
  })

  test('as ZIP holds certificate, encrypted key and chain as PEM files, which unzip lists', async (context) => {
    const { json } = await recover('ZIP', { CertID: 2, Password: 'geheim', IncludeChain: true })
    expect(json.FileName).toBe('web.example.zip')
    const path = join(temporaryFolder('keyfactor-zip'), json.FileName)
    writeFileSync(path, Buffer.from(json.PFX, 'base64'))
    const unzip = requireOracle(context, 'unzip')
    expect(outputOf(unzip, ['-Z1', path]).toString().trim().split('\n')).toEqual([
      'web.example.pem',
      'web.example.key',
      'web.example.chain.pem',
    ])
    const key = outputOf(unzip, ['-p', path, 'web.example.key'])
    const openssl = requireOracle(context, 'openssl')
    expect(outputOf(openssl, ['pkey', '-passin', 'pass:geheim'], key).toString()).toContain(
      'BEGIN PRIVATE KEY',
    )
    const chain = outputOf(unzip, ['-p', path, 'web.example.chain.pem']).toString()
    expect(chain.split('\n')[0]).toBe('#CN=Root,O=Example')
    const alone = await recover('ZIP', { CertID: 2, Password: 'geheim' })
    writeFileSync(path, Buffer.from(alone.json.PFX, 'base64'))
    expect(outputOf(unzip, ['-Z1', path]).toString()).not.toContain('chain')
  })

  test('as PFX names the provider that Windows is to import the key into', async () => {
    const provider = 'Microsoft Enhanced RSA and AES Cryptographic Provider'
    const { json } = await recover('PFX', { CertID: 2, Password: 'geheim', MicrosoftTargetCSP: provider })
    const run = runOracle(
      'openssl',
      ['pkcs12', '-nodes', '-nocerts', '-passin', 'pass:geheim'],
      Buffer.from(json.PFX, 'base64'),
    )
    expect(run.text).toContain(`Microsoft CSP Name: ${provider}`)
  })

  test('without a key is the answer that clients fall back on', async () => {
    const { status, json } = await recover('PFX', { CertID: 3, Password: 'x' })
    expect(status).toBe(400)
    expect(json).toEqual({
      ErrorCode: '0xA0110002',
      Message: 'No private key could be found for the given certificate.',
    })
  })

  test('without a format or a password is refused', async () => {
    expect((await recover(undefined, { CertID: 2, Password: 'x' })).json.ErrorCode).toBe('0xA0110007')
    expect((await recover('PFX', { CertID: 2 })).json.Message).toBe('The Password field is required.')
    expect((await recover('P7B', { CertID: 2, Password: 'x' })).status).toBe(400)
    const odd = await recover('PFX', { CertID: 2, Password: 'x', FileExtension: 'JKS' })
    expect([odd.status, odd.json.Message]).toEqual([400, expect.stringMatching(/does not go with/)])
  })

  test('is not for a reader', async () => {
    const reply = await rawCall(world, {
      method: 'POST',
      path: '/KeyfactorAPI/Certificates/Recover',
      body: { CertID: 2, Password: 'x' },
      headers: { 'x-certificateformat': 'PFX' },
      user: 'reader',
    })
    expect([reply.status, reply.json.ErrorCode]).toEqual([403, '0xA0140002'])
  })

  test('leaves no password in any log', () => {
    expect([...world.accessLog, ...world.houseLog].join('\n')).not.toMatch(/geheim|Passw0rd/)
  })
})
