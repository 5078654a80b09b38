import { hash as oneShot } from 'node:crypto'
import { sameBytes } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import { contentOf, contextTag, DerReader, TAG } from '../asn1/reader.ts'

/** Bytes of the expanded ML-KEM private key by algorithm: dk of K-PKE, then ek, H(ek), z (FIPS 203 section 7.1). */
const ML_KEM: Readonly<Record<string, { readonly pke: number; readonly ek: number }>> = {
  '2.16.840.1.101.3.4.4.1': { pke: 768, ek: 800 },
  '2.16.840.1.101.3.4.4.2': { pke: 1152, ek: 1184 },
  '2.16.840.1.101.3.4.4.3': { pke: 1536, ek: 1568 },
}

/** d and z (FIPS 203 section 7.1). */
const SEED_LENGTH = 64

const SLH_DSA_ARC = '2.16.840.1.101.3.4.3.'

/** n of SLH-DSA by the last arc: 20 to 31 are the pure sets, 35 to 46 the pre-hash ones (RFC 9909 section 3). */
function slhDsaSize(oid: string): number | undefined {
  if (!oid.startsWith(SLH_DSA_ARC)) return undefined
  const arc = Number(oid.slice(SLH_DSA_ARC.length))
  const index = arc >= 20 && arc <= 31 ? arc - 20 : arc >= 35 && arc <= 46 ? arc - 35 : undefined
  return index === undefined ? undefined : [16, 24, 32][Math.floor(index / 2) % 3]
}

/**
 * The public key that stands inside a post-quantum private key: SLH-DSA keys end with it (FIPS 205 section 9.1),
 * expanded ML-KEM keys contain it. ML-DSA keys and seeds contain none.
 *
 * @param privateKey content of the privateKey OCTET STRING
 * @returns raw public key, or undefined when there is none inside
 * @throws {CertmanError} `der.malformed` when the key has the wrong length or its inner hash disagrees
 */
export function pqcPublicKey(algorithmOid: string, privateKey: Uint8Array): Uint8Array | undefined {
  const n = slhDsaSize(algorithmOid)
  if (n !== undefined) {
    if (privateKey.length !== 4 * n)
      throw new CertmanError(
        'der.malformed',
        `SLH-DSA private key of ${privateKey.length} bytes, not ${4 * n}`,
      )
    return privateKey.subarray(2 * n)
  }
  const kem = ML_KEM[algorithmOid]
  const expanded = kem && expandedKey(privateKey, kem.pke + kem.ek + 64)
  if (!kem || !expanded) return undefined
  const ek = expanded.subarray(kem.pke, kem.pke + kem.ek)
  const hash = expanded.subarray(kem.pke + kem.ek, kem.pke + kem.ek + 32)
  if (!sameBytes(oneShot('sha3-256', ek, 'buffer'), hash))
    throw new CertmanError('der.malformed', 'ML-KEM private key whose inner hash disagrees')
  return ek
}

/**
 * expandedKey of `CHOICE { seed [0], expandedKey OCTET STRING, both SEQUENCE }` (RFC 9935 section 6). Older writers,
 * Bouncy Castle 1.80 among them, put the bare octets of seed or key there.
 *
 * @param length of the expanded key
 */
function expandedKey(privateKey: Uint8Array, length: number): Uint8Array | undefined {
  if (privateKey.length === length) return privateKey
  if (privateKey.length === SEED_LENGTH) return undefined
  const reader = new DerReader(privateKey)
  if (reader.peek() === contextTag(0, false)) return undefined
  const both = reader.enterIf(TAG.sequence)
  both?.read(TAG.octetString, 'the seed')
  return contentOf((both ?? reader).read(TAG.octetString, 'the expanded key'))
}
