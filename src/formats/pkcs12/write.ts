import {
  bmpString,
  explicit,
  implicit,
  integer,
  octetString,
  oid,
  sequence,
  setOf,
} from '../../asn1/writer.ts'
import { toHex } from '../../base/bytes.ts'
import { CertmanError } from '../../base/errors.ts'
import { Secret } from '../../base/secret.ts'
import { sha1 } from '../../crypto/digest.ts'
import { makePasswordMac } from '../../crypto/pbe-mac.ts'
import { passwordForm } from '../../crypto/pbe-password.ts'
import { encryptWithPbeSha1TripleDes, pbes2Sealer, type Encrypted } from '../../crypto/pbe.ts'
import { OID } from './oids.ts'
import { targetNamed, type Pkcs12Protection } from './targets.ts'

/** One certificate, with its key and issuers where there are any. */
export interface Pkcs12Entry {
  /** PKCS#8. Without a key the certificates are marked as trusted, so that Java shows them. */
  readonly key?: Secret
  /** DER. */
  readonly certificate: Uint8Array
  /** DER, nearest issuer first. */
  readonly chain: readonly Uint8Array[]
  readonly friendlyName?: string
  /** Name of the provider into which Windows is to import the key. */
  readonly keyProvider?: string
}

/** A file to write. Certificates that occur several times are written once. */
export interface Pkcs12Content {
  readonly entries: readonly Pkcs12Entry[]
  /** Further certificates, marked as trusted. */
  readonly trusted?: readonly Uint8Array[]
  readonly password: Secret
  /** A row of `PKCS12_TARGETS`; default `modern`. */
  readonly target?: string
  /** Replaces single choices of the target. */
  readonly protection?: Partial<Pkcs12Protection>
  /** Keys before certificates, for readers that go by position (Go's x/crypto); default: certificates first. */
  readonly keysFirst?: true
}

/**
 * A PKCS#12 file (RFC 7292), DER: the certificates as one part and the keys as another, in the order in which OpenSSL
 * writes them. `localKeyId`, the SHA-1 of the certificate, pairs a key with its certificate. Every encrypted piece has
 * an IV of its own, each of the two parts a salt: readers stop at files that want a derivation for each of a thousand keys.
 *
 * @param random cryptographic randomness
 * @throws {CertmanError} `input.invalid` for an unknown target, or one that cannot take the password
 */
export function writePkcs12(content: Pkcs12Content, random: (length: number) => Uint8Array): Uint8Array {
  const target = targetNamed(content.target ?? 'modern')
  if (target.asciiPassword) requireAscii(content.password)
  const { encryption, mac, iterations } = { ...target, ...content.protection }
  const writing = { protection: { encryption, mac, iterations }, password: content.password, random }
  const keys = content.entries.filter((entry) => entry.key !== undefined)
  const certificates = [certificatePart(certificateBags(content), writing)]
  const keyParts = keys.length === 0 ? [] : [dataPart(sequence(...keyBags(keys, writing)))]
  const safe = sequence(
    ...(content.keysFirst ? [...keyParts, ...certificates] : [...certificates, ...keyParts]),
  )
  return sequence(integer(3), dataPart(safe), ...macData(safe, writing))
}

interface Writing {
  readonly protection: Pkcs12Protection
  readonly password: Secret
  readonly random: (length: number) => Uint8Array
}

function requireAscii(password: Secret): void {
  if (password.use((bytes) => bytes.every((byte) => byte >= 0x20 && byte < 0x7f))) return
  throw new CertmanError('input.invalid', 'Java takes only passwords of ASCII characters', {
    hint: 'choose another password, or another target with --for',
  })
}

/** ContentInfo of type data (RFC 5652 section 4). */
const dataPart = (content: Uint8Array): Uint8Array =>
  sequence(oid(OID.data), explicit(0, octetString(content)))

/** ContentInfo of type encryptedData (RFC 5652 section 8). */
function certificatePart(bags: readonly Uint8Array[], writing: Writing): Uint8Array {
  const safe = sequence(...bags)
  if (writing.protection.encryption === 'none') return dataPart(safe)
  const { algorithm, ciphertext } = sealer(writing)(new Secret(safe))
  const encrypted = sequence(oid(OID.data), algorithm, implicit(0, ciphertext))
  return sequence(oid(OID.encryptedData), explicit(0, sequence(integer(0), encrypted)))
}

/** Encrypts what belongs to one part. */
function sealer({ protection, password, random }: Writing): (plain: Secret) => Encrypted {
  const { encryption, iterations } = protection
  if (encryption === 'none') throw new TypeError('sealer: nothing to encrypt with')
  // here the salt makes the IV as well: no two may share it
  if (encryption === '3des')
    return (plain) => encryptWithPbeSha1TripleDes(plain, password, { random, iterations })
  return pbes2Sealer(password, { random, iterations, cipher: encryption })
}

function certificateBags({ entries, trusted = [] }: Pkcs12Content): Uint8Array[] {
  const bags = new Map<string, Uint8Array>()
  const add = (der: Uint8Array, attributes: readonly Uint8Array[]): void => {
    const digest = toHex(sha1(der))
    if (!bags.has(digest)) bags.set(digest, certificateBag(der, attributes))
  }
  for (const { key, certificate, friendlyName } of entries) {
    const mark = key === undefined ? [TRUSTED] : [localKeyId(certificate)]
    add(certificate, [...mark, ...(friendlyName === undefined ? [] : [nameAttribute(friendlyName)])])
  }
  for (const { key, chain } of entries) for (const der of chain) add(der, key === undefined ? [TRUSTED] : [])
  for (const der of trusted) add(der, [TRUSTED])
  return [...bags.values()]
}

function certificateBag(der: Uint8Array, attributes: readonly Uint8Array[]): Uint8Array {
  const value = sequence(oid(OID.x509Certificate), explicit(0, octetString(der)))
  return bag(OID.certBag, value, attributes)
}

function keyBags(entries: readonly Pkcs12Entry[], writing: Writing): readonly Uint8Array[] {
  if (writing.protection.encryption === 'none')
    return entries.map((entry) => entry.key!.use((bytes) => bag(OID.keyBag, bytes, keyAttributes(entry))))
  const seal = sealer(writing)
  return entries.map((entry) => {
    const { algorithm, ciphertext } = seal(entry.key!)
    return bag(OID.shroudedKeyBag, sequence(algorithm, octetString(ciphertext)), keyAttributes(entry))
  })
}

function keyAttributes({ certificate, friendlyName, keyProvider }: Pkcs12Entry): readonly Uint8Array[] {
  const name = friendlyName === undefined ? [] : [nameAttribute(friendlyName)]
  const provider = keyProvider === undefined ? [] : [attribute(OID.keyProvider, bmpString(keyProvider))]
  return [localKeyId(certificate), ...name, ...provider]
}

/** SafeBag (RFC 7292 section 4.2); without attributes the SET is left out. */
const bag = (type: string, value: Uint8Array, attributes: readonly Uint8Array[]): Uint8Array =>
  sequence(oid(type), explicit(0, value), ...(attributes.length === 0 ? [] : [setOf(attributes)]))

const attribute = (type: string, value: Uint8Array): Uint8Array => sequence(oid(type), setOf([value]))
const nameAttribute = (name: string): Uint8Array => attribute(OID.friendlyName, bmpString(name))
const localKeyId = (der: Uint8Array): Uint8Array => attribute(OID.localKeyId, octetString(sha1(der)))

/** Java takes a certificate without a key only with this attribute; OpenSSL writes it as `-jdktrust anyExtendedKeyUsage`. */
const TRUSTED = attribute(OID.javaTrusted, oid(OID.anyExtendedKeyUsage))

/** MacData (RFC 7292 section 4); none, when no MAC is wanted. */
function macData(content: Uint8Array, { protection, password, random }: Writing): Uint8Array[] {
  const { mac, iterations } = protection
  if (mac === 'none') return []
  const salt = random(16)
  const { algorithm, digest } = makePasswordMac({ mac, iterations, salt }, passwordForm(password), content)
  const digestInfo = sequence(algorithm, octetString(digest))
  // with PBMAC1 salt and count stand in its parameters, and these two fields are ignored (RFC 9579 section 4); the count
  // is 1, which is the default and so not written (X.690 section 11.5)
  if (mac === 'pbmac1') return [sequence(digestInfo, octetString(new Uint8Array(Buffer.from('NOT USED'))))]
  return [sequence(digestInfo, octetString(salt), ...(iterations === 1 ? [] : [integer(iterations)]))]
}
