import { sign } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as der from '../../src/asn1/writer.ts'
import { isCertmanError } from '../../src/base/errors.ts'
import { sha1 } from '../../src/crypto/digest.ts'
import { publicKeyOctets } from '../../src/crypto/public-key-info.ts'
import { OcspShelf } from '../../src/path/ocsp-shelf.ts'
import { pathMember } from '../../src/path/path-member.ts'
import { certificateParts } from '../../src/x509/certificate.ts'
import { readOcspResponse } from '../../src/x509/ocsp-response.ts'
import { makeCertificate, type TestCertificate, type Wanted } from '../support/make-certificates.ts'
import { outputOf, requireOracle } from '../support/oracles.ts'
import { temporaryFolder } from '../support/temporary.ts'

const folder = temporaryFolder('ocsp')
const file = (name: string): string => join(folder, name)

const forOcsp = der.sequence(
  der.oid('2.5.29.37'),
  der.octetString(der.sequence(der.oid('1.3.6.1.5.5.7.3.9'))),
)
/** The responders of OpenSSL answer as of now, whenever that is. */
const long = (wanted: Wanted): TestCertificate =>
  makeCertificate({ notBefore: '2020-01-01T00:00:00Z', notAfter: '2120-01-01T00:00:00Z', ...wanted })

const authority = long({ cn: 'Authority', ca: true })
const web = long({ cn: 'web', issuer: authority, serial: 0x1001 })
const lost = long({ cn: 'lost', issuer: authority, serial: 0x1002 })
const strange = long({ cn: 'strange', issuer: authority, serial: 0x1003 })
const responder = long({ cn: 'Responder', issuer: authority, extensions: [forOcsp] })
const clerk = long({ cn: 'Clerk', issuer: authority })
const other = long({ cn: 'Authority', ca: true })

function pem(name: string, { der: bytes, key }: TestCertificate): string {
  const body = Buffer.from(bytes).toString('base64').replace(/.{64}/g, '$&\n')
  const text = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`
  writeFileSync(file(name), text + String(key.export({ type: 'pkcs8', format: 'pem' })))
  return file(name)
}

/** What OpenSSL answers about the three certificates, signed by `signer`. @param more arguments for either side */
function response(
  openssl: string,
  signer: TestCertificate,
  more: { readonly asking?: readonly string[]; readonly answering?: readonly string[] } = {},
): Uint8Array {
  const { asking = [], answering = [] } = more
  const index = [
    'V\t300101000000Z\t\t1001\tunknown\t/CN=web',
    'R\t300101000000Z\t250601000000Z,keyCompromise\t1002\tunknown\t/CN=lost',
  ]
  writeFileSync(file('index'), `${index.join('\n')}\n`)
  const issuer = pem('ca', authority)
  const asked = [web, lost, strange].flatMap((each, i) => ['-cert', pem(`${i}`, each)])
  outputOf(openssl, ['ocsp', ...asking, '-issuer', issuer, ...asked, '-reqout', file('request')])
  const by = ['-rsigner', pem('signer', signer), '-rkey', file('signer')]
  const answer = ['-index', file('index'), '-CA', issuer, ...by, '-reqin', file('request')]
  outputOf(openssl, ['ocsp', ...answer, ...answering, '-ndays', '7', '-respout', file('response')])
  return new Uint8Array(readFileSync(file('response')))
}

/** @param days after the answer */
function statuses(bytes: Uint8Array, issuer = authority, days = 0): readonly (string | undefined)[] {
  const now = Date.parse(readOcspResponse(bytes).answers[0]!.thisUpdate)
  const at = new Date(now + days * 86_400_000)
  const shelf = new OcspShelf([bytes])
  return [web, lost, strange].map(
    (each) => shelf.statusOf({ member: pathMember(each.der), issuer: pathMember(issuer.der), at })?.status,
  )
}

const ALL_TOLD = ['good', 'revoked', 'unknown']

test('what a responder of OpenSSL says counts when the issuer signed it, or certified who did', (context) => {
  const openssl = requireOracle(context, 'openssl')
  expect(statuses(response(openssl, authority))).toEqual(ALL_TOLD)
  expect(statuses(response(openssl, responder, { asking: ['-sha256'] }))).toEqual(ALL_TOLD)
})

test('a responder may bring a former certificate of its key before the one that the issuer made for OCSP', (context) => {
  const openssl = requireOracle(context, 'openssl')
  const former = long({ cn: 'Responder', issuer: authority, key: responder })
  const bytes = response(openssl, former, { answering: ['-rother', pem('renewed', responder)] })
  expect(readOcspResponse(bytes).certificates).toEqual([former.der, responder.der])
  expect(statuses(bytes)).toEqual(ALL_TOLD)
})

test('nothing counts that was signed by another certificate of the issuer, or for another issuer', (context) => {
  const openssl = requireOracle(context, 'openssl')
  expect(statuses(response(openssl, clerk))).toEqual(['unknown', 'unknown', 'unknown'])
  expect(statuses(response(openssl, other))).toEqual(['unknown', 'unknown', 'unknown'])
  expect(statuses(response(openssl, authority), other)).toEqual([undefined, undefined, undefined])
})

test('an answer that ended, or is yet to come, acquits nobody and still revokes', (context) => {
  const bytes = response(requireOracle(context, 'openssl'), authority)
  expect([statuses(bytes, authority, 8), statuses(bytes, authority, -1)]).toEqual([
    ['unknown', 'revoked', 'unknown'],
    ['unknown', 'revoked', 'unknown'],
  ])
})

test('a response of which any octet was changed acquits nobody', (context) => {
  const bytes = response(requireOracle(context, 'openssl'), authority)
  const at = new Date(readOcspResponse(bytes).answers[0]!.thisUpdate)
  const [member, issuer] = [pathMember(web.der), pathMember(authority.der)]
  // what the responder sends along is not signed, and the issuer needs none of it
  const end = Buffer.from(bytes).indexOf(authority.der) - 16
  const judged = Array.from({ length: end }, (_, i) => {
    const changed = bytes.with(i, bytes[i]! ^ 0x01)
    try {
      return new OcspShelf([changed]).statusOf({ member, issuer, at })?.status
    } catch (error) {
      if (!isCertmanError(error)) throw error
      return error.code
    }
  })
  expect(end).toBeGreaterThan(300)
  expect(judged.filter((status) => status === 'good')).toEqual([])
})

test('a response that says the same twenty thousand times is verified once', () => {
  const [member, issuer] = [pathMember(web.der), pathMember(authority.der)]
  const { subjectDer, spki } = certificateParts(authority.der)
  const hashes = [subjectDer, publicKeyOctets(spki)].map((each) => der.octetString(sha1(each)))
  const id = der.sequence(der.sequence(der.oid('1.3.14.3.2.26')), ...hashes, der.integer(0x1001))
  const day = der.generalizedTime(new Date('2026-06-01T00:00:00Z'))
  const until = der.explicit(0, der.generalizedTime(new Date('2026-06-08T00:00:00Z')))
  const answer = der.sequence(id, der.implicit(0, new Uint8Array()), day, until)
  const answers = der.constructed(
    0x30,
    Array.from({ length: 20_000 }, () => answer),
  )
  const data = der.sequence(der.explicit(1, subjectDer), day, answers)
  const algorithm = der.sequence(der.oid('1.2.840.10045.4.3.2'))
  const basic = der.sequence(data, algorithm, der.bitString(sign('sha256', data, authority.key)))
  const typed = der.sequence(der.oid('1.3.6.1.5.5.7.48.1.1'), der.octetString(basic))
  const shelf = new OcspShelf([der.sequence(der.enumerated(0), der.explicit(0, typed))])
  expect(shelf.statusOf({ member, issuer, at: new Date('2026-06-02T00:00:00Z') })?.status).toBe('good')
})

test('a responder that refuses gives no answer', () => {
  const refusal = der.sequence(Uint8Array.of(0x0a, 1, 3))
  expect(() => readOcspResponse(refusal)).toThrow('the OCSP responder refused: tryLater')
})
