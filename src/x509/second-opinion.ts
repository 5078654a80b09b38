import { sameBytes } from '../base/bytes.ts'
import type { CertificateFacts } from '../domain/facts.ts'
import { certificateParts, describeCertificate } from './certificate.ts'

/** What another reader says: the first thing that it reads otherwise, or that it cannot read the certificate at all. */
export type SecondOpinion =
  | { readonly says: 'the same' }
  | {
      readonly says: 'something else'
      readonly field: string
      readonly ours: string
      readonly theirs: string
    }
  | { readonly says: 'nothing' }

/**
 * Reads a certificate with `@peculiar/x509` and compares it with our own reading: serial number, validity, names,
 * public key, alternative names. The library is loaded when somebody asks; it takes about 1 ms for each certificate.
 *
 * @param der exactly one certificate that `describeCertificate` reads
 */
export async function secondOpinion(der: Uint8Array): Promise<SecondOpinion> {
  const facts = describeCertificate(der)
  const theirs = await readWithLibrary(der).catch(() => undefined)
  if (theirs === undefined) return { says: 'nothing' }
  for (const [field, ours] of Object.entries(ourReading(facts, der)))
    if (ours !== theirs[field])
      return { says: 'something else', field, ours, theirs: theirs[field] ?? 'nothing' }
  return { says: 'the same' }
}

/** The library shows the octets of a negative serial number, we its value. */
function unsigned(serialNumber: string): string {
  if (!serialNumber.startsWith('-')) return serialNumber
  const octets = Math.ceil((serialNumber.length - 1) / 2)
  return ((1n << BigInt(octets * 8)) - BigInt(`0x${serialNumber.slice(1)}`)).toString(16)
}

type Reading = Readonly<Record<string, string>>

const hex = (bytes: Uint8Array | ArrayBuffer): string => Buffer.from(bytes as Uint8Array).toString('hex')

/** Milliseconds are no part of what the library keeps of a time. */
const instant = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`

function ourReading(facts: CertificateFacts, der: Uint8Array): Reading {
  const { subjectDer, issuerDer, spki } = certificateParts(der)
  return {
    serialNumber: unsigned(facts.serialNumber),
    notBefore: instant(new Date(facts.notBefore)),
    notAfter: instant(new Date(facts.notAfter)),
    subject: hex(subjectDer),
    issuer: hex(issuerDer),
    publicKey: hex(spki),
    subjectAltName: String(facts.subjectAltName?.filter(({ type }) => type !== 'otherName').length ?? 0),
  }
}

async function readWithLibrary(der: Uint8Array): Promise<Reading> {
  await import('reflect-metadata')
  const { X509Certificate, SubjectAlternativeNameExtension } = await import('@peculiar/x509')
  const read = new X509Certificate(new Uint8Array(der))
  // it takes bytes after the certificate for a part of it, and ours has refused those
  if (!sameBytes(new Uint8Array(read.rawData), der)) throw new Error('another length')
  // the library leaves out most kinds of otherName
  const names = read.getExtension(SubjectAlternativeNameExtension)?.names.items ?? []
  return {
    serialNumber: read.serialNumber.replace(/^0+(?=.)/, ''),
    notBefore: instant(read.notBefore),
    notAfter: instant(read.notAfter),
    subject: hex(read.subjectName.toArrayBuffer()),
    issuer: hex(read.issuerName.toArrayBuffer()),
    publicKey: hex(read.publicKey.rawData),
    subjectAltName: String(names.filter(({ type }) => type !== 'upn' && type !== 'guid').length),
  }
}
