import type { Profile } from '../domain/profile.ts'
import { basicConstraints } from '../x509/write-extensions.ts'
import type { Findings } from './findings.ts'
import { OID, type Granted } from './granted-template.ts'
import type { OpenAuthority } from './open-authority.ts'
import type { OpenRequest } from './request.ts'

interface PathLengthInput {
  readonly request: Pick<OpenRequest, 'facts'>
  readonly authority: Pick<OpenAuthority, 'name' | 'pathLen'>
  readonly profile: Profile
  /** What the operator says stands for the profile; `null` is any number. */
  readonly wish: { readonly pathLen?: number | null }
}

/**
 * basicConstraints of an authority (RFC 5280 section 4.2.1.9) with the least path length of what the profile or the
 * operator, the request, and the rest of the authority's own allow.
 */
export function caConstraints(input: PathLengthInput, findings: Findings): Granted {
  const { authority, request, profile, wish } = input
  const { basicConstraints: requested } = request.facts
  const asked = requested?.ca ? requested.pathLen : null
  const wanted = wish.pathLen === undefined ? (profile.ca?.pathLen ?? null) : wish.pathLen
  const left = authority.pathLen === null ? null : authority.pathLen - 1
  if (left !== null) checkRest(input, { left, wanted }, findings)
  const pathLen = least([asked, wanted, left])
  if (requested?.ca && pathLen !== null) settleAsked(input, { asked, pathLen }, findings)
  return [
    OID.basicConstraints,
    // below 0 it was refused, and cannot be written
    basicConstraints({ ca: true, pathLen: pathLen === null ? null : Math.max(0, pathLen) }),
  ]
}

function settleAsked(
  { profile, wish }: PathLengthInput,
  { asked, pathLen }: { readonly asked: number | null; readonly pathLen: number },
  findings: Findings,
): void {
  if (asked === null) {
    // a request that names no limit asks for none
    if (wish.pathLen === undefined && pathLen === profile.ca?.pathLen)
      findings.note(
        `the path length is ${pathLen}, that of the profile ${profile.name}: the request names none`,
      )
  } else if (asked > pathLen)
    findings.withhold({
      field: 'basicConstraints.pathLen',
      asked: `${asked}`,
      granted: `${pathLen}`,
      why: 'more authorities below it are not allowed',
    })
  else if (wish.pathLen !== undefined && (wish.pathLen ?? Infinity) > pathLen)
    findings.note(`the path length is ${pathLen}, all that the request asks for`)
}

function checkRest(
  { authority: { name }, wish }: PathLengthInput,
  { left, wanted }: { readonly left: number; readonly wanted: number | null },
  findings: Findings,
): void {
  if (left < 0)
    findings.refuse(
      `the authority ${name} may sign no further authority: its path length is exhausted (RFC 5280 section 4.2.1.9)`,
    )
  else if (typeof wish.pathLen === 'number' && wish.pathLen > left)
    findings.refuse(`a path length of ${wish.pathLen} is more than the ${left} that the authority has left`)
  else if (wanted === null || wanted > left)
    findings.note(`the path length is ${left}, all that the authority has left`)
}

const least = (limits: readonly (number | null)[]): number | null => {
  const numbers = limits.filter((limit) => limit !== null)
  return numbers.length === 0 ? null : Math.min(...numbers)
}
