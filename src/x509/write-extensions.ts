import { oidOfName } from '../asn1/oids.ts'
import { contextTag, TAG } from '../asn1/reader.ts'
import {
  boolean,
  constructed,
  explicit,
  ia5String,
  implicit,
  integer,
  isOid,
  namedBitString,
  nullValue,
  octetString,
  oid,
  sequence,
} from '../asn1/writer.ts'
import { CertmanError } from '../base/errors.ts'
import { printable } from '../base/text.ts'
import { sha1 } from '../crypto/digest.ts'
import { publicKeyOctets } from '../crypto/public-key-info.ts'
import type { ProfilePolicy } from '../domain/profile.ts'
import { KEY_USAGES } from './extensions/usage.ts'

/**
 * Extensions of certificates and requests as whole Extension values (RFC 5280 section 4.2), ready for
 * `writeTbsCertificate` and `writeCsr`. Where the RFC fixes whether one is critical, so does the function.
 */

const TRUE = boolean(true)

/**
 * One Extension (RFC 5280 section 4.1): also how an extension of a request goes into a certificate unchanged.
 *
 * @param id dotted text
 * @param critical FALSE is the default and is not written (X.690 section 11.5)
 * @param value DER of the value, which becomes the content of the OCTET STRING
 */
export const extension = (id: string, critical: boolean, value: Uint8Array): Uint8Array =>
  critical ? sequence(oid(id), TRUE, octetString(value)) : sequence(oid(id), octetString(value))

/**
 * subjectAltName (RFC 5280 section 4.2.1.6).
 *
 * @param names GeneralName DER each, at least one
 * @param critical must be true when the subject is the empty name
 */
export function subjectAltName(names: readonly Uint8Array[], critical = false): Uint8Array {
  if (names.length === 0) throw new TypeError('subjectAltName: at least one name')
  return extension('2.5.29.17', critical, constructed(TAG.sequence, names))
}

export type KeyUsage = (typeof KEY_USAGES)[number]

/** keyUsage (RFC 5280 section 4.2.1.3), critical; the order of the names does not matter, at least one is needed. */
export function keyUsage(usages: readonly KeyUsage[], critical = true): Uint8Array {
  if (usages.length === 0) throw new TypeError('keyUsage: at least one bit must be set')
  return extension('2.5.29.15', critical, namedBitString(usages.map((usage) => KEY_USAGES.indexOf(usage))))
}

/**
 * extKeyUsage (RFC 5280 section 4.2.1.12), in the given order.
 *
 * @param purposes names such as `serverAuth`, `server-auth`, or dotted text
 * @param critical time stamping alone demands it (RFC 3161 section 2.3)
 * @throws {CertmanError} `input.invalid` for an unknown name
 */
export function extendedKeyUsage(purposes: readonly string[], critical = false): Uint8Array {
  if (purposes.length === 0) throw new TypeError('extendedKeyUsage: at least one purpose')
  return extension('2.5.29.37', critical, sequence(...purposes.map((each) => oid(purposeOid(each)))))
}

/** The object identifier of a key purpose by name, alias or dotted text. @throws {CertmanError} `input.invalid` */
export function purposeOid(purpose: string): string {
  if (isOid(purpose)) return purpose
  const found = oidOfName('keyPurpose', purpose.replaceAll('-', ''))
  if (found !== undefined) return found
  throw new CertmanError('input.invalid', `no key purpose is called "${printable(purpose)}"`, {
    field: 'extendedKeyUsage',
    hint: 'take a name such as serverAuth or clientAuth, or an object identifier',
  })
}

/**
 * basicConstraints (RFC 5280 section 4.2.1.9): critical for an authority.
 *
 * @param pathLen authorities that may follow below; undefined is unlimited. Only with `ca`
 */
export function basicConstraints(
  { ca, pathLen }: { readonly ca: boolean; readonly pathLen?: number | null },
  critical = ca,
): Uint8Array {
  const limit = pathLen ?? undefined
  if (limit !== undefined && (!ca || !Number.isInteger(limit) || limit < 0))
    throw new TypeError('basicConstraints: a path length is a whole number, and for authorities')
  const value = ca ? [TRUE, ...(limit === undefined ? [] : [integer(limit)])] : []
  return extension('2.5.29.19', critical, sequence(...value))
}

/**
 * The key identifier of a public key: SHA-1 over the content of its BIT STRING, method (1) of RFC 5280 section
 * 4.2.1.2. It finds a key and proves nothing, so SHA-1 does no harm, and it is what every other tool computes.
 *
 * @param spki SubjectPublicKeyInfo DER
 * @returns 20 octets
 */
export const keyIdentifier = (spki: Uint8Array): Uint8Array => sha1(publicKeyOctets(spki))

/** subjectKeyIdentifier (RFC 5280 section 4.2.1.2). @param identifier see `keyIdentifier` */
export const subjectKeyIdentifier = (identifier: Uint8Array): Uint8Array =>
  extension('2.5.29.14', false, octetString(identifier))

/** authorityKeyIdentifier (RFC 5280 sections 4.2.1.1, 5.2.1). @param identifier as it stands in the authority's certificate */
export const authorityKeyIdentifier = (identifier: Uint8Array): Uint8Array =>
  extension('2.5.29.35', false, sequence(implicit(0, identifier)))

/** What a name constraint permits and excludes: GeneralName bases as `parseConstraintName` gives them. */
export interface ConstraintBases {
  readonly permitted?: readonly Uint8Array[]
  readonly excluded?: readonly Uint8Array[]
}

/** nameConstraints (RFC 5280 section 4.2.1.10), critical. */
export function nameConstraints({ permitted = [], excluded = [] }: ConstraintBases): Uint8Array {
  if (permitted.length + excluded.length === 0) throw new TypeError('nameConstraints: at least one base')
  // minimum 0 is the default, and maximum is never there
  const list = (n: number, bases: readonly Uint8Array[]): Uint8Array[] => {
    const subtrees = bases.map((base) => sequence(base))
    return bases.length === 0 ? [] : [constructed(contextTag(n, true), subtrees)]
  }
  return extension('2.5.29.30', true, sequence(...list(0, permitted), ...list(1, excluded)))
}

/** One DistributionPointName (RFC 5280 section 4.2.1.13): a CHOICE, so its tag is explicit, around fullName [0]. */
export const pointName = (names: readonly Uint8Array[]): Uint8Array =>
  explicit(0, constructed(contextTag(0, true), names))

/** cRLDistributionPoints (RFC 5280 section 4.2.1.13). @param names of one CRL, GeneralName DER each, at least one */
export function cRLDistributionPoints(names: readonly Uint8Array[]): Uint8Array {
  if (names.length === 0) throw new TypeError('cRLDistributionPoints: at least one name')
  return extension('2.5.29.31', false, sequence(sequence(pointName(names))))
}

/** authorityInfoAccess (RFC 5280 section 4.2.2.1). GeneralName DER each, URIs as a rule; at least one. */
export function authorityInfoAccess(locations: {
  readonly ocsp?: readonly Uint8Array[]
  readonly caIssuers?: readonly Uint8Array[]
}): Uint8Array {
  const { ocsp = [], caIssuers = [] } = locations
  if (ocsp.length + caIssuers.length === 0) throw new TypeError('authorityInfoAccess: at least one location')
  const access = (method: string) => (location: Uint8Array) => sequence(oid(method), location)
  const all = [...ocsp.map(access('1.3.6.1.5.5.7.48.1')), ...caIssuers.map(access('1.3.6.1.5.5.7.48.2'))]
  return extension('1.3.6.1.5.5.7.1.1', false, sequence(...all))
}

/** certificatePolicies (RFC 5280 section 4.2.1.4), in the given order, at least one, none twice. */
export function certificatePolicies(policies: readonly ProfilePolicy[]): Uint8Array {
  if (policies.length === 0 || new Set(policies.map((policy) => policy.oid)).size < policies.length)
    throw new TypeError('certificatePolicies: at least one policy, each once')
  return extension('2.5.29.32', false, constructed(TAG.sequence, policies.map(writePolicy)))
}

const writePolicy = ({ oid: id, cps }: ProfilePolicy): Uint8Array =>
  cps === undefined
    ? sequence(oid(id))
    : sequence(oid(id), sequence(sequence(oid('1.3.6.1.5.5.7.2.1'), ia5String(cps))))

/** tlsFeature (RFC 7633). @param features numbers of TLS extensions; 5 is status_request, "must staple" */
export const tlsFeature = (features: readonly number[]): Uint8Array =>
  extension('1.3.6.1.5.5.7.1.24', false, sequence(...features.map((feature) => integer(feature))))

/** ocspNoCheck (RFC 6960 section 4.2.2.2.1): the responder's certificate need not be checked for revocation. */
export const ocspNoCheck = (): Uint8Array => extension('1.3.6.1.5.5.7.48.1.5', false, nullValue())
