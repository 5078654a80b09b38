import { wholeSecond } from '../base/instant.ts'
import type { JsonObject } from '../base/json.ts'
import { commandOn } from '../base/text.ts'
import { PATH_FAULTS, type PathFault } from '../path/path-fault.ts'
import type { Verdict, VerifyQuestion } from './verify-certificates.ts'
import type { VerifyMember } from './verify-member.ts'

/**
 * The answer as `verify --json` prints it: the facts that name the certificate, `trusted`, what was asked, `chain`
 * (issuers, the nearest first), `trustAnchor`, `revocation` of each certificate, `policies` (OIDs), `findings`.
 */
export function verdictJson(
  verdict: Verdict,
  { at, purpose, hostname, place }: VerifyQuestion & { readonly place?: string },
): JsonObject {
  const { leaf, isTrusted, issuers, trustAnchor, faults, revocation, policies, validUntil } = verdict
  const { subject, subjectAltName, issuer, serialNumber, notBefore, notAfter, fingerprint } = leaf.facts
  const show = leaf.record ? commandOn('show', leaf.record.id) : place && `certman show ${place}`
  return {
    kind: 'verdict',
    ...handle(leaf),
    subject,
    subjectAltName: subjectAltName?.map((each) => ({ ...each })) ?? null,
    issuer,
    serialNumber,
    notBefore,
    notAfter,
    fingerprint,
    trusted: isTrusted,
    at: wholeSecond(at),
    purpose: purpose ?? null,
    hostname: hostname ?? null,
    validUntil,
    chain: issuers.map(link),
    trustAnchor: trustAnchor ? link(trustAnchor) : null,
    revocation: revocation.map((each) => ({ ...each })),
    policies: {
      authorityConstrained: [...policies.authorityConstrained],
      userConstrained: [...policies.userConstrained],
    },
    findings: faults.map((fault) => ({ ...fault, hint: hintOf(fault, show) })),
  }
}

/** @param show the command that shows the certificate */
const hintOf = ({ code }: PathFault, show: string | undefined): string =>
  code === 'name' && show !== undefined ? `see its names: ${show}` : PATH_FAULTS[code]

const handle = ({ record }: VerifyMember): JsonObject =>
  record ? { id: record.id, ...(record.name !== undefined && { name: record.name }) } : {}

const link = (member: VerifyMember): JsonObject => {
  const { subject, issuer, fingerprint, notAfter } = member.facts
  return { ...handle(member), subject, issuer, fingerprint, notAfter, from: member.origin }
}
