import { implicitOctets, toDefinite } from '../../asn1/ber.ts'
import { bytesOf, contentOf, contextTag, DerReader, TAG, type Tlv } from '../../asn1/reader.ts'
import { readOid, readSmallInteger } from '../../asn1/values.ts'
import { toHex } from '../../base/bytes.ts'
import { CertmanError } from '../../base/errors.ts'
import { append } from '../../base/lists.ts'
import type { PasswordMac } from '../../crypto/pbe-mac.ts'
import { OID } from './oids.ts'

/** A PKCS#12 file before any password (RFC 7292 section 4). */
export interface Pfx {
  /** The AuthenticatedSafe, over which the MAC goes. */
  readonly content: Uint8Array
  readonly mac: PasswordMac | undefined
  readonly parts: readonly SafePart[]
  /** Bytes after the structure. */
  readonly trailing: number
}

/** One ContentInfo of the AuthenticatedSafe (RFC 7292 section 4.1). */
export type SafePart =
  | { readonly kind: 'plain'; readonly safe: Uint8Array }
  | { readonly kind: 'encrypted'; readonly algorithm: Tlv; readonly ciphertext: Uint8Array }
  | { readonly kind: 'unknown'; readonly type: string }

/** Reads the outer structure, BER or DER. @throws {CertmanError} `der.malformed`, `format.unsupported` */
export function parsePfx(bytes: Uint8Array): Pfx {
  const file = new DerReader(toDefinite(bytes))
  const pfx = file.enter(TAG.sequence, 'PFX')
  const version = readSmallInteger(pfx.read(TAG.integer, 'version'), 'version')
  if (version !== 3)
    throw new CertmanError('format.unsupported', `PKCS#12 version ${version} is not supported`)
  const content = authenticatedSafe(pfx.enter(TAG.sequence, 'AuthenticatedSafe'))
  const mac = pfx.atEnd ? undefined : readMac(pfx.enter(TAG.sequence, 'MacData'))
  pfx.finish('PFX')
  return { content, mac, parts: readParts(content), trailing: file.limit - file.offset }
}

function authenticatedSafe(info: DerReader): Uint8Array {
  const type = readOid(info.read(TAG.oid, 'content type'))
  if (type === OID.signedData)
    throw new CertmanError(
      'format.unsupported',
      'a PKCS#12 file that is signed instead of protected by a password',
    )
  if (type !== OID.data)
    throw new CertmanError('der.malformed', `PKCS#12 content of the unknown type ${type}`)
  const content = info.enter(contextTag(0, true), 'content')
  info.finish('PKCS#12 content')
  const octets = contentOf(content.read(TAG.octetString, 'content'))
  content.finish('PKCS#12 content')
  return octets
}

function readMac(data: DerReader): PasswordMac {
  const digestInfo = data.enter(TAG.sequence, 'DigestInfo')
  const algorithm = digestInfo.read(TAG.sequence, 'digest algorithm')
  const digest = contentOf(digestInfo.read(TAG.octetString, 'digest'))
  digestInfo.finish('DigestInfo')
  const salt = contentOf(data.read(TAG.octetString, 'MAC salt'))
  // DEFAULT 1 (RFC 7292 section 4)
  const iterations = data.atEnd
    ? 1
    : readSmallInteger(data.read(TAG.integer, 'iterations'), 'iteration count')
  data.finish('MacData')
  return { algorithm, digest, salt, iterations }
}

function readParts(content: Uint8Array): SafePart[] {
  const safe = new DerReader(toDefinite(content))
  const parts: SafePart[] = []
  for (const infos = safe.enter(TAG.sequence, 'AuthenticatedSafe'); !infos.atEnd;)
    parts.push(readPart(infos.enter(TAG.sequence, 'ContentInfo')))
  safe.finish('AuthenticatedSafe')
  return parts
}

function readPart(info: DerReader): SafePart {
  const type = readOid(info.read(TAG.oid, 'content type'))
  if (type !== OID.data && type !== OID.encryptedData) return { kind: 'unknown', type }
  const content = info.enter(contextTag(0, true), 'content')
  info.finish('ContentInfo')
  if (type === OID.data) {
    const safe = contentOf(content.read(TAG.octetString, 'data'))
    content.finish('data')
    return { kind: 'plain', safe }
  }
  const encryptedData = content.enter(TAG.sequence, 'EncryptedData')
  encryptedData.read(TAG.integer, 'version')
  const encrypted = encryptedData.enter(TAG.sequence, 'EncryptedContentInfo')
  encrypted.read(TAG.oid, 'content type')
  const algorithm = encrypted.read(TAG.sequence, 'encryption algorithm')
  if (encrypted.peek() !== contextTag(0, false) && encrypted.peek() !== contextTag(0, true))
    throw new CertmanError('der.malformed', 'a PKCS#12 part without its encrypted content')
  return { kind: 'encrypted', algorithm, ciphertext: implicitOctets(encrypted.read()) }
}

/** One SafeBag (RFC 7292 section 4.2) with the attributes that mean something here. */
export interface Bag {
  readonly content: BagContent
  readonly friendlyName?: string
  /** Lower-case hex. */
  readonly localKeyId?: string
  /** Java's mark for a certificate that is trusted by itself. */
  readonly trusted?: true
}

/** What a SafeBag (RFC 7292 section 4.2) holds. */
export type BagContent =
  | { readonly type: 'key'; readonly pkcs8: Uint8Array }
  | { readonly type: 'shrouded-key'; readonly algorithm: Tlv; readonly ciphertext: Uint8Array }
  | { readonly type: 'certificate'; readonly der: Uint8Array }
  | { readonly type: 'other'; readonly what: string; readonly why: string }

/** Bags in bags in bags: no writer makes more than one level. */
const MAX_NESTED_SAFES = 16

/** The bags of a SafeContents in order, nested ones in place (RFC 7292 section 4.2.6). */
export function readSafe(safe: Uint8Array, depth = 0): Bag[] {
  if (depth > MAX_NESTED_SAFES)
    throw new CertmanError('limit.exceeded', `bags nested more than ${MAX_NESTED_SAFES} deep`)
  const reader = new DerReader(toDefinite(safe))
  const bags: Bag[] = []
  for (const values = reader.enter(TAG.sequence, 'SafeContents'); !values.atEnd;)
    append(bags, readBag(values.enter(TAG.sequence, 'SafeBag'), depth))
  reader.finish('SafeContents')
  return bags
}

function readBag(bag: DerReader, depth: number): readonly Bag[] {
  const type = readOid(bag.read(TAG.oid, 'bag type'))
  const value = bag.enter(contextTag(0, true), 'bag value')
  const inner = value.read()
  value.finish('bag value')
  const attributes = bag.enterIf(TAG.set)
  bag.finish('SafeBag')
  if (type === OID.safeContentsBag) return readSafe(bytesOf(inner), depth + 1)
  return [
    { content: readContent(type, inner), ...(attributes === undefined ? {} : readAttributes(attributes)) },
  ]
}

const other = (what: string, why: string): BagContent => ({ type: 'other', what, why })

function readContent(type: string, value: Tlv): BagContent {
  switch (type) {
    case OID.keyBag:
      return { type: 'key', pkcs8: bytesOf(value) }
    case OID.shroudedKeyBag: {
      const info = DerReader.into(value)
      // certtool with --pkcs-cipher none puts the plain key into this bag as well
      if (info.peek() === TAG.integer) return { type: 'key', pkcs8: bytesOf(value) }
      const algorithm = info.read(TAG.sequence, 'encryption algorithm')
      return {
        type: 'shrouded-key',
        algorithm,
        ciphertext: contentOf(info.read(TAG.octetString, 'encrypted key')),
      }
    }
    case OID.certBag:
      return readCertificate(DerReader.into(value))
    case OID.crlBag:
      return other('certificate revocation list', 'certman takes no revocation lists out of PKCS#12 files')
    case OID.secretBag:
      return other('secret', 'it is no certificate and no private key, but a secret of its own')
    default:
      return other(`bag of type ${type}`, 'the type is unknown')
  }
}

function readCertificate(bag: DerReader): BagContent {
  const type = readOid(bag.read(TAG.oid, 'certificate type'))
  if (type === OID.sdsiCertificate) return other('SDSI certificate', 'only X.509 certificates are taken')
  if (type !== OID.x509Certificate) return other(`certificate of type ${type}`, 'the type is unknown')
  const octets = bag.enter(contextTag(0, true), 'certificate').read(TAG.octetString, 'certificate')
  return { type: 'certificate', der: contentOf(octets) }
}

/** Unknown attributes say nothing here; any attribute may have an empty SET (Microsoft's LocalMachineKeyset has). */
function readAttributes(attributes: DerReader): Omit<Bag, 'content'> {
  const found: { friendlyName?: string; localKeyId?: string; trusted?: true } = {}
  while (!attributes.atEnd) {
    const attribute = attributes.enter(TAG.sequence, 'attribute')
    const type = readOid(attribute.read(TAG.oid, 'attribute type'))
    const values = attribute.enter(TAG.set, 'attribute values')
    if (type === OID.javaTrusted) found.trusted = true
    if (values.atEnd) continue
    const value = values.read()
    if (type === OID.friendlyName) found.friendlyName = readText(value)
    if (type === OID.localKeyId) found.localKeyId = toHex(contentOf(value))
  }
  return found
}

/** BMPString by RFC 2985 section 5.5.1; surrogates are understood, and other string types read as UTF-8. */
function readText(value: Tlv): string {
  const bytes = Buffer.from(contentOf(value))
  const whole = bytes.subarray(0, bytes.length & ~1)
  const text = value.tag === TAG.bmpString ? whole.swap16().toString('utf16le') : bytes.toString('utf8')
  // Windows ends some names with the zero that ends its strings
  return text.replace(/\0+$/, '')
}
