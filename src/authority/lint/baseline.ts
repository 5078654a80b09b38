import { isIP, BlockList } from 'node:net'
import { DAY } from '../../base/instant.ts'
import { publicTrustDays } from '../public-trust.ts'
import { extensionValue } from '../../x509/extension-value.ts'
import type { LintRule } from './rule.ts'
import { extensionOf, type LintSubject } from './subject.ts'

const rule = (id: string, section: string, check: LintRule['check']): LintRule => ({
  id: `br-${id}`,
  source: `Baseline Requirements section ${section}`,
  severity: 'error',
  check,
})

const DOMAIN_VALIDATED = '2.23.140.1.2.1'
const ORGANIZATION_VALIDATED = '2.23.140.1.2.2'
/** The same, individual-validated, extended validation (section 7.1.6.1). */
const RESERVED_POLICIES = [DOMAIN_VALIDATED, ORGANIZATION_VALIDATED, '2.23.140.1.2.3', '2.23.140.1.1']

const policiesOf = ({ extensions }: LintSubject): readonly string[] =>
  (extensionValue(extensions, 'certificatePolicies') ?? []).map(({ policyIdentifier }) => policyIdentifier)

/** Addresses that nobody owns (IANA special-purpose registries, RFC 6890). */
const RESERVED =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 ' +
  '192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 ' +
  '::/127 64:ff9b:1::/48 100::/64 2001:db8::/32 fc00::/7 fe80::/10'

// made when the first address comes: `node:net` takes a millisecond to load, and most certificates are for names
let reserved: BlockList | undefined

function reservedAddresses(): BlockList {
  const list = new BlockList()
  for (const subnet of RESERVED.split(' ')) {
    const [address, bits] = subnet.split('/') as [string, string]
    list.addSubnet(address, Number(bits), familyOf(address))
  }
  return list
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 4 ? 'ipv4' : 'ipv6')

/** Top-level domains outside the public DNS (RFC 2606, 6761, 6762, 7686 aside: onion has its own rules). */
const INTERNAL =
  /(?:^|\.)(?:local|localhost|test|example|invalid|internal|lan|home|corp|mail|localdomain|home\.arpa)$/i

/** Publicly trusted TLS certificates (CA/Browser Forum Baseline Requirements 2.1); only with `publicTrust`. */
export const BASELINE_RULES: readonly LintRule[] = [
  rule('validity', '6.3.2', ({ notBefore, notAfter }) => {
    const start = new Date(notBefore.text)
    const days = (Date.parse(notAfter.text) - start.getTime() + 1000) / DAY
    const limit = publicTrustDays(start).days
    return days > limit ? `it holds ${Math.ceil(days)} days, ${limit} are allowed` : undefined
  }),
  rule('serial', '7.1', ({ serialOctets }) =>
    serialOctets.length < 8 ? 'the serial number has less than 64 bits' : undefined,
  ),
  rule('key', '6.1.5', keyFault),
  rule('alternative-name', '7.1.2.7.12', ({ subjectAltName }) =>
    subjectAltName === null ? 'no alternative name' : undefined,
  ),
  rule('alternative-name-type', '7.1.2.7.12', ({ subjectAltName }) =>
    (subjectAltName ?? [])
      .filter(({ type }) => type !== 'dns' && type !== 'ip')
      .map(({ type }) => `an alternative name of type ${type}`),
  ),
  rule('internal-name', '4.2.2', ({ subjectAltName }) =>
    (subjectAltName ?? [])
      .filter(isInternal)
      .map(({ value }) => `${value} is an internal name or reserved address`),
  ),
  rule('underscore', '7.1.2.7.12', ({ subjectAltName }) =>
    (subjectAltName ?? [])
      .filter(({ type, value }) => type === 'dns' && value.includes('_'))
      .map(({ value }) => `${value} has an underscore`),
  ),
  rule('common-name', '7.1.4.3', ({ subject, subjectAltName }) =>
    subject
      .flat()
      .filter(({ oid }) => oid === '2.5.4.3')
      .filter(({ value }) => !(subjectAltName ?? []).some((name) => name.value === value))
      .map(({ value }) => `the common name ${value} is none of the alternative names`),
  ),
  rule('organizational-unit', '7.1.2.7.4', ({ subject }) =>
    subject.flat().some(({ oid }) => oid === '2.5.4.11')
      ? 'the subject has an organizational unit'
      : undefined,
  ),
  rule('domain-validated', '7.1.2.7.2', (subject) => {
    if (!policiesOf(subject).includes(DOMAIN_VALIDATED)) return undefined
    const others = subject.subjectAttributes.filter(({ type }) => type !== 'C' && type !== 'CN')
    return others.map(({ type }) => `the subject has ${type}, which nobody validated`)
  }),
  rule('organization-validated', '7.1.2.7.4', (subject) => {
    if (!policiesOf(subject).includes(ORGANIZATION_VALIDATED)) return undefined
    const has = (wanted: string): boolean => subject.subjectAttributes.some(({ type }) => type === wanted)
    const missing = ['C', 'O'].filter((type) => !has(type))
    if (!has('L') && !has('ST')) missing.push('L or ST')
    return missing.map((type) => `the subject has no ${type}`)
  }),
  rule('purposes', '7.1.2.7.10', ({ extendedKeyUsage }) => {
    if (!extendedKeyUsage?.includes('serverAuth')) return 'the purpose serverAuth is missing'
    return extendedKeyUsage
      .filter((purpose) => purpose !== 'serverAuth' && purpose !== 'clientAuth')
      .map((purpose) => `the purpose ${purpose} is not allowed`)
  }),
  rule('policies', '7.1.2.7.9', (subject) => {
    const reserved = policiesOf(subject).filter((policy) => RESERVED_POLICIES.includes(policy))
    return reserved.length === 1 ? undefined : `${reserved.length} reserved policies, exactly one is needed`
  }),
  rule('revocation', '7.1.2.11.2', (subject) => {
    const access = extensionValue(subject.extensions, 'authorityInfoAccess') ?? []
    const hasOcsp = access.some(({ accessMethod }) => accessMethod === 'ocsp')
    return hasOcsp || extensionOf(subject, 'cRLDistributionPoints')
      ? undefined
      : 'neither a CRL nor an OCSP responder is named'
  }),
]

function keyFault({ publicKey: { type, size, curve } }: LintSubject): string | undefined {
  if (type === 'rsa')
    return size !== undefined && size >= 2048 && size % 8 === 0 ? undefined : `an RSA key of ${size} bits`
  if (type !== 'ec') return `a key of type ${type}`
  return ['P-256', 'P-384', 'P-521'].includes(curve ?? '') ? undefined : `a key on the curve ${curve}`
}

function isInternal({ type, value }: { readonly type: string; readonly value: string }): boolean {
  if (type === 'ip') return (reserved ??= reservedAddresses()).check(value, familyOf(value))
  return type === 'dns' && (!value.includes('.') || INTERNAL.test(value))
}
