import type { AuthorityWish } from '../store/authority-orders.ts'
import { parseConstraintName } from '../x509/general-name-text.ts'
import { parseNameText } from '../x509/name-text.ts'

/** An authority as a person describes it. */
export interface AuthorityText extends Omit<AuthorityWish, 'subject' | 'nameConstraints'> {
  /** RFC 4514 text. */
  readonly subject: string
  /** `dns:corp.example`, `ip:10.0.0.0/8`, `email:corp.example`, `dirName:O=Example` … */
  readonly permitted?: readonly string[]
  readonly excluded?: readonly string[]
}

/** The same in the terms of the store. @throws {CertmanError} `input.invalid` naming the field */
export function authorityWishOf(text: AuthorityText): AuthorityWish {
  const { subject, permitted = [], excluded = [], ...rest } = text
  const isFree = permitted.length + excluded.length === 0
  const nameConstraints = {
    ...(permitted.length > 0 && { permitted: permitted.map(parseConstraintName) }),
    ...(excluded.length > 0 && { excluded: excluded.map(parseConstraintName) }),
  }
  return { ...rest, subject: parseNameText(subject), ...(!isFree && { nameConstraints }) }
}
