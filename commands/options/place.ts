import { CertmanError } from '../../src/base/errors.ts'
import { REFERENCES } from './arguments.ts'

/** References, where what lies in a file or is served at a port may be asked about as well. */
export const REFERENCE_ARGS = [{ ...REFERENCES, optional: true }] as const

/**
 * Asks for exactly one place: the store, a file, or a TLS port.
 *
 * @throws {CertmanError} `cli.usage`
 */
export function requireOnePlace(
  verb: string,
  refs: readonly string[],
  { file, host }: { readonly file?: string | undefined; readonly host?: string | undefined },
): void {
  const places = [refs.length > 0, file !== undefined, host !== undefined].filter(Boolean).length
  if (places === 1) return
  throw new CertmanError('cli.usage', `${verb}: give either references, or --file, or --host`, {
    hint: `for example: certman ${verb} web`,
  })
}
