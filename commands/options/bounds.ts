import { CertmanError } from '../../src/base/errors.ts'

/** A day. Node's timers run out at once where they are set for more than 24.8 days. */
export const MOST_SECONDS = 86_400

/**
 * A count as it was given, when it does something: at least one, at most `most`.
 *
 * @param flag without its dashes
 * @throws {CertmanError} `cli.usage`
 */
export function bounded(count: number | undefined, flag: string, most: number): number | undefined {
  if (count === undefined || (count >= 1 && count <= most)) return count
  throw new CertmanError('cli.usage', `--${flag}: ${count} does not lie between 1 and ${most}`, {
    field: flag,
  })
}
