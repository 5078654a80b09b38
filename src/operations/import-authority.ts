import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { CertmanError, isCertmanError } from '../base/errors.ts'
import { shellWord } from '../base/text.ts'
import type { Secret } from '../base/secret.ts'
import type { Item, PasswordSource } from '../formats/items.ts'
import { describePlace } from '../formats/place.ts'
import { knownFacts } from '../x509/known-facts.ts'
import type {
  AuthorityMaking,
  AuthoritySettings,
  FormerCertificate,
  ImportedAuthority,
  KeyProtection,
} from '../store/authority-orders.ts'
import type { NewKey, Store } from '../store/store.ts'
import { describeCsr } from '../x509/csr.ts'
import { describeCrl } from '../x509/crl.ts'
import { describePublicKey } from '../x509/public-key.ts'
import type { ChainIo } from './attach-files.ts'
import { authorityCommands } from './authority-pairs.ts'
import { findAuthorityFolder, readAuthorityFolder, type AuthorityFolder } from './authority-folder.ts'
import { keyAtRest } from './key-at-rest.ts'
import { readAll } from './read-all.ts'
import { quoted } from './read-sources.ts'

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
type CrlItem = Extract<Item, { type: 'crl' }>

const NAMES: Readonly<Record<Item['type'], string>> = {
  certificate: 'the certificate',
  'private-key': 'the private key',
  'public-key': 'the public key',
  'certificate-request': 'the request',
  crl: 'the CRL',
}
const MOST_SHOWN = 3

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
  io: ChainIo,
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
  return fromItems(items, own)
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

/** The CA certificate is the one whose key is there, else the only one; what it issued comes along. */
function fromItems(items: readonly Item[], own: Uint8Array | undefined): AuthorityFolder {
  const certificates = items.flatMap((item) => (item.type === 'certificate' ? [item.der] : []))
  const keys = items.filter((item): item is KeyItem => item.type === 'private-key')
  const certificate = own ?? authorityAmong(items, keys)
  const { subject, fingerprint, publicKey } = knownFacts(certificate)
  const key = keys.find(({ spki }) => describePublicKey(spki).spkiHash === publicKey.spkiHash) ?? keys[0]
  const others = certificates.filter((der) => knownFacts(der).fingerprint !== fingerprint)
  const issued = others.filter((der) => knownFacts(der).issuer === subject)
  const crl = crlAmong(items, subject)
  const isTaken = (item: Item): boolean =>
    item.type === 'certificate' || item === key || item === crl || spkiHashOf(item) === publicKey.spkiHash
  const left = items.filter((item) => !isTaken(item))
  return {
    certificate,
    key,
    chain: others.filter((der) => !issued.includes(der)),
    issued: issued.map((der): FormerCertificate => ({ der })),
    crl: crl?.der,
    nextCrlNumber: undefined,
    notes: left.length > 0 ? [leftNote(left)] : [],
  }
}

/** Its public key, and the request that it once made, say nothing new. */
function spkiHashOf(item: Item): string | undefined {
  if (item.type === 'certificate-request') return describeCsr(item.der).publicKey.spkiHash
  return 'spki' in item ? describePublicKey(item.spki).spkiHash : undefined
}

/** The latest of its own; one of somebody else is refused later, when there is no other. */
function crlAmong(items: readonly Item[], subject: string): CrlItem | undefined {
  const all = items.flatMap((item) => (item.type === 'crl' ? [{ item, facts: describeCrl(item.der) }] : []))
  const own = all.filter(({ facts }) => facts.issuer === subject)
  const [first] = own.sort((a, b) => b.facts.thisUpdate.localeCompare(a.facts.thisUpdate))
  return (first ?? all[0])?.item
}

/** What was named and is nothing of the authority: keys of what it issued, requests, CRLs of others. */
function leftNote(left: readonly Item[]): string {
  const what = left.map(({ type, place }) => `${NAMES[type]} in ${describePlace(place)}`)
  const more = what.length > MOST_SHOWN ? ` and ${what.length - MOST_SHOWN} more` : ''
  return `not taken with the authority: ${what.slice(0, MOST_SHOWN).join(', ')}${more}; keys and requests are taken by: certman import FILE`
}

/** A key that was named and does not fit is no slip to pass over: the authority could sign nothing. */
function requireOwnKey({ certificate, key }: AuthorityFolder): void {
  const { publicKey, subject } = knownFacts(certificate)
  if (!key || describePublicKey(key.spki).spkiHash === publicKey.spkiHash) return
  throw new CertmanError(
    'key.mismatch',
    `the private key in ${quoted(key.place.file)} is not that of ${JSON.stringify(subject)}`,
  )
}

function authorityAmong(items: readonly Item[], keys: readonly KeyItem[]): Uint8Array {
  const files = new Map(keys.map(({ spki, place }) => [describePublicKey(spki).spkiHash, place.file]))
  const certificates = items.filter((item) => item.type === 'certificate')
  const authorities = certificates.filter(({ der }) => knownFacts(der).basicConstraints?.ca === true)
  const keyed = authorities.filter(({ der }) => files.has(knownFacts(der).publicKey.spkiHash))
  const candidates = keyed.length > 0 ? keyed : authorities
  if (candidates.length === 1) return candidates[0]!.der
  if (candidates.length > 1) {
    const message = `the files hold ${candidates.length} CA certificates that could be meant`
    // those of one file cannot be told apart by naming it
    const apart = new Set(keyed.map(({ place }) => place.file)).size === keyed.length ? keyed : []
    const commands = apart.slice(0, MOST_SHOWN).map(({ der, place }) => {
      const pair = [place.file, files.get(knownFacts(der).publicKey.spkiHash)!]
      return `\n  certman ca import ${pair.map(shellWord).join(' ')} --name NAME`
    })
    const hint = `name the files of one authority: its certificate and its key${commands.join('')}`
    throw new CertmanError('input.invalid', message, { hint })
  }
  const what = certificates.length === 0 ? 'no certificate' : 'no CA certificate'
  throw new CertmanError('input.invalid', `the files hold ${what}`, {
    hint: 'a CA certificate has basicConstraints with cA: certman show --file FILE',
  })
}

async function keptKey(
  { pkcs8, spki, place, wasEncrypted }: KeyItem,
  { protection, dryRun }: AuthorityImportRequest,
  { io, last }: { readonly io: ChainIo; readonly last: Secret | undefined },
): Promise<{ readonly key: NewKey }> {
  const rest = { spki, source: { how: 'imported', from: place.file } } as const
  if (protection && !('password' in protection)) return { key: { ...rest, pkcs8, encrypted: false } }
  const password =
    protection?.password ??
    (wasEncrypted ? last : undefined) ??
    (await io.password({ file: place.file, what: 'the authority’s key, to keep it with', attempt: 1 }))
  if (!password)
    throw new CertmanError('password.required', 'the key of an authority needs a password', {
      hint: 'give one with --key-password-file, or insist on none with --no-password --insecure',
    })
  const { random } = io.tools.ambient
  return { key: { ...rest, ...keyAtRest(pkcs8, { password, dryRun, random }) } }
}
