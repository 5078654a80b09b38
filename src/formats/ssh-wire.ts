import { ByteReader } from '../base/byte-reader.ts'
import { toHex } from '../base/bytes.ts'

/** Reads the data types of SSH (RFC 4251 section 5) one after the other. @throws {CertmanError} `der.malformed` */
export class SshReader extends ByteReader {
  uint32(): number {
    return this.number(4)
  }

  /** A `string` as octets, without a copy. */
  bytes(): Uint8Array {
    return this.counted(4)
  }

  text(): string {
    return Buffer.from(this.bytes()).toString('utf8')
  }

  /** A non-negative `mpint`. */
  mpint(): bigint {
    const hex = toHex(this.bytes())
    return hex === '' ? 0n : BigInt(`0x${hex}`)
  }

  /** That many `mpint`s in a row. */
  mpints(count: number): bigint[] {
    return Array.from({ length: count }, () => this.mpint())
  }
}
