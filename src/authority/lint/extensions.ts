import { extensionValue } from '../../x509/extension-value.ts'
import { faultsOf, must, should, type LintRule } from './rule.ts'
import { extensionOf, type LintSubject } from './subject.ts'

const criticality = (
  names: readonly string[],
  critical: boolean,
): ((subject: LintSubject) => readonly string[] | undefined) => {
  const word = critical ? 'is not critical' : 'is critical'
  return ({ extensions }) =>
    faultsOf(extensions, (extension) =>
      extension.critical !== critical && extension.name !== undefined && names.includes(extension.name)
        ? `the extension ${extension.name} ${word}`
        : undefined,
    )
}

/** The other extensions of RFC 5280 section 4.2. */
export const EXTENSION_RULES: readonly LintRule[] = [
  must('subject-key-identifier', '4.2.1.2', (subject) =>
    subject.isCa && !extensionOf(subject, 'subjectKeyIdentifier')
      ? 'an authority without subjectKeyIdentifier'
      : undefined,
  ),
  should('subject-key-identifier-of-end-entity', '4.2.1.2', (subject) =>
    !subject.isCa && !extensionOf(subject, 'subjectKeyIdentifier') ? 'no subjectKeyIdentifier' : undefined,
  ),
  must('authority-key-identifier', '4.2.1.1', (subject) => {
    if (subject.isSelfIssued) return undefined
    const key = extensionValue(subject.extensions, 'authorityKeyIdentifier')
    return key?.keyIdentifier ? undefined : 'no authorityKeyIdentifier with a key identifier'
  }),
  must(
    'never-critical',
    '4.2',
    criticality(
      [
        'authorityKeyIdentifier',
        'subjectKeyIdentifier',
        'authorityInfoAccess',
        'subjectInfoAccess',
        'subjectDirectoryAttributes',
        'freshestCRL',
      ],
      false,
    ),
  ),
  should(
    'better-not-critical',
    '4.2',
    criticality(['issuerAltName', 'cRLDistributionPoints', 'tlsFeature'], false),
  ),
  must(
    'always-critical',
    '4.2',
    criticality(['nameConstraints', 'policyConstraints', 'inhibitAnyPolicy'], true),
  ),
  should('better-critical', '4.2.1.5', criticality(['policyMappings'], true)),
  must('constraints-of-authorities', '4.2.1.10', (subject) =>
    subject.isCa
      ? undefined
      : ['nameConstraints', 'policyConstraints', 'policyMappings', 'inhibitAnyPolicy']
          .filter((name) => extensionOf(subject, name))
          .map((name) => `the extension ${name} in the certificate of an end entity`),
  ),
  must('name-constraints', '4.2.1.10', nameConstraintFaults),
  // RFC 5280 asks everybody for directory names; crypto/x509 of Go reads these four, and the extension is critical
  should('name-constraint-types', '4.2.1.10', (subject) =>
    constraintsOf(subject)
      .filter(({ type }) => !['dns', 'ip', 'email', 'uri'].includes(type))
      .map(({ type, value }) => `Go programs refuse all below the name constraint ${type}:${value}`),
  ),
  must('policies-once', '4.2.1.4', (subject) => {
    const policies = extensionValue(subject.extensions, 'certificatePolicies')
    if (!policies) return undefined
    const identifiers = policies.map(({ policyIdentifier }) => policyIdentifier)
    return identifiers
      .filter((id, i) => identifiers.indexOf(id) < i)
      .map((id) => `the policy ${id} stands there twice`)
  }),
  must('policy-notice', '4.2.1.4', (subject) =>
    (extensionValue(subject.extensions, 'certificatePolicies') ?? [])
      .flatMap(({ qualifiers }) => qualifiers)
      .filter(({ explicitText }) => explicitText !== undefined && [...explicitText].length > 200)
      .map(() => 'the notice of a policy has more than 200 characters'),
  ),
  must('distribution-points', '4.2.1.13', (subject) =>
    (extensionValue(subject.extensions, 'cRLDistributionPoints') ?? [])
      .filter((point) => !point.fullName && !point.nameRelativeToCRLIssuer && !point.cRLIssuer)
      .map(() => 'a distribution point of reasons alone'),
  ),
  should('distribution-url', '4.2.1.13', (subject) =>
    (extensionValue(subject.extensions, 'cRLDistributionPoints') ?? [])
      .flatMap(({ fullName = [] }) => fullName)
      .filter(({ type, value }) => type === 'uri' && !/^(?:https?|ldaps?):/i.test(value))
      .map(({ value }) => `the CRL lies at ${JSON.stringify(value)}, neither HTTP nor LDAP`),
  ),
  must('access-descriptions', '4.2.2.1', (subject) => {
    const access = extensionValue(subject.extensions, 'authorityInfoAccess')
    return access?.length === 0 ? 'authorityInfoAccess without a location' : undefined
  }),
]

function constraintsOf({ extensions }: LintSubject) {
  const { permittedSubtrees, excludedSubtrees } = extensionValue(extensions, 'nameConstraints') ?? {}
  return [...(permittedSubtrees ?? []), ...(excludedSubtrees ?? [])]
}

function nameConstraintFaults(subject: LintSubject): string[] {
  if (!extensionOf(subject, 'nameConstraints')) return []
  const bases = constraintsOf(subject)
  if (bases.length === 0) return ['name constraints without a base']
  return bases
    .filter(({ minimum, maximum }) => (minimum ?? 0) !== 0 || maximum !== undefined)
    .map(({ type, value }) => `the name constraint ${type}:${value} has a minimum or maximum`)
}
