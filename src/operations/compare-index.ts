import { CertmanError } from '../base/errors.ts'
import type { FormerCertificate } from '../store/authority-orders.ts'
import { certificateFacts } from '../store/certificate-facts.ts'
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
  const own = certificateFacts(certificate)
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
  faults.push(...crlFaults(comparison))
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
  const facts = certificateFacts(file.der)
  if (facts.notAfter !== notAfter)
    faults.push(
      `index.txt line ${line.line}: ${serialNumber} ends on ${notAfter}, its certificate on ${facts.notAfter}`,
    )
  const source = { how: 'imported', from: file.file } as const
  return { der: file.der, source, ...(revocation && { revocation }) }
}
