import type { AuthorityMaking, AuthoritySettings, KeyProtection } from '../store/authority-orders.ts'
import type { Store } from '../store/store.ts'
import type { ChainIo } from './attach-files.ts'

/** Where an authority is taken from. */
export interface AuthorityImportRequest {
  /**
   * Files with certificate and key (PEM, DER, PFX), or one folder of `openssl ca` (index.txt, serial, newcerts, …)
   * or easy-rsa (pki/): issued and revoked certificates come along.
   */
  readonly paths: readonly string[]
  readonly cwd: string
  readonly name: string
  /** How the key is kept here; the source's password opens it, this one closes it. Default: the same password. */
  readonly protection?: KeyProtection
  readonly settings?: AuthoritySettings
  readonly dryRun?: boolean
  readonly replace?: boolean
}

/**
 * Takes an existing CA in, whole or not at all.
 *
 * @throws {CertmanError} what reading throws; `policy.refused` naming each place where the index of a folder and its
 *   files disagree; `input.invalid` when the files hold no CA or several; `password.required` when the key would be
 *   kept without a password
 */
export async function importAuthorityFrom(
  _store: Store,
  _request: AuthorityImportRequest,
  _io: ChainIo,
): Promise<AuthorityMaking> {
  throw new TypeError('not built yet')
}
