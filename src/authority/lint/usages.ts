import { usagesFor } from '../../path/purposes.ts'
import { must, should, type LintRule } from './rule.ts'
import { extensionOf, type LintSubject } from './subject.ts'

/** Usages that keys of a type cannot have, and the rule that says so. */
const IMPOSSIBLE: Readonly<Record<string, readonly [source: string, usages: readonly string[]]>> = {
  rsa: ['RFC 3279 section 2.3.1', ['keyAgreement']],
  'rsa-pss': ['RFC 4055 section 1.2', ['keyEncipherment', 'dataEncipherment', 'keyAgreement']],
  ec: ['RFC 8813 section 3', ['keyEncipherment', 'dataEncipherment']],
  ed25519: ['RFC 9295 section 3', ['keyEncipherment', 'dataEncipherment', 'keyAgreement']],
  ed448: ['RFC 9295 section 3', ['keyEncipherment', 'dataEncipherment', 'keyAgreement']],
  x25519: ['RFC 9295 section 3', ['digitalSignature', 'nonRepudiation', 'keyCertSign', 'cRLSign']],
  x448: ['RFC 9295 section 3', ['digitalSignature', 'nonRepudiation', 'keyCertSign', 'cRLSign']],
}

/** keyUsage, extKeyUsage and basicConstraints, and how they go together. */
export const USAGE_RULES: readonly LintRule[] = [
  must('authority-constraints-critical', '4.2.1.9', (subject) =>
    subject.isCa && !extensionOf(subject, 'basicConstraints')?.critical
      ? 'the basicConstraints of an authority are not critical'
      : undefined,
  ),
  must('path-length', '4.2.1.9', ({ basicConstraints, keyUsage }) => {
    if (basicConstraints === null || basicConstraints.pathLen === null) return undefined
    const isSigner = basicConstraints.ca && (keyUsage === null || keyUsage.includes('keyCertSign'))
    return isSigner ? undefined : 'a path length is for authorities with keyCertSign only'
  }),
  must('authority-key-usage', '4.2.1.3', ({ isCa, keyUsage }) => {
    if (!isCa) return undefined
    return keyUsage?.includes('keyCertSign') ? undefined : 'an authority without the key usage keyCertSign'
  }),
  must('certificate-signer', '4.2.1.9', ({ isCa, keyUsage }) =>
    !isCa && keyUsage?.includes('keyCertSign') ? 'keyCertSign without being an authority' : undefined,
  ),
  must('key-usage-not-empty', '4.2.1.3', ({ keyUsage }) =>
    keyUsage?.length === 0 ? 'no bit of the key usage is set' : undefined,
  ),
  must('key-agreement-limits', '4.2.1.3', ({ keyUsage }) =>
    keyUsage?.some((usage) => usage === 'encipherOnly' || usage === 'decipherOnly') &&
    !keyUsage.includes('keyAgreement')
      ? 'encipherOnly and decipherOnly mean nothing without keyAgreement'
      : undefined,
  ),
  should('key-usage-critical', '4.2.1.3', (subject) =>
    extensionOf(subject, 'keyUsage')?.critical === false ? 'the key usage is not critical' : undefined,
  ),
  ...Object.entries(IMPOSSIBLE).map(([type, [source, usages]]): LintRule => ({
    id: `key-usage-of-${type}`,
    source,
    severity: 'error',
    check: ({ publicKey, keyUsage }) =>
      publicKey.type === type
        ? (keyUsage ?? [])
            .filter((usage) => usages.includes(usage))
            .map((usage) => `${usage} with a key of type ${type}`)
        : undefined,
  })),
  must('purpose-and-usage', '4.2.1.12', purposeFaults),
  should('any-purpose-critical', '4.2.1.12', (subject) =>
    subject.extendedKeyUsage?.includes('anyExtendedKeyUsage') && extensionOf(subject, 'extKeyUsage')?.critical
      ? 'anyExtendedKeyUsage in a critical extension'
      : undefined,
  ),
  {
    id: 'time-stamping-alone',
    source: 'RFC 3161 section 2.3',
    severity: 'error',
    check: (subject) => {
      const purposes = subject.extendedKeyUsage
      if (subject.isCa || !purposes?.includes('timeStamping')) return undefined
      const isRight = purposes.length === 1 && extensionOf(subject, 'extKeyUsage')?.critical
      return isRight ? undefined : 'timeStamping must be the only purpose, and critical'
    },
  },
  {
    id: 'ocsp-no-check',
    source: 'RFC 6960 section 4.2.2.2.1',
    severity: 'warning',
    check: (subject) =>
      extensionOf(subject, 'ocspNoCheck') && !subject.extendedKeyUsage?.includes('OCSPSigning')
        ? 'ocspNoCheck without the purpose OCSPSigning'
        : undefined,
  },
]

function purposeFaults({ isCa, keyUsage, extendedKeyUsage }: LintSubject): string[] {
  if (isCa || keyUsage === null) return []
  return (extendedKeyUsage ?? [])
    .filter((purpose) => {
      const wanted = usagesFor(purpose)
      return wanted !== undefined && !wanted.some((usage) => keyUsage.includes(usage))
    })
    .map((purpose) => `${purpose} goes with none of the key usages ${keyUsage.join(', ')}`)
}
