import { CertmanError } from '../base/errors.ts'

/** Reads the data types of SSH (RFC 4251 section 5) one after the other. */
export class SshReader {
  readonly #bytes: Uint8Array
  readonly #what: string
  #at: number

  /** @param what names the thing in messages: `OpenSSH private key` */
  constructor(bytes: Uint8Array, what: string, start = 0) {
    this.#bytes = bytes
    this.#what = what
    this.#at = start
  }

  get rest(): Uint8Array {
    return this.#bytes.subarray(this.#at)
  }

  uint32(): number {
    if (this.#at + 4 > this.#bytes.length) throw this.#truncated()
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#at, 4)
    this.#at += 4
    return view.getUint32(0)
  }

  /** A `string` as octets, without a copy. */
  bytes(): Uint8Array {
    const length = this.uint32()
    if (length > this.#bytes.length - this.#at) throw this.#truncated()
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  text(): string {
    return Buffer.from(this.bytes()).toString('utf8')
  }

  /** A non-negative `mpint`. */
  mpint(): bigint {
    const hex = Buffer.from(this.bytes()).toString('hex')
    return hex === '' ? 0n : BigInt(`0x${hex}`)
  }

  /** That many `mpint`s in a row. */
  mpints(count: number): bigint[] {
    return Array.from({ length: count }, () => this.mpint())
  }

  #truncated(): CertmanError {
    return new CertmanError('der.malformed', `the ${this.#what} is cut short`)
  }
}
