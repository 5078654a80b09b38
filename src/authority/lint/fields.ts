import { TAG } from '../../asn1/reader.ts'
import { isForgeable } from '../../path/judge-certificate.ts'
import { faultsOf, must, should, type LintRule } from './rule.ts'
import type { LintSubject, LintTime } from './subject.ts'

/** The basic fields (RFC 5280 section 4.1), extensions aside. */
export const FIELD_RULES: readonly LintRule[] = [
  must('version-3', '4.1.2.1', ({ version, hasExtensions }) =>
    version === 3 ? undefined : hasExtensions ? `version ${version} with extensions` : `version ${version}`,
  ),
  must('serial-positive', '4.1.2.2', ({ serialOctets, serialNumber }) =>
    serialOctets[0]! >= 0x80 || serialNumber === '0' ? 'the serial number is not positive' : undefined,
  ),
  must('serial-length', '4.1.2.2', ({ serialOctets }) =>
    serialOctets.length > 20
      ? `the serial number has ${serialOctets.length} octets, 20 are allowed`
      : undefined,
  ),
  {
    ...must('serial-minimal', '', ({ serialOctets: [first, second] }) =>
      (first === 0 && second !== undefined && second < 0x80) ||
      (first === 0xff && second !== undefined && second >= 0x80)
        ? 'the serial number is padded'
        : undefined,
    ),
    source: 'X.690 section 8.3.2',
  },
  {
    id: 'signature-algorithm',
    source: 'RFC 6151, RFC 6194 section 3',
    severity: 'error',
    check: ({ signatureAlgorithm }) =>
      isForgeable(signatureAlgorithm) ? `signatures of ${signatureAlgorithm} can be forged` : undefined,
  },
  must('issuer-present', '4.1.2.4', ({ issuer }) =>
    issuer.length === 0 ? 'the issuer is the empty name' : undefined,
  ),
  must('time-form', '4.1.2.5', ({ notBefore, notAfter }) =>
    faultsOf([notBefore, notAfter], (time) => timeFault(time === notBefore ? 'notBefore' : 'notAfter', time)),
  ),
  must('validity-order', '4.1.2.5', ({ notBefore, notAfter }) =>
    Date.parse(notAfter.text) < Date.parse(notBefore.text)
      ? `it ends ${notAfter.text}, before it begins ${notBefore.text}`
      : undefined,
  ),
  must('unique-ids-absent', '4.1.2.8', ({ hasUniqueId }) =>
    hasUniqueId ? 'it has a unique identifier, which is obsolete' : undefined,
  ),
  must('subject-of-authority', '4.1.2.6', ({ isCa, subject }) =>
    isCa && subject.length === 0 ? 'the subject of an authority is the empty name' : undefined,
  ),
  must('subject-or-alternative-name', '4.1.2.6', emptySubjectFault),
  must('extensions-present', '4.1', ({ hasExtensions, extensions }) =>
    hasExtensions && extensions.length === 0 ? 'the list of extensions is empty' : undefined,
  ),
  must('extension-once', '4.2', ({ extensions }) => {
    const seen: string[] = []
    return faultsOf(extensions, ({ name, oid }) => {
      if (seen.includes(oid)) return `the extension ${name ?? oid} stands there twice`
      seen.push(oid)
      return undefined
    })
  }),
  must('extension-form', '4.2', ({ extensions }) =>
    faultsOf(extensions, ({ name, oid, malformed }) =>
      malformed === undefined ? undefined : `the extension ${name ?? oid} is malformed: ${malformed}`,
    ),
  ),
  should('extension-known', '4.2', ({ extensions }) =>
    faultsOf(extensions, ({ critical, name, oid }) =>
      critical && name === undefined
        ? `the critical extension ${oid} makes all refuse it who do not know it`
        : undefined,
    ),
  ),
]

/** UTCTime through 2049, GeneralizedTime from 2050 on; seconds, `Z`, no fractions. */
function timeFault(field: string, { tag, raw, text }: LintTime): string | undefined {
  // RFC 3339 texts of years with four digits sort as the years do
  const isLate = text >= '2050'
  if (!isLate && tag !== TAG.utcTime) return `${field} is before 2050 and not UTCTime`
  if (isLate && tag !== TAG.generalizedTime) return `${field} is after 2049 and not GeneralizedTime`
  const form = tag === TAG.utcTime ? /^\d{12}Z$/ : /^\d{14}Z$/
  return form.test(raw) ? undefined : `${field} is written ${raw}`
}

function emptySubjectFault({ subject, subjectAltName, extensions }: LintSubject): string | undefined {
  if (subject.length > 0) return undefined
  if (subjectAltName === null) return 'subject and alternative names are empty'
  const isCritical = extensions.some(({ name, critical }) => name === 'subjectAltName' && critical)
  return isCritical ? undefined : 'the subject is empty, and the alternative names are not critical'
}
