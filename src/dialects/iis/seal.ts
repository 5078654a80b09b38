import { isCertmanError } from '../../base/errors.ts'
import { decrypt, encryptCbc } from '../../crypto/cipher.ts'
import { hmacSha256 } from '../../crypto/hmac.ts'

/** What an id is sealed for; an id of one purpose does not open as one of another. */
export type SealPurpose = 'Certificates' | 'Certificates.Store' | 'WebServer'

/** An honest id is far shorter: names of stores and ids of records have 256 characters at most. */
const MAX_ID = 2048

/** Ids that are kept: setting up a cipher takes longer than all else about a certificate in a list. */
const KEPT = 50_000

/**
 * Opaque ids as IIS Administration makes them: AES-128-CBC over text, base64url without padding. The initial vector
 * comes from key and purpose, so that the same thing always has the same id.
 *
 * @param key the 16 bytes of the host
 */
export class Seal {
  readonly #key: Uint8Array
  readonly #vectors = new Map<SealPurpose, Uint8Array>()
  readonly #sealed = new Map<string, string>()

  constructor(key: Uint8Array) {
    this.#key = key
  }

  /** The id of a text. */
  close(purpose: SealPurpose, text: string): string {
    const name = `${purpose}\n${text}`
    let id = this.#sealed.get(name)
    if (id === undefined) {
      id = this.#seal(purpose, text)
      if (this.#sealed.size >= KEPT) this.#sealed.clear()
      this.#sealed.set(name, id)
    }
    return id
  }

  /** The text of an id; undefined for what this host never sealed. */
  open(purpose: SealPurpose, id: string): string | undefined {
    if (id.length > MAX_ID || !/^[\w-]+$/.test(id)) return undefined
    const sealed = new Uint8Array(Buffer.from(id, 'base64url'))
    try {
      const plain = decrypt(
        { kind: 'cbc', name: 'aes-128-cbc', iv: this.#vector(purpose) },
        this.#key,
        sealed,
      )
      return new TextDecoder('utf-8', { fatal: true }).decode(plain)
    } catch (error) {
      // wrong padding, no whole blocks, or no UTF-8: made by another host, or by nobody
      if (isCertmanError(error) || error instanceof TypeError) return undefined
      throw error
    }
  }

  #seal(purpose: SealPurpose, text: string): string {
    const secret = { key: this.#key, iv: this.#vector(purpose) }
    const sealed = encryptCbc('aes-128-cbc', secret, new TextEncoder().encode(text))
    return Buffer.from(sealed).toString('base64url')
  }

  #vector(purpose: SealPurpose): Uint8Array {
    let vector = this.#vectors.get(purpose)
    if (!vector) this.#vectors.set(purpose, (vector = hmacSha256(this.#key, purpose).subarray(0, 16)))
    return vector
  }
}
