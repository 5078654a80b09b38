import { resolve } from 'node:path'
import { TAG } from '../asn1/reader.ts'
import { CertmanError, isCertmanError } from '../base/errors.ts'
import { append } from '../base/lists.ts'
import type { Item } from '../formats/items.ts'
import { readItems } from '../formats/read-items.ts'
import { nameKey, subjectKey } from '../path/compare-names.ts'
import { readOcspResponse } from '../x509/ocsp-response.ts'
import type { FileReading } from './read-all.ts'
import { quoted, readSource } from './read-sources.ts'
import { type Evidence, selfSigned } from './verify-certificates.ts'
import { foreignMember, type VerifyMember } from './verify-member.ts'
import type { StoreKnowledge } from './verify-store.ts'

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

/** Reads all that the answer is found with, but for whom the system trusts. @throws {CertmanError} what reading throws; `input.empty` */
export async function gatherEvidence(request: EvidenceRequest): Promise<Evidence> {
  const { known, beside } = request
  // of two that are the same the first counts: the store knows more of its own
  const intermediates = [...known.issuers, ...beside.members]
  const crls = [...beside.crls, ...known.crls]
  for (const file of request.chain) {
    const found = await readForVerifying(file, request)
    append(intermediates, requireSome(found.members, file, 'certificate'))
    append(crls, found.crls)
  }
  for (const file of request.crl) {
    const found = await readForVerifying(file, request)
    append(crls, requireSome(found.crls, file, 'CRL'))
    // whoever signed it, where that is no issuer of a path
    append(intermediates, found.members)
  }
  const anchors: VerifyMember[] = []
  for (const word of trustOf(request)) append(anchors, await anchorsOf(word, request))
  const ocsp = [...(beside.ocsp ?? [])]
  for (const file of request.ocsp) ocsp.push(await readResponse(file, request))
  return { intermediates, anchors, crls, ocsp, known }
}

const trustOf = ({ trust }: Pick<EvidenceRequest, 'trust'>): readonly string[] =>
  trust.length > 0 ? trust : ['system', 'authorities']

/**
 * Whom the system trusts, as far as one of these certificates says that they issued it: to read all of them takes a tenth
 * of a second.
 */
export async function anchorsOfSystem(
  members: readonly VerifyMember[],
  request: Pick<EvidenceRequest, 'trust' | 'tools'>,
): Promise<readonly VerifyMember[]> {
  if (!trustOf(request).includes('system')) return []
  const issuers = new Set(members.map(({ facts }) => nameKey(facts.issuerAttributes)))
  const { systemAnchors } = await import('./system-anchors.ts')
  const ders = await systemAnchors(request.tools.ambient)
  return ders.filter((der) => issuers.has(subjectKey(der))).map((der) => foreignMember(der, 'system'))
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

const OCSP_HINT =
  'have one written as DER, such as by: openssl ocsp -respout FILE; base64 becomes DER with: base64 -d FILE > NEW.der'

async function anchorsOf(word: string, request: EvidenceRequest): Promise<readonly VerifyMember[]> {
  const { known } = request
  switch (word) {
    case 'system':
      return [] // see `anchorsOfSystem`
    case 'authorities':
      return selfSigned(known.issuers).filter(({ record }) => known.ownCertificates.has(record?.id ?? ''))
    case 'store':
      return selfSigned(known.issuers)
    default:
      return requireSome((await readForVerifying(word, request)).members, word, 'certificate')
  }
}
