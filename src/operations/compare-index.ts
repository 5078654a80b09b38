import { CertmanError } from '../base/errors.ts'
import { append } from '../base/lists.ts'
import type { CertificateFacts } from '../domain/facts.ts'
import type { FormerCertificate } from '../store/authority-orders.ts'
import { knownFacts } from '../x509/known-facts.ts'
import { revokedEntries } from '../x509/crl.ts'
import type { IndexLine } from './openssl-index.ts'

/** A certificate as it lies in the folder of an authority. */
export interface IssuedFile {
  readonly file: string
  readonly der: Uint8Array
}

/** An index, and what must agree with it. */
export interface Comparison {
  readonly index: readonly IndexLine[]
  /** By serial number. */
  readonly files: ReadonlyMap<string, readonly IssuedFile[]>
  readonly crl: Uint8Array | undefined
  /** Of the authority. */
  readonly certificate: Uint8Array
  /** For messages. */
  readonly folder: string
}

/** What the index and the files agree on. @throws {CertmanError} `policy.refused` naming each disagreement */
export function compareIndex(comparison: Comparison): readonly FormerCertificate[] {
  const { index, files, certificate, folder } = comparison
  const own = knownFacts(certificate)
  const faults: string[] = []
  const issued: FormerCertificate[] = []
  const seen = new Set<string>()
  for (const line of index) {
    const { serialNumber } = line
    if (seen.has(serialNumber)) faults.push(`index.txt has the serial number ${serialNumber} twice`)
    seen.add(serialNumber)
    // the root that signed itself may stand in its own index
    if (serialNumber === own.serialNumber && own.selfIssued) continue
    const former = matching(line, files.get(serialNumber) ?? [], faults)
    if (former) issued.push(former)
  }
  for (const [serialNumber, found] of files)
    if (!seen.has(serialNumber))
      faults.push(`${found[0]!.file} (serial number ${serialNumber}) is not in index.txt`)
  append(faults, crlFaults(comparison))
  if (faults.length > 0) throw disagreement(folder, faults)
  return issued
}

function crlFaults({ crl, index }: Comparison): readonly string[] {
  const valid = new Set(index.filter(({ revocation }) => !revocation).map(({ serialNumber }) => serialNumber))
  const faults: string[] = []
  for (const { serialNumber } of crl ? revokedEntries(crl) : [])
    if (valid.has(serialNumber)) faults.push(`the CRL revokes ${serialNumber}, index.txt does not`)
  return faults
}

function disagreement(folder: string, faults: readonly string[]): CertmanError {
  const shown = faults.slice(0, 10).join('; ')
  const more = faults.length > 10 ? `; and ${faults.length - 10} more` : ''
  return new CertmanError('policy.refused', `index and files of ${folder} disagree: ${shown}${more}`, {
    hint: 'correct the folder, or bring it back from a backup; nothing was taken in',
  })
}

function matching(
  line: IndexLine,
  found: readonly IssuedFile[],
  faults: string[],
): FormerCertificate | undefined {
  const { serialNumber, notAfter, revocation, subject } = line
  const [file, other] = found
  if (!file) {
    faults.push(`index.txt line ${line.line}: there is no certificate ${serialNumber} (${subject})`)
    return undefined
  }
  if (other) faults.push(`${file.file} and ${other.file} have the same serial number ${serialNumber}`)
  const facts = knownFacts(file.der)
  if (facts.notAfter !== notAfter)
    faults.push(
      `index.txt line ${line.line}: ${serialNumber} ends on ${notAfter}, its certificate on ${facts.notAfter}`,
    )
  if (!isSameName(subject, facts))
    faults.push(
      `index.txt line ${line.line}: ${serialNumber} is ${subject}, its certificate ${facts.subject}`,
    )
  const source = { how: 'imported', from: file.file } as const
  return { der: file.der, source, ...(revocation && { revocation }) }
}

const PLAIN = /^[\x20-\x7e]*$/

/**
 * Whether the subject of the index (`/O=Example/CN=web`, X509_NAME_oneline(3)) is that of the certificate. Values only:
 * attribute types have several names there. What that form cannot tell apart (other than ASCII, a slash in a value)
 * counts as the same.
 */
function isSameName(subject: string, { subjectAttributes }: CertificateFacts): boolean {
  const values = subjectAttributes.flat().map(({ value }) => value)
  const single = subjectAttributes.every((rdn) => rdn.length === 1)
  const isClear = single && values.every((value) => PLAIN.test(value) && !/[/\\]/.test(value))
  if (!subject.startsWith('/') || subject.includes('\\') || !isClear) return true
  const typed = subject.split(/\/[^=/]+=/).slice(1)
  return typed.length === values.length && typed.every((value, at) => value === values[at])
}
