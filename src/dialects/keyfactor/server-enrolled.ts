import { isObject, type Json, type JsonObject } from '../../base/json.ts'
import type { StoredCertificate } from '../../store/store.ts'
import { wireSerial } from './map-certificate.ts'
import { certificateFileName } from './names.ts'
import type { OutgoingChain } from './server-chain.ts'
import type { Desk } from './server-desk.ts'
import { guidOf } from './server-show.ts'
import { HEADER, member } from './wire.ts'

/** What came of an enrollment: a certificate, or a request that waits. */
export type Enrolled =
  | { readonly state: 'issued'; readonly number: number; readonly chain: OutgoingChain }
  | { readonly state: 'pending'; readonly requestNumber: number }

const leafOf = (enrolled: Enrolled): StoredCertificate | undefined =>
  enrolled.state === 'issued' ? enrolled.chain.leaf : undefined

/** `KeyfactorID` of a CSR is `KeyfactorId` of a PFX. */
export function issuedMembers(enrolled: Enrolled, idName: 'KeyfactorID' | 'KeyfactorId'): JsonObject {
  const leaf = leafOf(enrolled)
  return {
    SerialNumber: leaf ? wireSerial(leaf.facts.serialNumber) : null,
    IssuerDN: leaf?.facts.issuer ?? null,
    Thumbprint: leaf?.facts.thumbprint ?? null,
    [idName]: enrolled.state === 'issued' ? enrolled.number : 0,
  }
}

/** The workflow instance of a request that waits. */
export const workflowGuid = ({ house }: Pick<Desk, 'house'>, requestNumber: number): string =>
  guidOf(`workflow ${house.product.name} ${requestNumber}`)

/** How the enrollment ended, as both kinds of it say. */
export function disposition(desk: Desk, enrolled: Enrolled): JsonObject {
  const isIssued = enrolled.state === 'issued'
  const requestNumber = isIssued ? 0 : enrolled.requestNumber
  return {
    WorkflowInstanceId: workflowGuid(desk, requestNumber),
    WorkflowReferenceId: requestNumber,
    KeyfactorRequestId: requestNumber,
    RequestDisposition: isIssued ? 'ISSUED' : 'PENDING',
    DispositionMessage: isIssued
      ? 'The certificate was issued.'
      : 'The certificate request is pending and awaits approval.',
    EnrollmentContext: null,
  }
}

/** `Metadata` of the answer: what was sent. */
export const metadata = (body: Json): JsonObject => {
  const map = member(body, 'Metadata')
  return isObject(map) ? map : {}
}

/** `X-CertificateFile`, once there is a certificate. */
export function fileHeader(enrolled: Enrolled, ending: string): Record<string, string> {
  const leaf = leafOf(enrolled)
  return leaf ? { [HEADER.file]: certificateFileName(leaf.facts, ending) } : {}
}
