import { CertmanError } from '../base/errors.ts'
import type { PasswordSource } from '../formats/items.ts'
import type { AuthorityMaking, AuthoritySettings, Signing } from '../store/authority-orders.ts'
import type { Store, Target } from '../store/store.ts'
import type { FileTools } from './import-files.ts'
import { readAll } from './read-all.ts'

/** Files with a chain: PEM, DER, PKCS#7, PKCS#12, in any order. */
export interface ChainRequest {
  readonly paths: readonly string[]
  readonly cwd: string
  readonly dryRun: boolean
  readonly replace: boolean
}

/** Whom to ask for the password of a container, and the world. */
export interface ChainIo {
  readonly password: PasswordSource
  readonly tools: FileTools
}

/** `sign --certificate FILE`, `import --request 3 FILE`. @throws {CertmanError} what reading and `Store.attach` throw */
export async function attachFiles(
  store: Store,
  request: ChainRequest & { readonly target: Target },
  io: ChainIo,
): Promise<Signing> {
  const { target, dryRun, replace } = request
  return store.attach(target, await readChain(request, io), { dryRun, replace })
}

/** `ca install NAME FILE…`. @throws {CertmanError} what reading and `Store.installAuthority` throw */
export async function installAuthorityFiles(
  store: Store,
  request: ChainRequest & { readonly name: string; readonly settings?: AuthoritySettings },
  io: ChainIo,
): Promise<AuthorityMaking> {
  const { name, settings, dryRun, replace } = request
  const options = { dryRun, replace, ...(settings && { settings }) }
  return store.installAuthority(name, await readChain(request, io), options)
}

async function readChain({ paths, cwd }: ChainRequest, { password, tools }: ChainIo): Promise<Uint8Array[]> {
  const items = await readAll({ paths, cwd, password, tools })
  const chain = items.flatMap((item) => (item.type === 'certificate' ? [item.der] : []))
  if (chain.length > 0) return chain
  throw new CertmanError('input.empty', 'there is no certificate in the files that were named')
}
