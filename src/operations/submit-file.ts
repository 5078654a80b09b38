import type { PasswordSource } from '../formats/items.ts'
import type { Store } from '../store/store.ts'
import type { FileTools } from './import-files.ts'
import type { RequestReport, RequestWish } from './make-request.ts'

/** A file with exactly one CSR; a private key in it that belongs to the CSR is taken along. */
export interface SubmitRequest extends Pick<
  RequestWish,
  'name' | 'tags' | 'profile' | 'requestedBy' | 'keyPassword' | 'dryRun'
> {
  /** `-` is standard input. */
  readonly path: string
  readonly cwd: string
}

/**
 * Puts the CSR of a file (PEM or DER) into the queue.
 *
 * @throws {CertmanError} what reading throws; `input.empty` when there is no CSR, `input.invalid` when there are several
 */
export async function submitFile(
  _store: Store,
  _request: SubmitRequest,
  _io: { readonly password: PasswordSource; readonly tools: FileTools },
): Promise<RequestReport> {
  throw new TypeError('not built yet')
}
