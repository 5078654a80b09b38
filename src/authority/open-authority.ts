import { CertmanError } from '../base/errors.ts'
import { fromHex } from '../base/bytes.ts'
import { commandOn } from '../base/text.ts'
import type { Signer } from '../crypto/signer.ts'
import type { CertificateFacts } from '../domain/facts.ts'
import { certificateExtensions, certificateParts, describeCertificate } from '../x509/certificate.ts'
import { extensionValue } from '../x509/extension-value.ts'
import type { NameConstraints } from '../x509/extensions/name-constraints.ts'
import { keyIdentifier } from '../x509/write-extensions.ts'

/** Where the certificates of an authority point to. */
export interface AuthorityUrls {
  readonly crlUrls?: readonly string[]
  readonly aiaUrls?: readonly string[]
  readonly ocspUrls?: readonly string[]
}

/** What is needed to prepare certificates of an authority. */
export interface AuthoritySource extends AuthorityUrls {
  /** DER of its certificate. */
  readonly certificate: Uint8Array
  /** Certificates above it, its issuer first: their path lengths and name constraints hold, too. */
  readonly chain?: readonly Uint8Array[]
  /** The signer's AlgorithmIdentifier stands inside what is signed. */
  readonly signer: Pick<Signer, 'algorithm' | 'spki'>
  /** For messages. */
  readonly name?: string
  readonly enabled?: boolean
}

/** An authority read once, for any number of certificates. Made by `openAuthority` only. */
export interface OpenAuthority {
  readonly name: string
  readonly enabled: boolean
  readonly facts: CertificateFacts
  /** Name DER: the issuer of what it signs, byte for byte. */
  readonly subjectDer: Uint8Array
  readonly spki: Uint8Array
  readonly algorithm: Uint8Array
  /** Its subjectKeyIdentifier, or the one computed where it has none. */
  readonly keyIdentifier: Uint8Array
  /** Authorities that may follow below it, its chain included: `null` is any number, below 0 none may be signed at all. */
  readonly pathLen: number | null
  /** Those of its certificate and of all above it. */
  readonly nameConstraints: readonly NameConstraints[]
  /** Those among them that no root has: Java does not look at the constraints of a trust anchor. */
  readonly constraintsBelowRoot: readonly NameConstraints[]
  readonly notBefore: Date
  readonly notAfter: Date
  readonly urls: Required<AuthorityUrls>
}

/**
 * Reads an authority's certificate and chain once; `prepare` and `prepareCrl` take the result any number of times.
 *
 * @throws {CertmanError} `der.malformed`; `key.mismatch` when the signer's key is not that of the certificate
 */
export function openAuthority(source: AuthoritySource): OpenAuthority {
  const facts = describeCertificate(source.certificate)
  const { spki, subjectDer } = certificateParts(source.certificate)
  const name = source.name ?? facts.subject
  if (Buffer.compare(spki, source.signer.spki) !== 0)
    throw new CertmanError('key.mismatch', `the private key is not that of the authority ${name}`)
  const chain = source.chain ?? []
  const upwards = [facts, ...chain.map(describeCertificate)]
  const constraints = [source.certificate, ...chain].map(constraintsOf)
  return {
    name,
    enabled: source.enabled ?? true,
    facts,
    subjectDer,
    spki,
    algorithm: source.signer.algorithm,
    keyIdentifier:
      facts.subjectKeyIdentifier === null ? keyIdentifier(spki) : fromHex(facts.subjectKeyIdentifier),
    pathLen: pathLenOf(upwards),
    nameConstraints: constraints.flat(),
    constraintsBelowRoot: constraints.flatMap((own, i) => (upwards[i]!.selfIssued ? [] : own)),
    notBefore: new Date(facts.notBefore),
    notAfter: new Date(facts.notAfter),
    urls: {
      crlUrls: source.crlUrls ?? [],
      aiaUrls: source.aiaUrls ?? [],
      ocspUrls: source.ocspUrls ?? [],
    },
  }
}

/** RFC 5280 section 4.2.1.9: a path length counts the certificates below that are not self-issued. */
function pathLenOf(upwards: readonly CertificateFacts[]): number | null {
  let least: number | null = null
  let between = 0
  for (const { basicConstraints, selfIssued } of upwards) {
    const limit = basicConstraints?.pathLen ?? null
    if (limit !== null) least = Math.min(least ?? Infinity, limit - between)
    if (!selfIssued) between++
  }
  return least
}

function constraintsOf(der: Uint8Array): readonly NameConstraints[] {
  const extensions = certificateExtensions(der)
  const isMalformed = extensions.some(
    ({ name, malformed }) => name === 'nameConstraints' && malformed !== undefined,
  )
  if (isMalformed) {
    const { subject } = describeCertificate(der)
    throw new CertmanError('policy.refused', `the name constraints of the authority ${subject} are malformed`)
  }
  const constraints = extensionValue(extensions, 'nameConstraints')
  return constraints ? [constraints] : []
}

const stateRefused = (message: string, hint: string): CertmanError =>
  new CertmanError('state.refused', message, { hint })

/**
 * Refuses an authority that may sign nothing at `now`, or no certificates at all.
 *
 * @throws {CertmanError} `state.refused` when disabled, expired or not yet valid; `policy.refused` when it is no CA,
 *   lacks keyCertSign, or its chain allows nothing below it (RFC 5280 sections 4.2.1.3, 4.2.1.9, 6.1.4)
 */
export function requireIssuer(authority: OpenAuthority, now: Date): void {
  const { name, facts, notBefore, notAfter } = authority
  if (!authority.enabled)
    throw stateRefused(
      `the authority ${name} is disabled`,
      `enable it with: ${commandOn('ca enable', name)}; or sign by another one: --ca NAME`,
    )
  if (now < notBefore)
    throw stateRefused(
      `the authority ${name} is not valid before ${facts.notBefore}`,
      'check the clock of this machine',
    )
  if (now > notAfter)
    throw stateRefused(
      `the authority ${name} expired on ${facts.notAfter}`,
      `renew it with: ${commandOn('ca renew', name)}; or sign by another one: --ca NAME`,
    )
  const refusal = issuerRefusal(authority)
  if (refusal !== undefined) throw new CertmanError('policy.refused', `the authority ${name} ${refusal}`)
}

function issuerRefusal({ facts, pathLen }: OpenAuthority): string | undefined {
  if (facts.version !== 3 || facts.basicConstraints?.ca !== true)
    return 'is no CA: its certificate has no basicConstraints with cA (RFC 5280 section 4.2.1.9)'
  if (facts.keyUsage !== null && !facts.keyUsage.includes('keyCertSign'))
    return 'may not sign certificates: its key usage lacks keyCertSign (RFC 5280 section 4.2.1.3)'
  if (pathLen !== null && pathLen < 0)
    return 'may sign nothing: a path length above it is exhausted (RFC 5280 section 4.2.1.9)'
  return undefined
}
