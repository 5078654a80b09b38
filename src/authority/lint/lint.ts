import { printable } from '../../base/text.ts'
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
  const findings: LintFinding[] = []
  for (const { id, source, severity, check } of options.publicTrust ? LINT_RULES : COMMON_RULES) {
    const found = check(subject)
    if (found === undefined) continue
    for (const message of typeof found === 'string' ? [found] : found)
      findings.push({ rule: id, source, severity, message })
  }
  return { subject, findings }
}
