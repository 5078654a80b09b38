import { CertmanError } from '../src/base/errors.ts'
import { kebab } from './declare.ts'

const isTyped = (value: unknown): boolean =>
  value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0)

/**
 * Refuses flags that would be passed over in silence. What only permits or leaves out, such as `--allow-changes` and
 * `--no-keys`, is none of them where there is nothing to permit or to leave out: scripts always give it.
 *
 * @param keys the options that have no meaning here
 * @param why what takes it from them, such as `--csr takes a request as it is`
 * @throws {CertmanError} `cli.usage` naming the first of them that was typed
 */
export function requireUntyped<T extends object>(
  options: T,
  keys: readonly (keyof T & string)[],
  { why, hint }: { readonly why: string; readonly hint?: string },
): void {
  const wrong = keys.find((key) => isTyped(options[key]))
  if (wrong === undefined) return
  const flag = kebab(wrong)
  throw new CertmanError('cli.usage', `${why}: --${flag} has no say`, { field: flag, ...(hint && { hint }) })
}
