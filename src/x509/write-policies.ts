import { TAG } from '../asn1/reader.ts'
import { constructed, ia5String, implicit, integer, oid, sequence, utf8String } from '../asn1/writer.ts'
import { extension } from './write-extensions.ts'

/** One PolicyInformation to write (RFC 5280 section 4.2.1.4). */
export interface Policy {
  /** Dotted text; 2.5.29.32.0 is anyPolicy. */
  readonly policyIdentifier: string
  /** Where the certification practice statement lies; ASCII. */
  readonly cps?: string
  /** explicitText of a user notice, at most 200 characters. */
  readonly notice?: string
}

const CPS = '1.3.6.1.5.5.7.2.1'
const USER_NOTICE = '1.3.6.1.5.5.7.2.2'

/** certificatePolicies (RFC 5280 section 4.2.1.4), in the given order, at least one, none twice. */
export function certificatePolicies(policies: readonly Policy[], critical = false): Uint8Array {
  const identifiers = new Set(policies.map(({ policyIdentifier }) => policyIdentifier))
  if (policies.length === 0 || identifiers.size < policies.length)
    throw new TypeError('certificatePolicies: at least one policy, each once')
  return extension('2.5.29.32', critical, constructed(TAG.sequence, policies.map(writePolicy)))
}

function writePolicy({ policyIdentifier, cps, notice }: Policy): Uint8Array {
  const qualifiers: Uint8Array[] = []
  if (cps !== undefined) qualifiers.push(sequence(oid(CPS), ia5String(cps)))
  // RFC 5280 asks for UTF8String in explicitText
  if (notice !== undefined) qualifiers.push(sequence(oid(USER_NOTICE), sequence(utf8String(notice))))
  const id = oid(policyIdentifier)
  return qualifiers.length === 0 ? sequence(id) : sequence(id, sequence(...qualifiers))
}

/** policyMappings (RFC 5280 section 4.2.1.5), critical. @param pairs policy of the issuer, policy of the subject */
export const policyMappings = (pairs: readonly (readonly [issuer: string, subject: string])[]): Uint8Array =>
  extension(
    '2.5.29.33',
    true,
    sequence(...pairs.map(([issuer, subject]) => sequence(oid(issuer), oid(subject)))),
  )

/** policyConstraints (RFC 5280 section 4.2.1.11), critical: numbers of certificates to skip, at least one of the two. */
export function policyConstraints(skip: {
  readonly requireExplicitPolicy?: number
  readonly inhibitPolicyMapping?: number
}): Uint8Array {
  const { requireExplicitPolicy: explicitPolicy, inhibitPolicyMapping: mapping } = skip
  if (explicitPolicy === undefined && mapping === undefined)
    throw new TypeError('policyConstraints: at least one number')
  const field = (n: number, value: number | undefined): Uint8Array[] =>
    value === undefined ? [] : [implicit(n, integer(value).subarray(2))]
  return extension('2.5.29.36', true, sequence(...field(0, explicitPolicy), ...field(1, mapping)))
}

/** inhibitAnyPolicy (RFC 5280 section 4.2.1.14), critical. @param skip certificates to skip */
export const inhibitAnyPolicy = (skip: number): Uint8Array => extension('2.5.29.54', true, integer(skip))
