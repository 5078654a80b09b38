import type { PathMember } from './path-member.ts'
import { faultOf, type PathFault } from './path-fault.ts'

/** One row: the word, the key purpose (RFC 5280 section 4.2.1.12), and the key usages of which one must be allowed. */
const ROWS = {
  server: { keyPurpose: 'serverAuth', usages: ['digitalSignature', 'keyEncipherment', 'keyAgreement'] },
  client: { keyPurpose: 'clientAuth', usages: ['digitalSignature', 'keyAgreement'] },
  'code-signing': { keyPurpose: 'codeSigning', usages: ['digitalSignature'] },
  email: {
    keyPurpose: 'emailProtection',
    usages: ['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'keyAgreement'],
  },
  'time-stamping': { keyPurpose: 'timeStamping', usages: ['digitalSignature', 'nonRepudiation'] },
  'ocsp-responder': { keyPurpose: 'OCSPSigning', usages: ['digitalSignature', 'nonRepudiation'] },
} as const

const USAGES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.values(ROWS).map(({ keyPurpose, usages }) => [keyPurpose, usages]),
)

/** The key usages of which a key purpose needs one (RFC 5280 section 4.2.1.12); undefined where nothing is known of it. */
export const usagesFor = (keyPurpose: string): readonly string[] | undefined => USAGES.get(keyPurpose)

/** What a certificate can be asked about. The words are those of the built-in profiles. */
export type Purpose = keyof typeof ROWS

/** Every purpose, for help and completion. */
export const PURPOSES = Object.keys(ROWS) as readonly Purpose[]

/** Certificates for these must say so; for the others the absence of extKeyUsage means any purpose. */
const SAY_SO: ReadonlySet<Purpose> = new Set(['code-signing', 'time-stamping', 'ocsp-responder'])

/**
 * What speaks against this purpose: of the end entity its extKeyUsage and keyUsage; of the authorities above it, the
 * trust anchor among them, an extKeyUsage that does not hold it. That authorities hand their purposes down stands in
 * no RFC, but OpenSSL, Windows and the browsers take it so.
 */
export function purposeFaults(path: readonly PathMember[], purpose: Purpose): readonly PathFault[] {
  const [leaf] = path
  if (!leaf) return []
  const faults = path
    .filter((member) => !hasPurpose(member, purpose, member === leaf))
    .map((member) => faultOf(member, 'purpose', notFor(member, purpose)))
  const usages = leaf.facts.keyUsage
  const wanted: readonly string[] = ROWS[purpose].usages
  if (usages !== null && !usages.some((usage) => wanted.includes(usage)))
    faults.push(
      faultOf(leaf, 'purpose', `the key may not be used for ${purpose} (${usages.join(', ') || 'nothing'})`),
    )
  return faults
}

function hasPurpose({ facts, extensions }: PathMember, purpose: Purpose, isLeaf: boolean): boolean {
  const { extendedKeyUsage } = facts
  if (extendedKeyUsage === null) return !isLeaf || !SAY_SO.has(purpose)
  const { keyPurpose } = ROWS[purpose]
  // RFC 3161 section 2.3: this purpose alone, and critical
  if (isLeaf && purpose === 'time-stamping')
    return (
      extendedKeyUsage.length === 1 &&
      extendedKeyUsage[0] === keyPurpose &&
      extensions.some(({ name, critical }) => name === 'extKeyUsage' && critical)
    )
  // "any" is no word for a purpose that must be named (RFC 6960 section 4.2.2.2)
  const isAny = extendedKeyUsage.includes('anyExtendedKeyUsage') && !(isLeaf && SAY_SO.has(purpose))
  return isAny || extendedKeyUsage.includes(keyPurpose)
}

const notFor = ({ facts: { extendedKeyUsage } }: PathMember, purpose: Purpose): string =>
  extendedKeyUsage === null
    ? `it does not say that it is for ${purpose}`
    : `it is not for ${purpose} (${extendedKeyUsage.join(', ')})`
