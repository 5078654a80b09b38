import type { GeneralNameType } from '../../domain/facts.ts'
import type { RevocationReason } from '../../domain/revocation-reason.ts'
import { KEY_USAGES } from '../../x509/extensions/usage.ts'

/** CertState with its name; 1 and 6 are known from real answers, 2 from the vendor's enumeration. */
export const CERT_STATES = { active: 1, revoked: 2, authority: 6 } as const

const STATE_NAMES: Readonly<Record<number, string>> = {
  1: 'Active',
  2: 'Revoked',
  6: 'Certificate Authority',
}

/** `Active (1)`. */
export const certStateText = (state: number): string => `${STATE_NAMES[state] ?? 'Unknown'} (${state})`

const KEY_TYPES: Readonly<Record<string, readonly [code: number, name: string]>> = {
  rsa: [1, 'RSA'],
  'rsa-pss': [1, 'RSA'],
  dsa: [2, 'DSA'],
  ec: [3, 'ECC'],
  dh: [4, 'DH'],
}

/** KeyType with its name; only RSA = 1 was seen in real answers. */
export const keyTypeCode = (type: string): readonly [code: number, name: string] =>
  KEY_TYPES[type] ?? [0, 'Unknown']

/** Bits of a key as `KeySizeInBits` counts them, those of a curve by its name; 0 where nobody counts. */
export const keyBits = ({ size, curve = '' }: { readonly size?: number; readonly curve?: string }): number =>
  size ?? Number(/\d{3}/.exec(curve)?.[0] ?? 0)

/** Tags of GeneralName (RFC 5280 section 4.2.1.6), which is what `Type` of a SAN element is. */
export const SAN_TYPES: Readonly<Record<GeneralNameType, number>> = {
  otherName: 0,
  email: 1,
  dns: 2,
  x400Address: 3,
  directoryName: 4,
  ediPartyName: 5,
  uri: 6,
  ip: 7,
  registeredId: 8,
}

/** Keys of `SANs` in an enrollment, with the prefix that our own text of a name has; the others cannot be typed. */
export const SAN_KEYS: Readonly<Record<string, string>> = {
  rfc822: 'email',
  dns: 'dns',
  uri: 'uri',
  ip: 'ip',
  ip4: 'ip',
  ip6: 'ip',
  directory: 'dirName',
  registeredid: 'rid',
  ms_ntprincipalname: 'upn',
}

/** 7 is "remove from CRL" here, and there is nothing above it (RFC 5280 section 5.3.1 counts otherwise). */
const REASONS: Partial<Record<RevocationReason, number>> = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  removeFromCRL: 7,
}

/** Ends a hold. */
export const REMOVE_FROM_HOLD = -1

/** The number of a reason; undefined for those that Keyfactor has not. */
export const reasonCode = (reason: RevocationReason): number | undefined => REASONS[reason]

/** The reason of a number; 999 is "unknown". */
export function reasonOf(code: number): RevocationReason | undefined {
  if (code === 999) return 'unspecified'
  return (Object.keys(REASONS) as RevocationReason[]).find((reason) => REASONS[reason] === code)
}

/** The first octet of a key usage (RFC 5280 section 4.2.1.3): digitalSignature and keyEncipherment are 160. */
export const usageOctet = (usages: readonly string[]): number =>
  KEY_USAGES.slice(0, 8).reduce(
    (octet, name, bit) => (hasUsage(usages, name) ? octet | (0x80 >> bit) : octet),
    0,
  )

/** Whether a usage is there; RFC 5280 calls nonRepudiation also contentCommitment. */
export const hasUsage = (usages: readonly string[], name: string): boolean =>
  usages.includes(name) || (name === 'nonRepudiation' && usages.includes('contentCommitment'))

/** `SHA-256withRSA`, as the server names `sha256WithRSAEncryption`. */
export function signingAlgorithm(name: string): string {
  const rsa = /^sha(\d+)WithRSAEncryption$/i.exec(name)
  if (rsa) return `SHA-${rsa[1]}withRSA`
  const ecdsa = /^ecdsa-with-SHA(\d+)$/i.exec(name)
  return ecdsa ? `SHA-${ecdsa[1]}withECDSA` : name
}
