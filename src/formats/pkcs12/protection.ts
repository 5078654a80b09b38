import { requireOneValue } from '../../asn1/gate.ts'
import { readAlgorithm, type Algorithm } from '../../asn1/algorithm.ts'
import { toDefinite } from '../../asn1/ber.ts'
import { DerReader, TAG, type Tlv } from '../../asn1/reader.ts'
import { readSmallInteger } from '../../asn1/values.ts'
import type { Cipher } from '../../crypto/cipher.ts'
import {
  OID_PBES2,
  OID_PBMAC1,
  OLD_SCHEMES,
  hashOf,
  readPbes2,
  readPbmac1,
  readSaltAndCount,
  type Pbkdf,
} from '../../crypto/pbe-algorithms.ts'
import { OID } from './oids.ts'

/** Values that the library may read; without it 10,000, about 80 certificates. `toDefinite` has its own limit. */
const READING = { berOptions: { maxNodes: 1_000_000 } }

/** How one part of a PKCS#12 file is protected; no password is needed to know it. */
export interface ProtectionPart {
  readonly what: 'integrity' | 'encrypted part' | 'private key'
  /** `PBES2, PBKDF2 with HMAC-SHA256, 2048 iterations, AES-256-CBC`; `none`. */
  readonly scheme: string
}

/**
 * What protects a PKCS#12 file: its integrity, each encrypted part, each private key that can be seen from outside.
 * It answers why a reader that is older than the file calls the right password wrong. The structures are those of
 * `@peculiar/asn1-pfx`, loaded when this is asked for.
 *
 * @param bytes a file that `readPkcs12` has accepted
 */
export async function describeProtection(bytes: Uint8Array): Promise<readonly ProtectionPart[]> {
  const [{ AsnConvert, OctetString }, { AuthenticatedSafe, PFX }] = await Promise.all([
    import('@peculiar/asn1-schema'),
    import('@peculiar/asn1-pfx'),
  ])
  // a file may have bytes after its end, and the library joins no chunked strings: ours has done both already
  const definite = toDefinite(bytes)
  const whole = new DerReader(definite).read(TAG.sequence, 'PFX')
  const pfx = AsnConvert.parse(definite.subarray(0, whole.end), PFX, READING)
  const octets = AsnConvert.parse(pfx.authSafe.content, OctetString, READING)
  const safe = AsnConvert.parse(toDefinite(new Uint8Array(octets.buffer)), AuthenticatedSafe, READING)
  const parts: ProtectionPart[] = [{ what: 'integrity', scheme: integrityOf(whole) }]
  for (const { contentType, content } of safe) {
    if (contentType === OID.encryptedData) parts.push(encryptedPart(new Uint8Array(content)))
    else if (contentType === OID.data)
      parts.push(...(await keyParts(new Uint8Array(AsnConvert.parse(content, OctetString, READING).buffer))))
  }
  return parts
}

/** MacData is the third field of the PFX (RFC 7292 section 4); the library fills in a default where there is none. */
function integrityOf(pfx: Tlv): string {
  const fields = DerReader.into(pfx)
  fields.read(TAG.integer, 'version')
  fields.read(TAG.sequence, 'authSafe')
  if (fields.atEnd) return 'none'
  const mac = fields.enter(TAG.sequence, 'MacData')
  const digest = readAlgorithm(mac.enter(TAG.sequence, 'DigestInfo').read(TAG.sequence, 'algorithm'))
  if (digest.oid === OID_PBMAC1) return pbmac1(digest)
  mac.read(TAG.octetString, 'salt')
  const iterations = mac.atEnd ? 1 : readSmallInteger(mac.read(TAG.integer, 'iterations'))
  return `HMAC-${hashOf(digest).toUpperCase()}, ${iterations} iterations`
}

function pbmac1(algorithm: Algorithm): string {
  const { kdf, hash } = readPbmac1(algorithm)
  return `PBMAC1, ${kdfText(kdf)}, HMAC-${hash.toUpperCase()}`
}

/** EncryptedData (RFC 5652 section 8): version, then EncryptedContentInfo with the algorithm as its second field. */
function encryptedPart(encryptedData: Uint8Array): ProtectionPart {
  const fields = DerReader.into(requireOneValue(toDefinite(encryptedData), 'EncryptedData'))
  fields.read(TAG.integer, 'version')
  const content = fields.enter(TAG.sequence, 'EncryptedContentInfo')
  content.read(TAG.oid, 'contentType')
  return { what: 'encrypted part', scheme: schemeOf(content.read(TAG.sequence, 'algorithm')) }
}

async function keyParts(safeContents: Uint8Array): Promise<ProtectionPart[]> {
  const [{ AsnConvert }, { SafeContents, id_keyBag, id_pkcs8ShroudedKeyBag }] = await Promise.all([
    import('@peculiar/asn1-schema'),
    import('@peculiar/asn1-pfx'),
  ])
  const parts: ProtectionPart[] = []
  for (const { bagId, bagValue } of AsnConvert.parse(toDefinite(safeContents), SafeContents, READING)) {
    if (bagId === id_keyBag) parts.push({ what: 'private key', scheme: 'none' })
    if (bagId !== id_pkcs8ShroudedKeyBag) continue
    const fields = DerReader.into(requireOneValue(new Uint8Array(bagValue), 'EncryptedPrivateKeyInfo'))
    parts.push({ what: 'private key', scheme: schemeOf(fields.read(TAG.sequence, 'algorithm')) })
  }
  return parts
}

function schemeOf(encrypted: Tlv): string {
  const algorithm = readAlgorithm(encrypted)
  const { oid, parameters } = algorithm
  if (parameters === undefined) return oid
  if (oid !== OID_PBES2)
    return `${OLD_SCHEMES[oid]?.name ?? oid}, ${readSaltAndCount(parameters).iterations} iterations`
  const { kdf, cipher } = readPbes2(algorithm)
  return `PBES2, ${kdfText(kdf)}, ${cipherText(cipher)}`
}

function cipherText(cipher: Cipher): string {
  if (cipher.kind === 'rc2') return `RC2-CBC with ${cipher.effectiveBits} bits`
  return cipher.kind === 'rc4' ? 'RC4' : cipher.name.toUpperCase()
}

function kdfText(kdf: Pbkdf): string {
  return kdf.kind === 'pbkdf2'
    ? `PBKDF2 with HMAC-${kdf.hash.toUpperCase()}, ${kdf.iterations} iterations`
    : `scrypt with N=${kdf.cost}, r=${kdf.blockSize}, p=${kdf.parallel}`
}
