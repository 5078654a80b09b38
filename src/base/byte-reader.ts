import { CertmanError } from './errors.ts'

/** Takes octets and numbers, big end first, off the front of some bytes. Octets are views, nothing is copied. */
export class ByteReader {
  /** Offset of the next octet. */
  at: number
  readonly #bytes: Uint8Array
  readonly #what: string

  /** @param what names the thing in messages: `Java key store` */
  constructor(bytes: Uint8Array, what: string, start = 0) {
    this.#bytes = bytes
    this.#what = what
    this.at = start
  }

  get rest(): Uint8Array {
    return this.#bytes.subarray(this.at)
  }

  /** @throws {CertmanError} `der.malformed` when fewer are left, as all that reads here */
  take(length: number): Uint8Array {
    const left = this.#bytes.length - this.at
    if (length > left) throw this.malformed(`${length} bytes announced, ${left} left`)
    this.at += length
    return this.#bytes.subarray(this.at - length, this.at)
  }

  /** A number of so many octets; beyond six it may lose its last bits. */
  number(octets: number): number {
    return this.take(octets).reduce((sum, octet) => sum * 256 + octet, 0)
  }

  /** Octets behind their count, which has so many octets itself. */
  counted(octets: number): Uint8Array {
    return this.take(this.number(octets))
  }

  /** The refusal of what stands here. */
  malformed(why: string): CertmanError {
    return new CertmanError('der.malformed', `malformed ${this.#what} at byte ${this.at}: ${why}`)
  }
}
