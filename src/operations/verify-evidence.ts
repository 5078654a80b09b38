import { resolve } from 'node:path'
import { TAG } from '../asn1/reader.ts'
import { CertmanError, isCertmanError } from '../base/errors.ts'
import type { InputFormat, Item, PasswordSource } from '../formats/items.ts'
import { readItems } from '../formats/read-items.ts'
import { nameKey, subjectKey } from '../path/compare-names.ts'
import { readOcspResponse } from '../x509/ocsp-response.ts'
import type { FileTools } from './import-files.ts'
import { quoted, readSource } from './read-sources.ts'
import { systemAnchors } from './system-anchors.ts'
import { type Evidence, selfSigned } from './verify-certificates.ts'
import { foreignMember, type VerifyMember } from './verify-member.ts'
import type { StoreKnowledge } from './verify-store.ts'

/** Files to be read, and whom to ask for passwords. */
export interface FileReading {
  readonly cwd: string
  readonly password: PasswordSource
  readonly tools: FileTools
  readonly format?: InputFormat
}

/** Whom to believe, and what else to know. */
export interface EvidenceRequest extends FileReading {
  /**
   * `system`: whom Node trusts; `authorities`: the self-signed authorities of the store; `store`: every self-signed
   * certificate in it; else a file. None: `system` and `authorities`.
   */
  readonly trust: readonly string[]
  /** Files of issuers. */
  readonly chain: readonly string[]
  /** Files of CRLs. */
  readonly crl: readonly string[]
  /** Files of OCSP responses. */
  readonly ocsp: readonly string[]
  readonly known: StoreKnowledge
  /** The certificates in question. */
  readonly leaves: readonly VerifyMember[]
  /** What lay beside the certificate in question. */
  readonly beside: FoundInFile
}

/** What a file holds for verifying. */
export interface FoundInFile {
  readonly members: readonly VerifyMember[]
  readonly crls: readonly Uint8Array[]
  /** OCSP responses, DER: what a server staples. */
  readonly ocsp?: readonly Uint8Array[]
}

/** Certificates and CRLs of a file, `-` for standard input. @throws {CertmanError} what reading it throws */
export async function readForVerifying(file: string, reading: FileReading): Promise<FoundInFile> {
  const { cwd, password, tools, format } = reading
  const source = { file, path: file === '-' ? '-' : resolve(cwd, file), named: true }
  const bytes = await readSource(source, tools.readStdin)
  // keys are none of our concern: nobody is asked for their passwords
  const options = { file, password, lockedKeys: 'leave', ...(format && { format }) } as const
  const { items } = await readItems(bytes, options)
  return {
    members: items.flatMap((item) => (item.type === 'certificate' ? [foreignMember(item.der, 'file')] : [])),
    crls: items.flatMap((item: Item) => (item.type === 'crl' ? [item.der] : [])),
  }
}

/** A certificate file that has none is a mistake. @throws {CertmanError} `input.empty` */
export function requireSome<T>(found: readonly T[], file: string, what: string): readonly T[] {
  if (found.length > 0) return found
  throw new CertmanError('input.empty', `${quoted(file)} holds no ${what}`)
}

/** Reads all that the answer is found with. @throws {CertmanError} what reading throws; `input.empty` */
export async function gatherEvidence(request: EvidenceRequest): Promise<Evidence> {
  const { known, beside, leaves } = request
  // of two that are the same the first counts: the store knows more of its own
  const intermediates = [...known.issuers, ...beside.members]
  const crls = [...beside.crls, ...known.crls]
  for (const file of request.chain) {
    const found = await readForVerifying(file, request)
    intermediates.push(...requireSome(found.members, file, 'certificate'))
    crls.push(...found.crls)
  }
  for (const file of request.crl) {
    const found = await readForVerifying(file, request)
    crls.push(...requireSome(found.crls, file, 'CRL'))
    // whoever signed it, where that is no issuer of a path
    intermediates.push(...found.members)
  }
  const issuers = new Set([...leaves, ...intermediates].map(({ facts }) => nameKey(facts.issuerAttributes)))
  const trust = request.trust.length > 0 ? request.trust : ['system', 'authorities']
  const anchors: VerifyMember[] = []
  for (const word of trust) anchors.push(...(await anchorsOf(word, issuers, request)))
  const ocsp = [...(beside.ocsp ?? [])]
  for (const file of request.ocsp) ocsp.push(await readResponse(file, request))
  return { intermediates, anchors, crls, ocsp, known }
}

/** DER of an OCSP response. @throws {CertmanError} what reading it throws, naming the file */
async function readResponse(file: string, { cwd, tools }: FileReading): Promise<Uint8Array> {
  const source = { file, path: file === '-' ? '-' : resolve(cwd, file), named: true }
  const der = await readSource(source, tools.readStdin)
  if (der[0] !== TAG.sequence)
    throw new CertmanError('format.unknown', `${quoted(file)} holds no OCSP response`, { hint: OCSP_HINT })
  try {
    readOcspResponse(der)
  } catch (error) {
    if (!isCertmanError(error)) throw error
    throw new CertmanError(error.code, `${quoted(file)}: ${error.message}`, { hint: OCSP_HINT, cause: error })
  }
  return der
}

const OCSP_HINT = 'have one written as DER, such as by: openssl ocsp -respout FILE'

/** @param issuers keys of the names that are looked for: to read all that the system trusts takes a tenth of a second */
async function anchorsOf(
  word: string,
  issuers: ReadonlySet<string>,
  request: EvidenceRequest,
): Promise<readonly VerifyMember[]> {
  const { known, tools } = request
  switch (word) {
    case 'system': {
      const ders = await systemAnchors(tools.ambient)
      return ders.filter((der) => issuers.has(subjectKey(der))).map((der) => foreignMember(der, 'system'))
    }
    case 'authorities':
      return selfSigned(known.issuers).filter(({ record }) => known.ownCertificates.has(record?.id ?? ''))
    case 'store':
      return selfSigned(known.issuers)
    default:
      return requireSome((await readForVerifying(word, request)).members, word, 'certificate')
  }
}
