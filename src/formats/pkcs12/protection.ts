import { requireOneValue } from '../../asn1/gate.ts'
import { readAlgorithm, type Algorithm } from '../../asn1/algorithm.ts'
import { toDefinite } from '../../asn1/ber.ts'
import { DerReader, TAG, type Tlv } from '../../asn1/reader.ts'
import { readSmallInteger } from '../../asn1/values.ts'
import {
  OID_PBES2,
  OID_PBMAC1,
  hashOf,
  readCipher,
  readPbkdf,
  type Pbkdf,
} from '../../crypto/pbe-algorithms.ts'

/** Values that the library may read; without it 10,000, about 80 certificates. `toDefinite` has its own limit. */
const READING = { berOptions: { maxNodes: 1_000_000 } }

/** How one part of a PKCS#12 file is protected; no password is needed to know it. */
export interface ProtectionPart {
  readonly what: 'integrity' | 'encrypted part' | 'private key'
  /** `PBES2, PBKDF2 with HMAC-SHA256, 2048 iterations, AES-256-CBC`; `none`. */
  readonly scheme: string
}

/** RFC 7292 appendix C. */
const PKCS12_PBE: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.12.1.1': 'pbeWithSHAAnd128BitRC4',
  '1.2.840.113549.1.12.1.2': 'pbeWithSHAAnd40BitRC4',
  '1.2.840.113549.1.12.1.3': 'pbeWithSHAAnd3-KeyTripleDES-CBC',
  '1.2.840.113549.1.12.1.4': 'pbeWithSHAAnd2-KeyTripleDES-CBC',
  '1.2.840.113549.1.12.1.5': 'pbeWithSHAAnd128BitRC2-CBC',
  '1.2.840.113549.1.12.1.6': 'pbeWithSHAAnd40BitRC2-CBC',
}
const ID_DATA = '1.2.840.113549.1.7.1'
const ID_ENCRYPTED_DATA = '1.2.840.113549.1.7.6'

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
    if (contentType === ID_ENCRYPTED_DATA) parts.push(encryptedPart(new Uint8Array(content)))
    else if (contentType === ID_DATA)
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
  if (digest.oid === OID_PBMAC1) return `PBMAC1, ${pbmac1(digest)}`
  mac.read(TAG.octetString, 'salt')
  const iterations = mac.atEnd ? 1 : readSmallInteger(mac.read(TAG.integer, 'iterations'))
  return `HMAC-${hashOf(digest).toUpperCase()}, ${iterations} iterations`
}

function pbmac1({ parameters }: Algorithm): string {
  const fields = DerReader.into(parameters!)
  const kdf = kdfText(readPbkdf(readAlgorithm(fields.read(TAG.sequence, 'keyDerivationFunc'))))
  return `${kdf}, HMAC-${hashOf(readAlgorithm(fields.read(TAG.sequence, 'messageAuthScheme'))).toUpperCase()}`
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

function schemeOf(algorithm: Tlv): string {
  const { oid, parameters } = readAlgorithm(algorithm)
  if (parameters === undefined) return oid
  const fields = DerReader.into(parameters)
  if (oid === OID_PBES2) {
    const kdf = kdfText(readPbkdf(readAlgorithm(fields.read(TAG.sequence, 'keyDerivationFunc'))))
    return `PBES2, ${kdf}, ${cipherText(fields.read(TAG.sequence, 'encryptionScheme'))}`
  }
  fields.read(TAG.octetString, 'salt')
  return `${PKCS12_PBE[oid] ?? oid}, ${readSmallInteger(fields.read(TAG.integer, 'iterations'))} iterations`
}

function cipherText(algorithm: Tlv): string {
  const { cipher } = readCipher(readAlgorithm(algorithm))
  if (cipher.kind === 'rc2') return `RC2-CBC with ${cipher.effectiveBits} bits`
  return cipher.kind === 'rc4' ? 'RC4' : cipher.name.toUpperCase()
}

function kdfText(kdf: Pbkdf): string {
  return kdf.kind === 'pbkdf2'
    ? `PBKDF2 with HMAC-${kdf.hash.toUpperCase()}, ${kdf.iterations} iterations`
    : `scrypt with N=${kdf.cost}, r=${kdf.blockSize}, p=${kdf.parallel}`
}
