import type { JsonObject } from '../base/json.ts'
import type { InputFormat, LeftItem, PasswordSource } from '../formats/items.ts'
import type { FileTools } from './import-files.ts'

export interface InspectRequest {
  /** `-` is standard input. */
  readonly path: string
  readonly cwd: string
  readonly format?: InputFormat
}

/**
 * What lies in a file. Each item is the JSON of `show`: `kind` (certificate, request, crl, key, publicKey), the facts,
 * `place`; certificates have `state`, `extensions`, `pem`, `hasPrivateKey` and `chain` (their issuers in the file).
 * `show --json` prints the item itself when there is exactly one, else the array.
 */
export interface InspectReport {
  readonly file: string
  readonly format: InputFormat
  readonly items: readonly JsonObject[]
  readonly left: readonly LeftItem[]
}

/**
 * Reads a file as `import` would and describes everything in it; no store is needed.
 *
 * @throws {CertmanError} what reading throws: `file.not-found`, `format.unknown`, `password.wrong`, …
 */
export function inspectFile(
  _request: InspectRequest,
  _password: PasswordSource,
  _tools: FileTools,
): Promise<InspectReport> {
  throw new TypeError('not built yet')
}
