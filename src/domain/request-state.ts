import { CertmanError, type StateCode } from '../base/errors.ts'
import type { RequestRecord } from './records.ts'

/** The states of a request. Outstanding is the first; rejected and revoked are final. */
export type RequestState = RequestRecord['state']

/** What of a request decides whether a step is possible. */
export type StatedRequest = Pick<RequestRecord, 'id' | 'state'> & { readonly certificateId?: unknown }

/** What may be done to a request, as it stands in messages. */
type Step = 'sign' | 'reject' | 'revoke'

/** Why a step is impossible from a state; absent means that it is possible. */
const REFUSALS: Readonly<Record<Step, Partial<Record<RequestState, string>>>> = {
  sign: {
    issued: 'its certificate was issued already',
    rejected: 'it is rejected, and that is final',
    revoked: 'its certificate was issued and revoked',
  },
  reject: {
    issued: 'its certificate was issued; a certificate can be revoked',
    rejected: 'it is rejected already',
    revoked: 'its certificate was issued and revoked',
  },
  revoke: {
    outstanding: 'no certificate was issued; a request can be rejected',
    rejected: 'it is rejected, no certificate was issued',
    revoked: 'its certificate is revoked already',
  },
}

/** What a step that is impossible in a state is refused with. */
export const STATE_CODES: Readonly<Record<RequestState, StateCode>> = {
  outstanding: 'state.not-issued',
  issued: 'state.already-issued',
  rejected: 'state.already-rejected',
  revoked: 'state.already-revoked',
}

const HINTS: Readonly<Record<Step, string>> = {
  sign: 'make a new request: certman request --like requests/ID',
  reject: 'see its state: certman show requests/ID',
  revoke: 'see its state: certman show requests/ID',
}

function requireStep(request: StatedRequest, step: Step): void {
  const why = REFUSALS[step][request.state]
  if (why !== undefined)
    throw new CertmanError(STATE_CODES[request.state], `cannot ${step} request ${request.id}: ${why}`, {
      hint: hintOf(request, step),
    })
}

/** A key whose signatures are not random makes the same request each time: its next certificate is a renewal. */
function hintOf({ id, state, certificateId }: StatedRequest, step: Step): string {
  const hint = HINTS[step].replace('ID', id)
  if (step !== 'sign' || state !== 'issued' || typeof certificateId !== 'string') return hint
  return `${hint}; for the same key once more: certman renew ${certificateId} --reuse-key`
}

/**
 * The request with its certificate: outstanding to issued.
 *
 * @throws {CertmanError} `state.already-issued`, `state.already-rejected`, `state.already-revoked`
 */
export function issueRequest(request: RequestRecord, certificateId: string): RequestRecord {
  requireStep(request, 'sign')
  return { ...request, state: 'issued', certificateId }
}

/** Refuses what `issueRequest` would refuse: asked before a key is unlocked. @throws {CertmanError} the same */
export const requireSignable = (request: StatedRequest): void => requireStep(request, 'sign')

/**
 * The request that nobody will sign: outstanding to rejected.
 *
 * @throws {CertmanError} `state.already-issued`, `state.already-rejected`, `state.already-revoked`
 */
export function rejectRequest(
  request: RequestRecord,
  rejection: { readonly at: Date; readonly reason?: string },
): RequestRecord {
  requireStep(request, 'reject')
  const rejected = { ...request, state: 'rejected' as const, rejectedAt: rejection.at.toISOString() }
  return rejection.reason === undefined ? rejected : { ...rejected, rejectionReason: rejection.reason }
}

/**
 * The request whose certificate is revoked: issued to revoked. A certificate on hold leaves its request issued,
 * since a hold can be released and revoked is final.
 *
 * @throws {CertmanError} `state.not-issued`, `state.already-rejected`, `state.already-revoked`
 */
export function revokeRequest(request: RequestRecord): RequestRecord {
  requireStep(request, 'revoke')
  return { ...request, state: 'revoked' }
}
