import { CertmanError } from '../../base/errors.ts'
import { printable } from '../../base/text.ts'
import { certificateParts } from '../../x509/certificate.ts'
import { rsaWeakness } from '../weak-rsa.ts'
import { ALTERNATIVE_NAME_RULES } from './alternative-names.ts'
import { BASELINE_RULES } from './baseline.ts'
import { EXTENSION_RULES } from './extensions.ts'
import { FIELD_RULES } from './fields.ts'
import { KEY_RULES } from './keys.ts'
import { NAME_RULES } from './names.ts'
import type { LintFinding, LintRule } from './rule.ts'
import { readLintSubject, type LintSubject } from './subject.ts'
import { USAGE_RULES } from './usages.ts'

/** Which rules are asked. */
export interface LintOptions {
  /** Those of the CA/Browser Forum for publicly trusted TLS servers, too. */
  readonly publicTrust?: boolean
}

/** Rules that hold for every certificate, in the order of RFC 5280. */
const COMMON_RULES: readonly LintRule[] = [
  ...FIELD_RULES,
  ...NAME_RULES,
  ...KEY_RULES,
  ...EXTENSION_RULES,
  ...ALTERNATIVE_NAME_RULES,
  ...USAGE_RULES,
]

/** All rules: `docs/profiles.md` lists them. */
export const LINT_RULES: readonly LintRule[] = [...COMMON_RULES, ...BASELINE_RULES]

/** A finding in one line: what, and in brackets the rule and where it stands. */
export const findingText = ({ message, rule, source }: LintFinding): string =>
  `${printable(message)} (${rule}, ${source})`

function runRules(subject: LintSubject, options: LintOptions): LintFinding[] {
  const findings: LintFinding[] = []
  for (const rule of options.publicTrust ? LINT_RULES : COMMON_RULES) {
    const found = rule.check(subject)
    if (found === undefined || found.length === 0) continue
    const { id, source, severity } = rule
    for (const message of typeof found === 'string' ? [found] : found)
      findings.push({ rule: id, source, severity, message })
  }
  return findings
}

/**
 * Lints what would be signed.
 *
 * @param tbs TBSCertificate DER
 * @throws {CertmanError} `der.malformed`
 */
export function lintTbs(
  tbs: Uint8Array,
  options: LintOptions,
): { readonly subject: LintSubject; readonly findings: readonly LintFinding[] } {
  const subject = readLintSubject(tbs)
  return { subject, findings: runRules(subject, options) }
}

/**
 * Lints a whole certificate, wherever it comes from: the rules for what is signed, whether both signature algorithms
 * agree, and whether an RSA key is known to be weak.
 *
 * @throws {CertmanError} `der.malformed` when it cannot be read at all
 */
export function lintCertificate(der: Uint8Array, options: LintOptions = {}): readonly LintFinding[] {
  const { tbs, signatureAlgorithmsAgree } = certificateParts(der)
  const { subject, findings } = lintTbs(tbs, options)
  const more: LintFinding[] = []
  if (!signatureAlgorithmsAgree)
    more.push({
      rule: 'signature-algorithms-agree',
      source: 'RFC 5280 section 4.1.1.2',
      severity: 'error',
      message: 'the signature algorithms inside and outside the signed part differ',
    })
  const weakness = weaknessOf(subject)
  if (weakness !== undefined)
    more.push({
      rule: 'key-weak',
      source: 'Baseline Requirements sections 6.1.1.3, 6.1.6',
      severity: 'error',
      message: weakness,
    })
  return [...findings, ...more]
}

function weaknessOf({ publicKey, spki }: LintSubject): string | undefined {
  if (publicKey.type !== 'rsa' && publicKey.type !== 'rsa-pss') return undefined
  try {
    return rsaWeakness(spki)
  } catch (error) {
    // a key that cannot be read has its own finding
    if (error instanceof CertmanError) return undefined
    throw error
  }
}
