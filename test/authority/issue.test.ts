import { describe, expect, test } from 'vitest'
import { lintTbs } from '../../src/authority/lint/lint.ts'
import { issue } from '../../src/authority/prepared.ts'
import { parseProfile } from '../../src/authority/parse-profile.ts'
import { builtInProfiles } from '../../src/authority/profile.ts'
import { prepareRoot } from '../../src/authority/self-signed.ts'
import { KEY_TYPES, type KeyType } from '../../src/crypto/generate-key.ts'
import { parseConstraintName, parseGeneralName } from '../../src/x509/general-name-text.ts'
import { certificateParts, describeCertificate } from '../../src/x509/certificate.ts'
import { knownFacts } from '../../src/x509/known-facts.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { outputOf, requireOracle, runOracle } from '../support/oracles.ts'
import {
  makeCsr,
  makeIntermediate,
  makeRoot,
  NOW,
  pem,
  pemFile,
  random,
  signerOf,
  signWith,
} from './material.ts'

/** What each profile needs to be asked for. */
const ASKED: Readonly<Record<string, { subject: string; sans?: string[] }>> = {
  server: { subject: 'CN=w.example', sans: ['dns:w.example', 'ip:192.0.2.7', 'ip:2001:db8::1'] },
  client: {
    subject: 'CN=Somebody,O=Example',
    sans: ['email:somebody@example.com', 'upn:somebody@corp.example'],
  },
  'server-client': { subject: '', sans: ['dns:*.w.example', 'uri:spiffe://w.example/service'] },
  'code-signing': { subject: 'CN=Example Inc.,O=Example Inc.,C=DE' },
  email: { subject: 'CN=Somebody', sans: ['email:somebody@example.com'] },
  'time-stamping': { subject: 'CN=Time stamps,O=Example,C=DE' },
  'ocsp-responder': { subject: 'CN=OCSP' },
  intermediate: { subject: 'CN=Below,O=Example' },
}

/** The purpose under which OpenSSL shall accept a certificate of the profile. */
const PURPOSES: Readonly<Record<string, string>> = {
  server: 'sslserver',
  client: 'sslclient',
  'server-client': 'sslserver',
  email: 'smimesign',
  'time-stamping': 'timestampsign',
  'ocsp-responder': 'ocsphelper',
}

// generating the longest RSA keys takes seconds and shows nothing that the shorter ones do not
const TYPES = KEY_TYPES.map(([name]) => name).filter((name) => !name.endsWith('4096'))
const lintsOf = (der: Uint8Array) => lintTbs(certificateParts(der).tbs, {}).findings
const AT = String(Math.floor(NOW.getTime() / 1000))

describe('issued certificates', () => {
  for (const { name, keys } of builtInProfiles().filter((profile) => profile.name !== 'root'))
    for (const type of TYPES.filter((each) => !each.endsWith('2048') || keys.minimumRsaBits <= 2048))
      test(`${name} with ${type}: OpenSSL accepts it strictly, no lint has a word, and its facts are those of its bytes`, async (context) => {
        const openssl = requireOracle(context, 'openssl')
        const root = await makeRoot({ type, subject: `CN=Root ${type},O=Example` })
        const der = signWith(root, await makeCsr({ ...ASKED[name]!, type }), { profile: name })
        expect(lintsOf(der)).toEqual([])
        expect(JSON.stringify(knownFacts(der))).toBe(JSON.stringify(describeCertificate(der)))
        const purpose = PURPOSES[name] === undefined ? [] : ['-purpose', PURPOSES[name]]
        const trusted = ['-CAfile', pemFile([root.der])]
        const answer = runOracle(openssl, [
          'verify',
          '-x509_strict',
          '-attime',
          AT,
          ...purpose,
          ...trusted,
          pemFile([der]),
        ])
        expect(answer.status, answer.text).toBe(0)
      }, 60_000)

  for (const type of TYPES)
    test(`a root with ${type}: OpenSSL accepts it strictly as its own anchor`, async (context) => {
      const openssl = requireOracle(context, 'openssl')
      const root = await makeRoot({ type, subject: `CN=Root ${type},O=Example` })
      expect(lintsOf(root.der)).toEqual([])
      expect(JSON.stringify(knownFacts(root.der))).toBe(JSON.stringify(describeCertificate(root.der)))
      const file = pemFile([root.der])
      const answer = runOracle(openssl, [
        'verify',
        '-x509_strict',
        '-check_ss_sig',
        '-attime',
        AT,
        '-CAfile',
        file,
        file,
      ])
      expect(answer.status, answer.text).toBe(0)
    }, 60_000)

  test('a chain with an intermediate, name constraints and pointers is accepted', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const root = await makeRoot({
      nameConstraints: { permitted: ['dns:example', 'ip:192.0.2.0/24'].map(parseConstraintName) },
      pathLen: 1,
    })
    const below = await makeIntermediate(root)
    const der = signWith(below, await makeCsr({ sans: ['dns:w.example', 'ip:192.0.2.7'] }))
    const files = ['-CAfile', pemFile([root.der]), '-untrusted', pemFile([below.der])]
    const answer = runOracle(openssl, ['verify', '-x509_strict', '-attime', AT, ...files, pemFile([der])])
    expect(answer.status, answer.text).toBe(0)
  })

  test('certtool and keytool read what was issued', async (context) => {
    const [certtool, keytool] = [requireOracle(context, 'certtool'), requireOracle(context, 'keytool')]
    const root = await makeRoot({
      source: { crlUrls: ['http://ca.example/root.crl'], ocspUrls: ['http://ocsp.example/'] },
    })
    const der = signWith(
      root,
      await makeCsr({ sans: ['dns:w.example', 'uri:https://w.example/', 'rid:1.2.3.4'] }),
    )
    const file = pemFile([der])
    const gnutls = outputOf(certtool, ['-i', '--infile', file]).toString()
    expect(gnutls).toContain('DNSname: w.example')
    expect(gnutls).toContain('http://ca.example/root.crl')
    expect(gnutls).not.toContain('error')
    const java = outputOf(keytool, ['-printcert', '-file', file]).toString()
    expect(java).toContain('DNSName: w.example')
    expect(java).toContain('http://ocsp.example/')
  })

  test('a certificate without a defined end goes to the last second of the year 9999', async () => {
    const root = await makeRoot({ notAfter: new Date('9999-12-31T23:59:59Z') })
    expect(describeCertificate(root.der).notAfter).toBe('9999-12-31T23:59:59Z')
  })

  test('a serial number has 128 bits, the first of them clear, and none comes twice in 20,000', async () => {
    const serials = new Set<string>()
    const { randomSerialNumber } = await import('../../src/authority/serial-number.ts')
    for (let i = 0; i < 20_000; i++) serials.add(randomSerialNumber(random))
    expect(serials.size).toBe(20_000)
    expect(randomSerialNumber((n) => new Uint8Array(n).fill(0xff))).toBe(`7f${'ff'.repeat(15)}`)
  })

  test('the signature is refused when it would come from another key', async () => {
    const signer = await signerOf('ec-p256', 'one')
    const { prepared } = prepareRoot({ subject: parseNameText('CN=R'), signer, now: NOW, random })
    const other: KeyType = 'ec-p384'
    const stranger = await signerOf(other)
    expect(() => issue(prepared, stranger)).toThrow('prepared for another key')
    expect(pem('CERTIFICATE', issue(prepared, signer))).toContain('BEGIN CERTIFICATE')
  })

  test('a self-signed certificate has no names that its profile refuses', async () => {
    const names = { allowed: ['dns:*.corp.example'], wildcards: false, permittedTypes: ['dns'] }
    const profile = parseProfile({ name: 'own', extends: 'server', names })
    const [subject, signer] = [parseNameText('CN=w'), await signerOf('ec-p256', 'one')]
    const make = (...sans: readonly string[]) =>
      prepareRoot({
        subject,
        signer,
        profile,
        now: NOW,
        random,
        wish: { subjectAltName: sans.map(parseGeneralName) },
      })
    expect(make('dns:w.corp.example').subjectAltName).toEqual([{ type: 'dns', value: 'w.corp.example' }])
    for (const san of ['dns:w.example', 'dns:*.corp.example', 'ip:192.0.2.1'])
      expect(() => make(san)).toThrow(`the name ${san}: the profile `)
  })
})
