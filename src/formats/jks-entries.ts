import { ByteReader } from '../base/byte-reader.ts'
import { CertmanError } from '../base/errors.ts'
import { skipJavaObject } from './java-object.ts'

/** One entry of a Java key store, before any password. */
export interface JksEntry {
  readonly alias: string
  readonly content:
    | {
        readonly kind: 'key'
        /** EncryptedPrivateKeyInfo with one of Java's own algorithms. */
        readonly encrypted: Uint8Array
        readonly chain: readonly JksCertificate[]
      }
    | { readonly kind: 'certificate'; readonly certificate: JksCertificate }
    | { readonly kind: 'secret' }
}

/** A certificate with its type as Java names it: `X.509`. */
export interface JksCertificate {
  readonly type: string
  readonly bytes: Uint8Array
}

/** A Java key store: the entries, and what its digest goes over. */
export interface JksFile {
  readonly format: 'jks' | 'jceks'
  readonly entries: readonly JksEntry[]
  readonly content: Uint8Array
  readonly digest: Uint8Array
  /** Bytes after the digest. */
  readonly trailing: number
}

const MAGIC: Readonly<Record<number, JksFile['format']>> = { 0xfeedfeed: 'jks', 0xcececece: 'jceks' }

/** Which kind of Java key store a file is by its first four bytes, if it is one. */
export const jksFormat = (bytes: Uint8Array): JksFile['format'] | undefined =>
  bytes.length < 4 ? undefined : MAGIC[new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)]

const DIGEST_LENGTH = 20
const TAG_KEY = 1
const TAG_CERTIFICATE = 2
const TAG_SECRET = 3

/** Reads the structure (OpenJDK: JavaKeyStore, JceKeyStore). @throws {CertmanError} `der.malformed`, `format.unsupported` */
export function parseJks(bytes: Uint8Array): JksFile {
  const reader = new ByteReader(bytes, 'Java key store')
  const format = jksFormat(reader.take(4))
  if (format === undefined) throw reader.malformed('no Java key store')
  const version = reader.number(4)
  if (version !== 1 && version !== 2)
    throw new CertmanError('format.unsupported', `Java key store version ${version} is not supported`)
  const count = reader.number(4)
  const entries: JksEntry[] = []
  for (let i = 0; i < count; i++) entries.push(readEntry(reader, version))
  const content = bytes.subarray(0, reader.at)
  const digest = reader.take(DIGEST_LENGTH)
  return { format, entries, content, digest, trailing: bytes.length - reader.at }
}

function readEntry(reader: ByteReader, version: number): JksEntry {
  const tag = reader.number(4)
  const alias = readText(reader)
  reader.take(8) // creation date
  if (tag === TAG_CERTIFICATE)
    return { alias, content: { kind: 'certificate', certificate: readCertificate(reader, version) } }
  if (tag === TAG_SECRET) {
    skipJavaObject(reader)
    return { alias, content: { kind: 'secret' } }
  }
  if (tag !== TAG_KEY) throw reader.malformed(`entry of unknown kind ${tag}`)
  const encrypted = reader.counted(4)
  const chain: JksCertificate[] = []
  for (let left = reader.number(4); left > 0; left--) chain.push(readCertificate(reader, version))
  return { alias, content: { kind: 'key', encrypted, chain } }
}

/** Version 1 had X.509 only and did not name the type. */
function readCertificate(reader: ByteReader, version: number): JksCertificate {
  const type = version === 1 ? 'X.509' : readText(reader)
  return { type, bytes: reader.counted(4) }
}

/** A text of Java's DataInput. */
const readText = (reader: ByteReader): string => modifiedUtf8(reader.counted(2))

/**
 * Java's UTF-8 (`DataInput.readUTF`): each half of a surrogate pair as three bytes of its own, U+0000 as two. Four bytes,
 * which Java never writes, are plain UTF-8: so pyjks writes.
 */
function modifiedUtf8(bytes: Uint8Array): string {
  const units: string[] = []
  for (let i = 0; i < bytes.length;) {
    const first = bytes[i++]!
    if (first < 0x80) units.push(String.fromCharCode(first))
    else if (first < 0xe0) units.push(String.fromCharCode(((first & 0x1f) << 6) | (bytes[i++]! & 0x3f)))
    else if (first >= 0xf0) {
      units.push(Buffer.from(bytes.subarray(i - 1, i + 3)).toString('utf8'))
      i += 3
    } else {
      const middle = bytes[i++]! & 0x3f
      units.push(String.fromCharCode(((first & 0x0f) << 12) | (middle << 6) | (bytes[i++]! & 0x3f)))
    }
  }
  return units.join('')
}
