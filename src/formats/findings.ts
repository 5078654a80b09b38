import { isCertmanError, type CertmanError } from '../base/errors.ts'
import { Secret } from '../base/secret.ts'
import { publicKeyOfPkcs8 } from '../crypto/keys.ts'
import { knownFacts } from '../x509/known-facts.ts'
import type { Item, LeftItem, Place } from './items.ts'

type Labels<T extends Item['type']> = Omit<
  Extract<Item, { type: T }>,
  'type' | 'der' | 'pkcs8' | 'spki' | 'place'
>

/** What a key store of many entries held, in reading order. One that cannot be read is left, and keeps no other from being read. */
export class Findings {
  readonly items: Item[] = []
  readonly left: LeftItem[] = []
  /** Why the first entry that could not be read was left. */
  refusal: CertmanError | undefined
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  /** Notes what nobody can take. @param at where it stood: `bag 2` */
  leave(what: string, why: string, at?: string): void {
    this.left.push({ what, why, place: this.#place(at) })
  }

  /** Says of a key store without entries that it is one. */
  leaveEmpty(keyStore: string): void {
    if (this.items.length === 0 && this.left.length === 0)
      this.leave(`empty ${keyStore}`, 'it holds no certificate and no key')
  }

  /** Leaves what `error` says cannot be read here. @throws the error itself, when it says anything else */
  leaveUnreadable(error: unknown, what: string, at: string): void {
    if (!isCertmanError(error, 'format.unsupported') && !isCertmanError(error, 'der.malformed')) throw error
    this.refusal ??= error
    this.leave(what, error.message, at)
  }

  takeCertificate(der: Uint8Array, at: string, labels: Labels<'certificate'>): void {
    try {
      knownFacts(der) // refuses what is malformed
      this.items.push({ type: 'certificate', der, place: this.#place(at), ...labels })
    } catch (error) {
      this.leaveUnreadable(error, 'certificate', at)
    }
  }

  /** @param plain PKCS#8 */
  takeKey(plain: Uint8Array, at: string, labels: Labels<'private-key'>): void {
    const pkcs8 = new Secret(plain)
    try {
      const spki = publicKeyOfPkcs8(pkcs8)
      this.items.push({ type: 'private-key', pkcs8, spki, place: this.#place(at), ...labels })
    } catch (error) {
      this.leaveUnreadable(error, 'private key', at)
    }
  }

  #place(at: string | undefined): Place {
    return { file: this.#file, ...(at !== undefined && { at }) }
  }
}
