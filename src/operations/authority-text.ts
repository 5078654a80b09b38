import type { AuthorityWish } from '../store/authority-orders.ts'

/** An authority as a person describes it. */
export interface AuthorityText extends Omit<AuthorityWish, 'subject' | 'nameConstraints'> {
  /** RFC 4514 text. */
  readonly subject: string
  /** `dns:corp.example`, `ip:10.0.0.0/8`, `email:corp.example`, `dirName:O=Example` … */
  readonly permitted?: readonly string[]
  readonly excluded?: readonly string[]
}

/** The same in the terms of the store. @throws {CertmanError} `input.invalid` naming the field */
export function authorityWishOf(_text: AuthorityText): AuthorityWish {
  throw new TypeError('not built yet')
}
