import { toBase64 } from '../../base/bytes.ts'
import { defined, type Json } from '../../base/json.ts'
import type { Secret } from '../../base/secret.ts'
import { writePem } from '../../formats/pem.ts'
import { writePkcs12 } from '../../formats/pkcs12/write.ts'
import { encryptPkcs8 } from '../../formats/pkcs8.ts'
import { fitsAlias, writeJks } from '../../formats/write-jks.ts'
import { writeZip } from '../../formats/zip.ts'
import { invalid, noFormat } from './errors.ts'
import { certificateFileName, commonName } from './names.ts'
import { chainWish, pemOf, type ChainWish, type OutgoingChain } from './server-chain.ts'
import type { Desk } from './server-desk.ts'
import { fileExtension, optional, shown, optionalText } from './server-request.ts'
import { HEADER } from './wire.ts'

/** Formats of a file with a key, each with the extensions that it may have, the default first. */
const EXTENSIONS = {
  PFX: ['PFX', 'P12'],
  /** A key that stays on the server: the content is a PFX. */
  STORE: ['STORE', 'PFX', 'P12'],
  REPLACE: ['STORE', 'PFX', 'P12'],
  PEM: ['PEM', 'CER', 'CRT'],
  ZIP: ['ZIP'],
  JKS: ['JKS'],
} as const

/** What `x-certificateformat` may be where a key goes along. */
export type KeyFormat = keyof typeof EXTENSIONS

/** @throws {WireFault} 400 without the header, or for another format */
function keyFormatOf(header: string | undefined): KeyFormat {
  const text = header?.trim().toUpperCase() ?? ''
  if (text === '') throw noFormat()
  if (Object.hasOwn(EXTENSIONS, text)) return text as KeyFormat
  throw invalid(
    `The certificate format '${shown(text)}' is not supported here: use PFX, STORE, PEM, ZIP or JKS.`,
  )
}

/** How a file with a key is to be written. */
export interface KeyFileWish extends ChainWish {
  readonly format: KeyFormat
  readonly extension: string
  /** A line with the subject before each certificate in PEM. */
  readonly header: boolean
  /** Encryption that old Windows reads. */
  readonly legacy: boolean
  readonly friendlyName: string | undefined
  readonly keyProvider: string | undefined
}

/**
 * Everything that header and body say about a file with a key: read before anything is issued, so that what was issued can
 * be written.
 *
 * @throws {WireFault} 400
 */
export function keyFileWish({ call }: Desk, body: Json, withChain: boolean): KeyFileWish {
  const format = keyFormatOf(call.header(HEADER.format))
  const friendlyName =
    optional(body, 'FriendlyName', 'string') ?? optional(body, 'CustomFriendlyName', 'string')
  if (format === 'JKS' && friendlyName !== undefined && !fitsAlias(friendlyName))
    throw invalid('The friendly name is too long for the alias of a Java key store.')
  return {
    ...chainWish(body, withChain),
    format,
    extension: fileExtension(body, format, EXTENSIONS[format]),
    header: optional(body, 'IncludeSubjectHeader', 'boolean') ?? true,
    legacy: optional(body, 'UseLegacyEncryption', 'boolean') ?? false,
    friendlyName,
    keyProvider: optionalText(body, 'MicrosoftTargetCSP'),
  }
}

/** What a file with a key is made of. */
export interface KeyFile {
  readonly desk: Desk
  readonly wish: KeyFileWish
  readonly chain: OutgoingChain
  readonly key: Secret
  readonly password: Secret
}

/** The file in base64. */
export function keyFileContent(file: KeyFile): string {
  switch (file.wish.format) {
    case 'PEM':
      return toBase64(pemBundle(file))
    case 'ZIP':
      return toBase64(zipOf(file))
    case 'JKS':
      return toBase64(jksOf(file))
    default:
      return toBase64(pfxOf(file))
  }
}

/** The PFX in the order that Go's decoder goes by: key, leaf, issuers. */
function pfxOf({ desk, wish, chain, key, password }: KeyFile): Uint8Array {
  const { legacy, keyProvider } = wish
  const entry = {
    key,
    certificate: chain.leaf.der,
    chain: chain.issuers.map(({ der }) => der),
    ...defined({ friendlyName: friendlyNameOf(wish, chain), keyProvider }),
  }
  const target = legacy ? 'windows-2016' : 'modern'
  return writePkcs12({ entries: [entry], password, target, keysFirst: true }, desk.house.ambient.random)
}

function friendlyNameOf({ friendlyName }: KeyFileWish, { leaf }: OutgoingChain): string | undefined {
  const name = friendlyName ?? leaf.record.friendlyName ?? leaf.record.name
  return name === '' ? undefined : name
}

/** Rounds of PBKDF2 for a key that leaves as PEM: a password stands between it and everyone. */
const PEM_ITERATIONS = 600_000

const bytesOf = (...texts: readonly string[]): Uint8Array => new TextEncoder().encode(texts.join(''))

const lockedKey = ({ desk, key, password }: KeyFile): string => {
  const { random } = desk.house.ambient
  return writePem(
    'ENCRYPTED PRIVATE KEY',
    encryptPkcs8(key, password, { random, iterations: PEM_ITERATIONS }),
  )
}

/** Leaf, encrypted key, issuers; the root is the last. Root first: the key follows its certificate at the end. */
function pemBundle(file: KeyFile): Uint8Array {
  const { chain, wish } = file
  const texts = chain.ordered.map((each) => pemOf(each, wish.header))
  texts.splice(chain.ordered.indexOf(chain.leaf) + 1, 0, lockedKey(file))
  return bytesOf(...texts)
}

/** Certificate, encrypted key, and issuers where they are wanted, each as a PEM file of its own. */
function zipOf(file: KeyFile): Uint8Array {
  const { desk, wish, chain } = file
  const name = (ending: string): string => certificateFileName(chain.leaf.facts, ending)
  const pem = (list: OutgoingChain['ordered']): Uint8Array =>
    bytesOf(...list.map((each) => pemOf(each, wish.header)))
  const issuers = chain.ordered.filter((each) => each !== chain.leaf)
  const files = [
    { name: name('pem'), bytes: pem([chain.leaf]) },
    { name: name('key'), bytes: bytesOf(lockedKey(file)) },
    ...(issuers.length > 0 ? [{ name: name('chain.pem'), bytes: pem(issuers) }] : []),
  ]
  return writeZip(files, desk.house.ambient.now())
}

/** A key store of Java's older kind; it is opened by its password alone, and so is the key in it. */
function jksOf({ desk, wish, chain, key, password }: KeyFile): Uint8Array {
  const { facts, der } = chain.leaf
  const names = [friendlyNameOf(wish, chain), commonName(facts.subjectAttributes)]
  const alias = names.find((name) => name && fitsAlias(name)) ?? facts.thumbprint.toLowerCase()
  const entry = { alias, key, chain: [der, ...chain.issuers.map((issuer) => issuer.der)] }
  const { now, random } = desk.house.ambient
  return writeJks({ entries: [entry], password, now: now() }, random)
}
