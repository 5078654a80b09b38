import { ByteReader } from '../../base/byte-reader.ts'
import { toHex } from '../../base/bytes.ts'
import { contentOf, requireTag, TAG, type Tlv } from '../../asn1/reader.ts'

/** One SignedCertificateTimestamp (RFC 6962 section 3.2). Hashes, keys and signatures are hex. */
export interface SignedCertificateTimestamp {
  /** 1, encoded as 0. */
  readonly version: number
  /** SHA-256 of the log's key. */
  readonly logId?: string
  readonly timestamp?: string
  readonly extensions?: string
  /** TLS names such as `sha256` and `ecdsa` (RFC 5246 section 7.4.1.4.1), numbers as text where unknown. */
  readonly hashAlgorithm?: string
  readonly signatureAlgorithm?: string
  readonly signature?: string
  /** The whole SCT, of a version that is not known. */
  readonly hex?: string
}

const WHAT = 'SCT list'
const HASHES = ['none', 'md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512']
const SIGNATURES = ['anonymous', 'rsa', 'dsa', 'ecdsa']

/** SignedCertificateTimestampList (RFC 6962 section 3.3): in an OCTET STRING, not DER inside. */
export function decodeTimestampList(tlv: Tlv): readonly SignedCertificateTimestamp[] {
  const outer = new ByteReader(contentOf(requireTag(tlv, TAG.octetString, 'the list of timestamps')), WHAT)
  // vectors of RFC 5246 section 4, their lengths in two octets
  const list = new ByteReader(outer.counted(2), WHAT)
  if (outer.rest.length > 0) throw outer.malformed('bytes follow it')
  const timestamps: SignedCertificateTimestamp[] = []
  while (list.rest.length > 0) timestamps.push(readTimestamp(list.counted(2)))
  return timestamps
}

function readTimestamp(bytes: Uint8Array): SignedCertificateTimestamp {
  const reader = new ByteReader(bytes, WHAT)
  const version = reader.number(1) + 1
  if (version !== 1) return { version, hex: toHex(bytes) }
  const logId = toHex(reader.take(32))
  const milliseconds = reader.number(8)
  const extensions = toHex(reader.counted(2))
  const [hash, signature] = [reader.number(1), reader.number(1)]
  // the largest time that a Date holds; a later one is damage
  if (milliseconds > 8.64e15) throw reader.malformed('no such date')
  return {
    version,
    logId,
    timestamp: new Date(milliseconds).toISOString(),
    ...(extensions !== '' && { extensions }),
    hashAlgorithm: HASHES[hash] ?? String(hash),
    signatureAlgorithm: SIGNATURES[signature] ?? String(signature),
    signature: toHex(reader.counted(2)),
  }
}
