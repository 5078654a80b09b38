import { CertmanError, isCertmanError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { shellWord } from '../base/text.ts'
import type { Reference } from '../domain/reference.ts'
import { readOcspResponse } from '../x509/ocsp-response.ts'
import type { HostReport } from './inspect-host.ts'
import type { Store } from '../store/store.ts'
import {
  type Evidence,
  leavesOf,
  type Verdict,
  verifyCertificates,
  type VerifyQuestion,
} from './verify-certificates.ts'
import {
  anchorsOfSystem,
  type EvidenceRequest,
  type FoundInFile,
  gatherEvidence,
  readForVerifying,
  requireSome,
} from './verify-evidence.ts'
import type { FileReading } from './read-all.ts'
import { verdictJson } from './verify-json.ts'
import { foreignMember, storedMember, type VerifyMember } from './verify-member.ts'
import { askStore, NO_KNOWLEDGE, recognise } from './verify-store.ts'

/** The certificates that are asked about, and what lay beside them. */
export interface Asked {
  readonly leaves: readonly VerifyMember[]
  readonly beside: FoundInFile
  /** How `certman show` shows them, where they are no records: its arguments. */
  readonly place?: string
}

/** A store that may know more. */
export interface Asking {
  readonly store: Store
  /** A server's lists are not searched for issuers. */
  readonly isDirectory: boolean
}

const NOTHING: FoundInFile = { members: [], crls: [] }

/** Certificates of a store. @throws {CertmanError} `record.not-found`, `reference.ambiguous`, `input.invalid` */
export async function askAboutRecords(store: Store, references: readonly Reference[]): Promise<Asked> {
  const leaves: VerifyMember[] = []
  for (const reference of references) {
    if (reference.kind !== 'certificate')
      throw new CertmanError(
        'input.invalid',
        `only certificates are verified, and this is a ${reference.kind}`,
        { hint: 'name a certificate, or a file with --file' },
      )
    const { id } = await store.resolve(reference)
    leaves.push(storedMember(await store.certificate(id)))
  }
  return { leaves, beside: NOTHING }
}

/** The certificates of a file that issued none of the others in it. @throws {CertmanError} what reading it throws */
export async function askAboutFile(file: string, reading: FileReading): Promise<Asked> {
  const beside = await readForVerifying(file, reading)
  requireSome(beside.members, file, 'certificate')
  return {
    leaves: leavesOf(beside.members),
    beside,
    place: `--file ${file === '-' ? 'FILE' : shellWord(file)}`,
  }
}

/** What a server presented, the end entity first. */
export function askAboutServer({ chain, ocspResponse, host, port }: HostReport): Asked {
  const members = chain.map((der) => foreignMember(der, 'host'))
  const ocsp = ocspResponse && isReadable(ocspResponse) ? [ocspResponse] : []
  return { leaves: members.slice(0, 1), beside: { members, crls: [], ocsp }, place: `--host ${host}:${port}` }
}

/** A responder that refused to answer says as much as none. */
function isReadable(response: Uint8Array): boolean {
  try {
    readOcspResponse(response)
    return true
  } catch (error) {
    if (!isCertmanError(error)) throw error
    return false
  }
}

/**
 * Judges certificates; see `verdictJson` for the shape of each answer.
 *
 * @param asking the store whose authorities, issuers and revocations count too
 * @throws {CertmanError} what reading files or the store throws
 */
export async function verify(
  { leaves, beside, place }: Asked,
  asking: Asking | undefined,
  request: VerifyQuestion & Omit<EvidenceRequest, 'known' | 'beside'>,
): Promise<readonly JsonObject[]> {
  if (asking?.isDirectory) for (const leaf of leaves) if (!leaf.record) await recognise(asking.store, leaf)
  const members = [...new Set([...leaves, ...beside.members])]
  const known = asking ? await askStore(asking.store, members, asking.isDirectory) : NO_KNOWLEDGE
  const evidence = await gatherEvidence({ ...request, known, beside })
  const verdicts = await judge(leaves, evidence, request)
  return verdicts.map((verdict) =>
    verdictJson(verdict, { ...request, ...(place !== undefined && { place }) }),
  )
}

/** Whom the system trusts is asked where the answer would be no: to read its list takes longer than all the rest. */
async function judge(
  leaves: readonly VerifyMember[],
  evidence: Evidence,
  request: VerifyQuestion & Pick<EvidenceRequest, 'trust' | 'tools'>,
): Promise<readonly Verdict[]> {
  const near = evidence.anchors.length === 0 ? undefined : verifyCertificates(leaves, evidence, request)
  if (near?.every(({ isTrusted }) => isTrusted)) return near
  const far = await anchorsOfSystem([...leaves, ...evidence.intermediates], request)
  if (near && far.length === 0) return near
  return verifyCertificates(leaves, { ...evidence, anchors: [...evidence.anchors, ...far] }, request)
}
