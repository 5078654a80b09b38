import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { CertmanError, isCertmanError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import type { Item, PasswordSource } from '../formats/items.ts'
import type {
  AuthorityMaking,
  AuthoritySettings,
  ImportedAuthority,
  KeyProtection,
} from '../store/authority-orders.ts'
import type { NewKey, Store } from '../store/store.ts'
import type { ChainIo } from './attach-files.ts'
import { findAuthorityFolder, readAuthorityFolder, type AuthorityFolder } from './authority-folder.ts'
import { authorityAmongItems, requireOwnKey } from './authority-items.ts'
import { authorityCommands } from './authority-pairs.ts'
import { keyAtRest } from './key-at-rest.ts'
import { readAll } from './read-all.ts'

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

type KeyItem = Extract<Item, { type: 'private-key' }>

/**
 * Takes an existing CA in, whole or not at all.
 *
 * @throws {CertmanError} what reading throws; `policy.refused` naming each place where the index of a folder and its
 *   files disagree; `input.invalid` when the files hold no CA or several; `password.required` when the key would be
 *   kept without a password
 */
export async function importAuthorityFrom(
  store: Store,
  request: AuthorityImportRequest,
  io: AuthorityIo,
): Promise<AuthorityMaking> {
  const heard = listening(io.password)
  const listeningIo = { ...io, password: heard.password }
  const found = await readAuthority(store, request, listeningIo)
  requireOwnKey(found)
  const { name, settings, dryRun = false, replace = false } = request
  const order: ImportedAuthority = {
    name,
    certificate: found.certificate,
    chain: found.chain,
    issued: found.issued,
    source: { how: 'imported', from: request.paths.join(', ') },
    ...(isInsecure(request) && { insecure: true }),
    ...(found.key && (await keptKey(found.key, request, { io, last: heard.last() }))),
    ...(found.crl && { crl: found.crl }),
    ...(found.indexed && { indexed: true }),
    ...(found.nextCrlNumber !== undefined && { nextCrlNumber: found.nextCrlNumber }),
    ...(settings && { settings }),
  }
  const making = await store.importAuthority(order, { dryRun, replace })
  return { ...making, notes: [...making.notes, ...found.notes] }
}

/** Whom to ask for passwords. */
export interface AuthorityIo extends ChainIo {
  /** For the new password of a key that comes without one; absent: `password` is asked. */
  readonly newPassword?: PasswordSource
}

const isInsecure = ({ protection }: AuthorityImportRequest): boolean =>
  protection !== undefined && !('password' in protection)

/** Notes the password that was given last: the key keeps it. */
function listening(source: PasswordSource): { password: PasswordSource; last: () => Secret | undefined } {
  let last: Secret | undefined
  const password: PasswordSource = async (need) => {
    last = await source(need)
    return last
  }
  return { password, last: () => last }
}

async function readAuthority(
  store: Store,
  { paths, cwd, name }: AuthorityImportRequest,
  io: ChainIo,
): Promise<AuthorityFolder> {
  const [path] = paths
  const isFolder =
    paths.length === 1 && path !== undefined && path !== '-' && (await isDirectory(resolve(cwd, path)))
  const folder = isFolder ? await findAuthorityFolder(path, cwd) : undefined
  if (folder !== undefined) return readAuthorityFolder(folder, cwd, io)
  // without its index a CA's folder would come in without what it revoked
  if (isFolder) throw await noIndex(path, cwd, io)
  const items = await readAll({ paths, cwd, ...io })
  // an authority that is here needs no certificate beside its CRL
  const own = items.every(({ type }) => type === 'crl') ? await ownCertificate(store, name) : undefined
  return authorityAmongItems(items, own)
}

async function ownCertificate(store: Store, name: string): Promise<Uint8Array | undefined> {
  try {
    const { certificateId } = await store.resolve({ kind: 'authority', by: 'text', text: name })
    return (await store.certificate(String(certificateId))).der
  } catch (error) {
    if (isCertmanError(error, 'record.not-found')) return undefined
    throw error
  }
}

async function noIndex(path: string, cwd: string, io: ChainIo): Promise<CertmanError> {
  const commands = await authorityCommands(path, cwd, io)
  const message = `${path} is no folder of openssl ca or easy-rsa: it has no index.txt`
  const files = 'name the files of the certificate, the key and the CRL instead'
  return new CertmanError('file.not-found', message, {
    hint: commands.length > 1 ? [`${files}:`, ...commands].join('\n  ') : [files, ...commands].join(': '),
  })
}

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (about) => about.isDirectory(),
    () => false,
  )

/** The password that a key without one is kept with from now on: one that was named beforehand, else a new one. */
function chosenPassword({ password, newPassword }: AuthorityIo, name: string): Promise<Secret | undefined> {
  const choose = password.given === true ? password : (newPassword ?? password)
  return choose({ file: name, what: 'the key of authority', attempt: 1 })
}

async function keptKey(
  { pkcs8, spki, place, wasEncrypted }: KeyItem,
  { name, protection, dryRun }: AuthorityImportRequest,
  { io, last }: { readonly io: AuthorityIo; readonly last: Secret | undefined },
): Promise<{ readonly key: NewKey }> {
  const rest = { spki, source: { how: 'imported', from: place.file } } as const
  if (protection && !('password' in protection)) return { key: { ...rest, pkcs8, encrypted: false } }
  const password =
    protection?.password ?? (wasEncrypted ? last : undefined) ?? (await chosenPassword(io, name))
  if (!password)
    throw new CertmanError('password.required', 'the key of an authority needs a password', {
      hint: 'give one with --key-password-file, or insist on none with --no-password --insecure',
    })
  const { random } = io.tools.ambient
  return { key: { ...rest, ...keyAtRest(pkcs8, { password, dryRun, random }) } }
}
