import type { PasswordSource } from '../formats/items.ts'
import type { AuthorityMaking, AuthoritySettings, Signing } from '../store/authority-orders.ts'
import type { Store, Target } from '../store/store.ts'
import type { FileTools } from './import-files.ts'

/** Files with a chain: PEM, DER, PKCS#7, PKCS#12, in any order. */
export interface ChainRequest {
  readonly paths: readonly string[]
  readonly cwd: string
  readonly dryRun?: boolean
  readonly replace?: boolean
}

/** Whom to ask for the password of a container, and the world. */
export interface ChainIo {
  readonly password: PasswordSource
  readonly tools: FileTools
}

/** `sign --certificate FILE`, `import --request 3 FILE`. @throws {CertmanError} what reading and `Store.attach` throw */
export async function attachFiles(
  _store: Store,
  _request: ChainRequest & { readonly target: Target },
  _io: ChainIo,
): Promise<Signing> {
  throw new TypeError('not built yet')
}

/** `ca install NAME FILE…`. @throws {CertmanError} what reading and `Store.installAuthority` throw */
export async function installAuthorityFiles(
  _store: Store,
  _request: ChainRequest & { readonly name: string; readonly settings?: AuthoritySettings },
  _io: ChainIo,
): Promise<AuthorityMaking> {
  throw new TypeError('not built yet')
}
