import { CertmanError } from '../../base/errors.ts'
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

const HASHES = ['none', 'md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512']
const SIGNATURES = ['anonymous', 'rsa', 'dsa', 'ecdsa']

/** Takes pieces off the front of TLS-encoded bytes (RFC 5246 section 4). */
class TlsReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  take(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length)
      throw new CertmanError('der.malformed', `truncated SCT list at byte ${this.#at} of its content`)
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  number(octets: number): number {
    return this.take(octets).reduce((sum, octet) => sum * 256 + octet, 0)
  }

  /** A vector with a length of two octets before it. */
  vector(): Uint8Array {
    return this.take(this.number(2))
  }
}

/** SignedCertificateTimestampList (RFC 6962 section 3.3): in an OCTET STRING, not DER inside. */
export function decodeTimestampList(tlv: Tlv): readonly SignedCertificateTimestamp[] {
  const outer = new TlsReader(contentOf(requireTag(tlv, TAG.octetString, 'the list of timestamps')))
  const list = new TlsReader(outer.vector())
  if (!outer.atEnd) throw new CertmanError('der.malformed', 'bytes follow the SCT list')
  const timestamps: SignedCertificateTimestamp[] = []
  while (!list.atEnd) timestamps.push(readTimestamp(list.vector()))
  return timestamps
}

function readTimestamp(bytes: Uint8Array): SignedCertificateTimestamp {
  const reader = new TlsReader(bytes)
  const version = reader.number(1) + 1
  if (version !== 1) return { version, hex: toHex(bytes) }
  const logId = toHex(reader.take(32))
  const milliseconds = reader.number(8)
  const extensions = toHex(reader.vector())
  const [hash, signature] = [reader.number(1), reader.number(1)]
  // the largest time that a Date holds; a later one is damage
  if (milliseconds > 8.64e15) throw new CertmanError('der.malformed', 'no such date in an SCT')
  return {
    version,
    logId,
    timestamp: new Date(milliseconds).toISOString(),
    ...(extensions !== '' && { extensions }),
    hashAlgorithm: HASHES[hash] ?? String(hash),
    signatureAlgorithm: SIGNATURES[signature] ?? String(signature),
    signature: toHex(reader.vector()),
  }
}
