import { sign } from 'node:crypto'
import { expect, test } from 'vitest'
import * as der from '../../src/asn1/writer.ts'
import type { CertificateRecord } from '../../src/domain/records.ts'
import { leavesOf, verifyCertificates } from '../../src/operations/verify-certificates.ts'
import { foreignMember, type VerifyMember } from '../../src/operations/verify-member.ts'
import { verdictJson } from '../../src/operations/verify-json.ts'
import { NO_KNOWLEDGE } from '../../src/operations/verify-store.ts'
import { certificateParts } from '../../src/x509/certificate.ts'
import { assembleSigned } from '../../src/x509/write-certificate.ts'
import { writeTbsCrl } from '../../src/x509/write-crl.ts'
import { makeCertificate, makeKey, type TestCertificate } from '../support/make-certificates.ts'

const root = makeCertificate({ cn: 'Root', ca: true })
const web = makeCertificate({ cn: 'web', issuer: root, serial: 77 })
const AT = new Date('2026-06-15T00:00:00Z')

const member = (of: TestCertificate, record: Partial<CertificateRecord> = {}): VerifyMember =>
  Object.assign(foreignMember(of.der, 'file'), { record: record as CertificateRecord })

/** The codes of what speaks against a certificate whose record says this, with a CRL that lists the serial 77. */
function codes(
  record: Partial<CertificateRecord>,
  anchor: TestCertificate,
  crls: readonly Uint8Array[] = [],
) {
  const known = { ...NO_KNOWLEDGE, ownAuthorities: new Set(['1']) }
  const evidence = { intermediates: [], anchors: [member(anchor)], crls, known }
  const [verdict] = verifyCertificates([member(web, record)], evidence, { at: AT, requireCrl: false })
  return verdict!.faults.map(({ code }) => code)
}

test('a certificate that the store had revoked is not to be trusted, not even where it is named as trusted', () => {
  const revocation = { date: '2026-06-01T00:00:00Z', reason: 'keyCompromise' } as const
  expect([codes({}, web), codes({ revocation }, web)]).toEqual([[], ['revoked']])
})

test('when a server names a certificate by more than a word then the hint on its names can be copied all the same', () => {
  const question = { at: AT, requireCrl: false, hostname: 'other.example' }
  const evidence = { intermediates: [], anchors: [member(root)], crls: [], known: NO_KNOWLEDGE }
  const [verdict] = verifyCertificates([member(web, { id: '-y $(id)' })], evidence, question)
  expect(verdictJson(verdict!, question)['findings']).toMatchObject([
    { code: 'name', hint: "see its names: certman show -- '-y $(id)'" },
  ])
})

/** A CRL in the name of `named` that lists the serial 77, signed by `signer`. */
function crlOf(named: TestCertificate, signer = named): Uint8Array {
  const algorithm = der.sequence(der.oid('1.2.840.10045.4.3.2'))
  const tbs = writeTbsCrl({
    algorithm,
    issuer: certificateParts(named.der).subjectDer,
    thisUpdate: new Date('2026-06-10T00:00:00Z'),
    nextUpdate: new Date('2026-06-20T00:00:00Z'),
    entries: [{ serialNumber: '4d', revocationDate: '2026-06-01T00:00:00Z' }],
    extensions: [],
  })
  return assembleSigned(tbs, algorithm, new Uint8Array(sign('sha256', tbs, signer.key)))
}

test('when the store knows nothing of a revocation, a CRL may', () => {
  expect([codes({ authorityId: '1' }, root), codes({ authorityId: '1' }, root, [crlOf(root)])]).toEqual([
    [],
    ['revoked'],
  ])
})

test('an authority may sign CRLs with another key, when the same trust anchor stands above that', () => {
  const other = makeCertificate({ cn: 'Other root', ca: true })
  const issuing = makeCertificate({ cn: 'Issuing', ca: true, issuer: root })
  const leaf = makeCertificate({ cn: 'leaf', issuer: issuing, serial: 77 })
  const judged = (signer: TestCertificate): readonly string[] => {
    const evidence = {
      intermediates: [issuing, signer].map((each) => member(each)),
      anchors: [root, other].map((each) => member(each)),
      crls: [crlOf(issuing, signer)],
      known: NO_KNOWLEDGE,
    }
    const [verdict] = verifyCertificates([member(leaf)], evidence, { at: AT, requireCrl: false })
    return verdict!.faults.map(({ code }) => code)
  }
  expect([root, other].map((issuer) => judged(makeCertificate({ cn: 'Issuing', issuer })))).toEqual([
    ['revoked'],
    [],
  ])
})

test.each([1, -1])('who signs CRLs may have paths to several trust anchors (order %i)', (order) => {
  const other = makeCertificate({ cn: 'Other root', ca: true })
  const key = makeKey()
  const crossed = [root, other].map((issuer) => makeCertificate({ cn: 'Crossed', ca: true, key, issuer }))
  const issuing = makeCertificate({ cn: 'Issuing', ca: true, issuer: root })
  const signer = makeCertificate({ cn: 'Issuing', issuer: crossed[0]! })
  const leaf = makeCertificate({ cn: 'leaf', issuer: issuing, serial: 77 })
  const inOrder = <T>(list: readonly T[]): readonly T[] => (order < 0 ? list.toReversed() : list)
  const evidence = {
    intermediates: inOrder([...crossed, issuing, signer]).map((each) => member(each)),
    anchors: inOrder([root, other]).map((each) => member(each)),
    crls: [crlOf(issuing, signer)],
    known: NO_KNOWLEDGE,
  }
  const [verdict] = verifyCertificates([member(leaf)], evidence, { at: AT, requireCrl: false })
  expect(verdict!.faults.map(({ code }) => code)).toEqual(['revoked'])
})

test('of authorities that signed each other all are asked about, not none', () => {
  const [left, right] = [makeKey(), makeKey()]
  const one = makeCertificate({ cn: 'A', ca: true, key: left, issuer: { ...root, ...right, cn: 'B' } })
  const other = makeCertificate({ cn: 'B', ca: true, key: right, issuer: one })
  expect(leavesOf([one, other].map((each) => foreignMember(each.der, 'file')))).toHaveLength(2)
})
