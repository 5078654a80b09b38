import { toDefinite } from '../../asn1/ber.ts'
import { DerReader, TAG, type Tlv } from '../../asn1/reader.ts'
import { sameBytes } from '../../base/bytes.ts'
import { CertmanError, isCertmanError } from '../../base/errors.ts'
import { Secret } from '../../base/secret.ts'
import { formTakenByMac, verifyPasswordMac, type PasswordMac } from '../../crypto/pbe-mac.ts'
import { NULL_PASSWORD, passwordForm, type PasswordForm } from '../../crypto/pbe-password.ts'
import type { PbeWork } from '../../crypto/pbe-work.ts'
import { decryptWithForm, formTaken } from '../../crypto/pbe.ts'

/** The forms that need no asking: the empty password and the null password. */
export const SILENT_FORMS: readonly PasswordForm[] = [passwordForm(new Secret('')), NULL_PASSWORD]

/** The form that made the MAC. */
export function formOfMac(
  protectedContent: { readonly mac: PasswordMac; readonly content: Uint8Array },
  forms: readonly PasswordForm[],
  work: PbeWork,
): PasswordForm | undefined {
  const candidates = distinct(forms, formTakenByMac(protectedContent.mac))
  return candidates.find((form) => verifyPasswordMac(protectedContent, form, work))
}

/** Forms that differ in what counts here; each costs a whole derivation. */
function distinct(forms: readonly PasswordForm[], taken: keyof PasswordForm): readonly PasswordForm[] {
  return forms.filter((form, i) => forms.findIndex((other) => sameSecret(other[taken], form[taken])) === i)
}

const sameSecret = (a: Secret, b: Secret): boolean => a.use((x) => b.use((y) => sameBytes(x, y)))

/**
 * The plain bytes under the first form that opens them, checked to be one whole SEQUENCE: padding alone lets 1 of 256
 * wrong passwords pass, and RC4 has none.
 */
export function openWithForms(
  encrypted: { readonly algorithm: Tlv; readonly ciphertext: Uint8Array },
  forms: readonly PasswordForm[],
  work: PbeWork,
): { readonly plain: Uint8Array; readonly form: PasswordForm } | undefined {
  for (const form of distinct(forms, formTaken(encrypted.algorithm))) {
    const opened = tryOpen(encrypted, form, work)
    const plain = opened && oneSequence(opened)
    if (plain !== undefined) return { plain, form }
  }
  return undefined
}

function tryOpen(
  encrypted: { readonly algorithm: Tlv; readonly ciphertext: Uint8Array },
  form: PasswordForm,
  work: PbeWork,
): Uint8Array | undefined {
  try {
    return decryptWithForm(encrypted, form, work)
  } catch (error) {
    if (isCertmanError(error, 'password.wrong')) return undefined
    throw error
  }
}

/** The whole of `plain` as one SEQUENCE of definite length, or undefined. */
function oneSequence(plain: Uint8Array): Uint8Array | undefined {
  try {
    const definite = toDefinite(plain)
    const reader = new DerReader(definite)
    reader.read(TAG.sequence)
    return reader.atEnd ? definite : undefined
  } catch (error) {
    if (error instanceof CertmanError) return undefined
    throw error
  }
}
