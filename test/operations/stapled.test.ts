import { createHash, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import * as der from '../../src/asn1/writer.ts'
import { stapledStatus } from '../../src/operations/stapled.ts'
import { pathMember } from '../../src/path/path-member.ts'
import { certificateParts } from '../../src/x509/certificate.ts'
import { makeCertificate } from '../support/make-certificates.ts'

const AT = new Date('2026-06-15T00:00:00Z')
const authority = makeCertificate({ cn: 'Authority', ca: true })
const web = makeCertificate({ cn: 'web', issuer: authority, serial: 7 })
const namesake = makeCertificate({ cn: 'Authority', ca: true })

const sha1 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha1').update(bytes).digest())

/** An OCSPResponse (RFC 6960 section 4.2.1) of the authority: the certificate of `web` is good. */
function goodResponse(): Uint8Array {
  // the content of the BIT STRING at the end: 65 octets of an uncompressed point on P-256
  const keyHash = der.octetString(sha1(authority.spki.subarray(-65)))
  const name = der.octetString(sha1(certificateParts(authority.der).subjectDer))
  const id = der.sequence(der.sequence(der.oid('1.3.14.3.2.26')), name, keyHash, der.integer(7))
  const [good, since] = [der.implicit(0, new Uint8Array()), der.generalizedTime(AT)]
  const until = der.explicit(0, der.generalizedTime(new Date('2026-06-16T00:00:00Z')))
  const answers = der.sequence(der.sequence(id, good, since, until))
  const data = der.sequence(der.explicit(2, keyHash), since, answers)
  const algorithm = der.sequence(der.oid('1.2.840.10045.4.3.2'))
  const signature = der.bitString(new Uint8Array(sign('sha256', data, authority.key)))
  const basic = der.octetString(der.sequence(data, algorithm, signature))
  const bytes = der.sequence(der.oid('1.3.6.1.5.5.7.48.1.1'), basic)
  return der.sequence(der.enumerated(0), der.explicit(0, bytes))
}

test('the issuer of a stapled response is whoever issued, among what was sent or is known here', async () => {
  const asked = async (sent: readonly Uint8Array[], known: readonly Uint8Array[] = []) => {
    const report = { chain: [web.der, ...sent], ocspResponse: goodResponse() }
    const status = await stapledStatus(report, { at: AT, issuersOf: async () => known.map(pathMember) })
    return status?.status
  }
  expect(await asked([authority.der])).toBe('good')
  expect(await asked([namesake.der, authority.der])).toBe('good')
  expect(await asked([], [namesake.der, authority.der])).toBe('good')
  expect(await asked([namesake.der])).toBe('unknown')
})
