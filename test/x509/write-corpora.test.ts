import { describe, expect, test } from 'vitest'
import { contentOf, contextTag, DerReader, type Tlv } from '../../src/asn1/reader.ts'
import { toHex } from '../../src/base/bytes.ts'
import { CertmanError } from '../../src/base/errors.ts'
import { certificateParts, describeCertificate } from '../../src/x509/certificate.ts'
import { crlParts, describeCrl, revokedEntries } from '../../src/x509/crl.ts'
import { readRawExtensions } from '../../src/x509/raw-extensions.ts'
import { writeTbsCertificate } from '../../src/x509/write-certificate.ts'
import { writeTbsCrl } from '../../src/x509/write-crl.ts'
import { extension } from '../../src/x509/write-extensions.ts'
import { corpus, NO_CORPORA, type CorpusEntry } from '../support/corpora.ts'

const all = corpus()

/** Version 3 certificates that we would write in other octets, and why; everybody else's come out the same. */
const OTHER_CERTIFICATES: Readonly<Record<string, string>> = {
  'asn1crypto/invalid_email_tag.pem': 'GeneralizedTime before 2050 (RFC 5280 section 4.1.2.5)',
  'openssl/ext-acceptablePrivilegePolicies.pem': 'GeneralizedTime before 2050',
  'openssl/ext-basicAttConstraints.pem': 'GeneralizedTime before 2050',
  'openssl/ext-delegatedNameConstraints.pem': 'GeneralizedTime before 2050',
  'openssl/ext-groupAC.pem': 'GeneralizedTime before 2050',
  'openssl/ext-indirectIssuer.pem': 'GeneralizedTime before 2050',
  'openssl/ext-noRevAvail.pem': 'GeneralizedTime before 2050',
  'openssl/ext-roleSpecCertIdentifier.pem': 'GeneralizedTime before 2050',
  'openssl/ext-subjectDirectoryAttributes.pem': 'GeneralizedTime before 2050',
  'x509parser/unique_ids.der': 'unique identifiers (RFC 5280 section 4.1.2.8)',
  'zlint/localityWithOpenBrace.pem': 'an empty list of extensions (RFC 5280 section 4.1)',
  'zlint/localityWithValidName.pem': 'an empty list of extensions',
  'zlint/stateWithBackslash.pem': 'an empty list of extensions',
  'zlint/subjectDNNotPrintableCharsUTF8.pem': 'an empty list of extensions',
}

/** Version 2 CRLs with a next update that we would write in other octets, and why. */
const OTHER_CRLS: Readonly<Record<string, string>> = {
  'boulder/crl_critical_reason.pem': 'a critical reasonCode (RFC 5280 section 5.3.1)',
  'boulder/crl_gentime_2049.pem': 'GeneralizedTime before 2050 (RFC 5280 section 5.1.2.4)',
  'own/own-reasons-der.crl': 'the reason unspecified is written (RFC 5280 section 5.3.1)',
  'own/own-reasons.crl': 'the reason unspecified is written',
  'own/own-short.crl': 'the reason unspecified is written',
  'pyca/crl_inval_cert_issuer_entry_ext.pem': 'an entry with another extension',
  'pyca/crl_md2_unknown_crit_entry_ext.pem': 'an entry with another extension',
  'rustcrypto/tscpbcasha256.crl': 'the reason unspecified is written',
  'rustls/crl.entry.unknown.crit.ext.der': 'an entry with another extension',
  'zlint/crlEntrustNoRevokedCerts01.pem': 'an empty list of revoked certificates (RFC 5280 section 5.1.2.6)',
}

/** A file of the corpora as DER; of several certificates in one file the first. */
function derOf({ path }: CorpusEntry): Uint8Array {
  const bytes = all!.read(path)
  if (bytes[0] === 0x30) return bytes
  const text = Buffer.from(bytes).toString('latin1')
  const body = /-----BEGIN [A-Z0-9 ]*(?:CERTIFICATE|CRL)-----([^-]*)-----END/.exec(text)?.[1] ?? ''
  return new Uint8Array(Buffer.from(body, 'base64'))
}

const accepted = (kind: CorpusEntry['kind']): readonly CorpusEntry[] =>
  all!.entries.filter((entry) => entry.kind === kind && entry.expect === 'accept')

const rewritten = (extensions: Tlv | undefined): readonly Uint8Array[] =>
  readRawExtensions(extensions).map(({ oid, critical, octets }) =>
    extension(oid, critical, contentOf(octets)),
  )

function rewriteCertificate(der: Uint8Array): Uint8Array {
  const [parts, facts] = [certificateParts(der), describeCertificate(der)]
  return writeTbsCertificate({
    serialNumber: facts.serialNumber,
    algorithm: parts.signatureAlgorithm,
    issuer: parts.issuerDer,
    notBefore: new Date(facts.notBefore),
    notAfter: new Date(facts.notAfter),
    subject: parts.subjectDer,
    spki: parts.spki,
    extensions: rewritten(parts.extensionsTlv),
  })
}

function crlExtensionsTlv(tbs: Uint8Array): Tlv | undefined {
  const reader = DerReader.into(new DerReader(tbs).read())
  while (!reader.atEnd) {
    const value = reader.read()
    if (value.tag === contextTag(0, true)) return DerReader.into(value).read()
  }
  return undefined
}

function rewriteCrl(der: Uint8Array): Uint8Array {
  const [parts, facts] = [crlParts(der), describeCrl(der)]
  return writeTbsCrl({
    algorithm: parts.signatureAlgorithm,
    issuer: parts.issuerDer,
    thisUpdate: new Date(facts.thisUpdate),
    nextUpdate: new Date(facts.nextUpdate!),
    entries: revokedEntries(der),
    extensions: rewritten(crlExtensionsTlv(parts.tbs)),
  })
}

const isAllowedSerial = (hex: string): boolean =>
  !hex.startsWith('-') && hex !== '0' && (hex.length < 40 || (hex.length === 40 && hex < '8'))

/** Path below the folder of its kind. */
const shortPath = ({ path }: CorpusEntry): string => path.slice(path.indexOf('/') + 1)

describe.skipIf(!all)(all ? 'real files' : `real files (${NO_CORPORA})`, () => {
  test('when the fields of a certificate are written again then the signed octets are the same', () => {
    const others: string[] = []
    let same = 0
    for (const entry of accepted('cert')) {
      const der = derOf(entry)
      const { version, serialNumber } = describeCertificate(der)
      if (version !== 3 || !isAllowedSerial(serialNumber)) continue
      if (toHex(rewriteCertificate(der)) === toHex(certificateParts(der).tbs)) same++
      else others.push(shortPath(entry))
    }
    expect(others.toSorted()).toEqual(Object.keys(OTHER_CERTIFICATES).toSorted())
    expect(same).toBeGreaterThan(400)
  })

  test('when a real serial number is zero, negative or too long then no new certificate gets it', () => {
    const serials = accepted('cert').map((entry) => derOf(entry))
    const refused = serials.filter((der) => !isAllowedSerial(describeCertificate(der).serialNumber))
    expect(refused.length).toBeGreaterThan(10)
    for (const der of refused) expect(() => rewriteCertificate(der)).toThrow(CertmanError)
  })

  test('when the fields of a CRL are written again then the signed octets are the same', () => {
    const others: string[] = []
    let same = 0
    for (const entry of accepted('crl')) {
      const der = derOf(entry)
      const { version, nextUpdate } = describeCrl(der)
      if (version !== 2 || nextUpdate === null) continue
      if (toHex(rewriteCrl(der)) === toHex(crlParts(der).tbs)) same++
      else others.push(shortPath(entry))
    }
    expect(others.toSorted()).toEqual(Object.keys(OTHER_CRLS).toSorted())
    expect(same).toBeGreaterThan(20)
  })
})
