import { createPublicKey, KeyObject, webcrypto } from 'node:crypto'
import { asBuffer } from '../asn1/strings.ts'
import { Recent } from '../base/recent.ts'

/**
 * OpenSSL 3.0 (Node 20) and 3.1 put their decoders together anew for every key, which takes up to three times as long as
 * reading it; later ones keep them, and other ways gain nothing. Requests come by the thousand.
 */
const HAS_SLOW_DECODERS = /^3\.[01]\./.test(process.versions.openssl)

/** SubjectPublicKeyInfo of the usual keys, up to where their numbers begin: there is one way to write it. */
const heads = {
  /** Named curves with an uncompressed point (RFC 5480 section 2), up to and without the octet 4 that begins it. */
  ec: (
    [
      ['3059301306072a8648ce3d020106082a8648ce3d030107034200', 'P-256', 32],
      ['3076301006072a8648ce3d020106052b81040022036200', 'P-384', 48],
      ['30819b301006072a8648ce3d020106052b8104002303818600', 'P-521', 66],
    ] as const
  ).map(([head, namedCurve, octets]) => ({ head: Buffer.from(head, 'hex'), namedCurve, octets })),
  /** The AlgorithmIdentifier of rsaEncryption, with NULL (RFC 3279 section 2.3.1). RSA-PSS keys, which may be restricted, have another. */
  rsa: Buffer.from('300d06092a864886f70d0101010500', 'hex'),
}

/** By their octets: a few authorities sign nearly everything, and reading a key costs as much as using it. */
const recent = new Recent<KeyObject>(32)

/** OpenSSL verifies with RSA keys of 16,384 bits at most; longer ones come from nobody honest, and are not kept. */
const LONGEST = 4096

/**
 * A public key to verify with.
 *
 * @param spki SubjectPublicKeyInfo DER
 * @returns undefined for a key that OpenSSL cannot read, and for a point that is not on its curve
 */
export function verificationKey(spki: Uint8Array): KeyObject | undefined {
  try {
    const bytes = asBuffer(spki)
    if (bytes.length > LONGEST) return readKey(bytes)
    return recent.of(bytes.toString('latin1'), () => readKey(bytes))
  } catch {
    return undefined
  }
}

const readKey = (spki: Buffer): KeyObject =>
  (HAS_SLOW_DECODERS ? (p256Key(spki) ?? rsaKey(spki)) : undefined) ??
  createPublicKey({ key: spki, format: 'der', type: 'spki' })

/**
 * The same, quicker for EC keys where the decoders are slow. WebCrypto's raw form (SEC 1 section 2.3.4) is the only one
 * for which OpenSSL 3.0 does not multiply the point by the order of the curve: on these curves, whose cofactor is 1,
 * every point has that order.
 */
export async function verificationKeySoon(spki: Uint8Array): Promise<KeyObject | undefined> {
  const bytes = asBuffer(spki)
  const curve = HAS_SLOW_DECODERS ? curveOf(bytes) : undefined
  if (!curve) return verificationKey(spki)
  const { head, namedCurve } = curve
  try {
    const point = bytes.subarray(head.length)
    const algorithm = { name: 'ECDSA', namedCurve }
    return KeyObject.from(await webcrypto.subtle.importKey('raw', point, algorithm, true, ['verify']))
  } catch {
    return undefined
  }
}

function curveOf(spki: Buffer): (typeof heads.ec)[number] | undefined {
  return heads.ec.find(
    ({ head, octets }) =>
      spki.length === head.length + 1 + 2 * octets && spki[head.length] === 4 && spki.indexOf(head) === 0,
  )
}

/** As numbers (RFC 7518 section 6.2.1); this form is slower than the decoders on the larger curves. */
function p256Key(spki: Buffer): KeyObject | undefined {
  const curve = curveOf(spki)
  if (curve?.namedCurve !== 'P-256') return undefined
  const at = curve.head.length + 1
  const [x, y] = [spki.toString('base64url', at, at + 32), spki.toString('base64url', at + 32)]
  return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
}

/** The RSAPublicKey inside (RFC 8017 appendix A.1.1). */
function rsaKey(spki: Buffer): KeyObject | undefined {
  // SEQUENCE { AlgorithmIdentifier, BIT STRING } with lengths of two octets each, and no unused bits
  const bits = 4 + heads.rsa.length
  const key = bits + 5
  const isUsual =
    spki.length > key + 6 &&
    spki.readUInt16BE(0) === 0x3082 &&
    spki.readUInt16BE(2) === spki.length - 4 &&
    spki.compare(heads.rsa, 0, heads.rsa.length, 4, bits) === 0 &&
    spki.readUInt16BE(bits) === 0x0382 &&
    spki.readUInt16BE(bits + 2) === spki.length - bits - 4 &&
    spki[bits + 4] === 0 &&
    // a modulus comes first, of two octets of length: Node would take an RSAPrivateKey as well, whose version does
    spki.readUInt16BE(key) === 0x3082 &&
    spki.readUInt16BE(key + 4) === 0x0282
  if (!isUsual) return undefined
  return createPublicKey({ key: spki.subarray(key), format: 'der', type: 'pkcs1' })
}
