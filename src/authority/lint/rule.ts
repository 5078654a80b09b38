import type { LintSubject } from './subject.ts'

/** `error`: must not be signed. `warning`: allowed by the letter, and trouble in practice. */
export type LintSeverity = 'error' | 'warning'

/** One rule about certificates. */
export interface LintRule {
  /** Stable name in kebab-case. */
  readonly id: string
  /** Where the rule stands: `RFC 5280 section 4.1.2.2`. */
  readonly source: string
  readonly severity: LintSeverity
  /** What is wrong, one sentence each; empty or undefined when nothing is. */
  readonly check: (subject: LintSubject) => readonly string[] | string | undefined
}

/** One breach of a rule. */
export interface LintFinding {
  readonly rule: string
  readonly source: string
  readonly severity: LintSeverity
  readonly message: string
}

/** An `error` rule of a section of RFC 5280. */
export const must = (id: string, section: string, check: LintRule['check']): LintRule => ({
  id,
  source: `RFC 5280 section ${section}`,
  severity: 'error',
  check,
})

/** A `warning` rule of a section of RFC 5280: a SHOULD. */
export const should = (id: string, section: string, check: LintRule['check']): LintRule => ({
  ...must(id, section, check),
  severity: 'warning',
})

/** What is wrong with each of these; nothing is made for the many certificates that are right. */
export function faultsOf<T>(
  all: readonly T[],
  faultOf: (each: T) => string | undefined,
): readonly string[] | undefined {
  let faults: string[] | undefined
  for (const each of all) {
    const fault = faultOf(each)
    if (fault !== undefined) (faults ??= []).push(fault)
  }
  return faults
}
