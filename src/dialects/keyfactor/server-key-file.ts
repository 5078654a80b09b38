import { toBase64 } from '../../base/bytes.ts'
import type { Json } from '../../base/json.ts'
import type { Secret } from '../../base/secret.ts'
import { writePem } from '../../formats/pem.ts'
import { writePkcs12 } from '../../formats/pkcs12/write.ts'
import { encryptPkcs8 } from '../../formats/pkcs8.ts'
import { writeJks } from '../../formats/write-jks.ts'
import { writeZip } from '../../formats/zip.ts'
import { invalid, noFormat } from './errors.ts'
import { certificateFileName, commonName } from './names.ts'
import { pemOf, type OutgoingChain } from './server-chain.ts'
import type { Desk } from './server-desk.ts'
import { optional, shown } from './server-request.ts'

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

/** The format of a file with a key. @throws {WireFault} 400 without the header, or for another format */
export function keyFormatOf(header: string | undefined): KeyFormat {
  const text = header?.trim().toUpperCase() ?? ''
  if (text === '') throw noFormat()
  if (Object.hasOwn(EXTENSIONS, text)) return text as KeyFormat
  throw invalid(
    `The certificate format '${shown(text)}' is not supported here: use PFX, STORE, PEM, ZIP or JKS.`,
  )
}

/** `FileExtension`, else the format's own. @throws {WireFault} 400 for one that does not go with the format */
export function keyFileExtension(body: Json, format: KeyFormat): string {
  const allowed: readonly string[] = EXTENSIONS[format]
  const text = optional(body, 'FileExtension', 'string')?.trim().replace(/^\./, '').toUpperCase()
  if (text === undefined || text === '') return allowed[0]!
  if (allowed.includes(text)) return text
  throw invalid(`The FileExtension '${shown(text)}' does not go with the format ${format}.`)
}

/** What a file with a key is made of. */
export interface KeyFile {
  readonly desk: Desk
  readonly body: Json
  readonly chain: OutgoingChain
  readonly key: Secret
  readonly password: Secret
}

/** The file in base64. */
export function keyFileContent(file: KeyFile, format: KeyFormat): string {
  switch (format) {
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
function pfxOf({ desk, body, chain, key, password }: KeyFile): Uint8Array {
  const legacy = optional(body, 'UseLegacyEncryption', 'boolean') ?? false
  const friendlyName = friendlyNameOf(body, chain)
  const keyProvider = optional(body, 'MicrosoftTargetCSP', 'string')
  const entry = {
    key,
    certificate: chain.leaf.der,
    chain: chain.issuers.map(({ der }) => der),
    ...(friendlyName !== undefined && { friendlyName }),
    ...(keyProvider !== undefined && keyProvider !== '' && { keyProvider }),
  }
  const target = legacy ? 'windows-2016' : 'modern'
  return writePkcs12({ entries: [entry], password, target, keysFirst: true }, desk.house.ambient.random)
}

function friendlyNameOf(body: Json, { leaf }: OutgoingChain): string | undefined {
  const asked = optional(body, 'FriendlyName', 'string') ?? optional(body, 'CustomFriendlyName', 'string')
  const name = asked ?? leaf.record.friendlyName ?? leaf.record.name
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

const hasHeader = (body: Json): boolean => optional(body, 'IncludeSubjectHeader', 'boolean') ?? true

/** Leaf, encrypted key, issuers; the root is the last. Root first: the key follows its certificate at the end. */
function pemBundle(file: KeyFile): Uint8Array {
  const { chain, body } = file
  const texts = chain.ordered.map((each) => pemOf(each, hasHeader(body)))
  texts.splice(chain.ordered.indexOf(chain.leaf) + 1, 0, lockedKey(file))
  return bytesOf(...texts)
}

/** Certificate, encrypted key, and issuers where they are wanted, each as a PEM file of its own. */
function zipOf(file: KeyFile): Uint8Array {
  const { desk, body, chain } = file
  const name = (ending: string): string => certificateFileName(chain.leaf.facts, ending)
  const pem = (list: OutgoingChain['ordered']): Uint8Array =>
    bytesOf(...list.map((each) => pemOf(each, hasHeader(body))))
  const issuers = chain.ordered.filter((each) => each !== chain.leaf)
  const files = [
    { name: name('pem'), bytes: pem([chain.leaf]) },
    { name: name('key'), bytes: bytesOf(lockedKey(file)) },
    ...(issuers.length > 0 ? [{ name: name('chain.pem'), bytes: pem(issuers) }] : []),
  ]
  return writeZip(files, desk.house.ambient.now())
}

/** A key store of Java's older kind; it is opened by its password alone, and so is the key in it. */
function jksOf({ desk, body, chain, key, password }: KeyFile): Uint8Array {
  const { facts, der } = chain.leaf
  const alias =
    friendlyNameOf(body, chain) ?? commonName(facts.subjectAttributes) ?? facts.thumbprint.toLowerCase()
  const entry = { alias, key, chain: [der, ...chain.issuers.map((issuer) => issuer.der)] }
  const { now, random } = desk.house.ambient
  return writeJks({ entries: [entry], password, now: now() }, random)
}
