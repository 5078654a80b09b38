import type { Tlv } from '../../asn1/reader.ts'
import { sameBytes } from '../../base/bytes.ts'
import { isCertmanError } from '../../base/errors.ts'
import { Secret } from '../../base/secret.ts'
import { formTakenByMac, verifyPasswordMac, type PasswordMac } from '../../crypto/pbe-mac.ts'
import {
  NULL_PASSWORD,
  passwordForm,
  type PasswordForm,
  type PasswordKind,
} from '../../crypto/pbe-password.ts'
import { unsupportedInPkcs12 } from '../../crypto/pbe-unsupported.ts'
import type { PbeWork } from '../../crypto/pbe-work.ts'
import { decryptWithForm, formTaken } from '../../crypto/pbe.ts'
import { wholeSequence } from '../whole-sequence.ts'

/** The forms that need no asking: the empty password and the null password. */
export const SILENT_FORMS: readonly PasswordForm[] = [passwordForm(new Secret('')), NULL_PASSWORD]

/** The form that made the MAC. */
export function formOfMac(
  protectedContent: { readonly mac: PasswordMac; readonly content: Uint8Array },
  forms: readonly PasswordForm[],
  work: PbeWork,
): PasswordForm | undefined {
  const candidates = distinct(forms, formTakenByMac(protectedContent.mac))
  try {
    return candidates.find((form) => verifyPasswordMac(protectedContent, form, work))
  } catch (error) {
    throw isCertmanError(error, 'format.unsupported') ? unsupportedInPkcs12(error) : error
  }
}

/** Forms that differ in what counts here; each costs a whole derivation. */
function distinct(forms: readonly PasswordForm[], taken: PasswordKind): readonly PasswordForm[] {
  return forms.filter((form, i) => forms.findIndex((other) => sameSecret(other[taken], form[taken])) === i)
}

const sameSecret = (a: Secret, b: Secret): boolean => a.use((x) => b.use((y) => sameBytes(x, y)))

/** The plain bytes, one whole SEQUENCE, under the first form that opens them. */
export function openWithForms(
  encrypted: { readonly algorithm: Tlv; readonly ciphertext: Uint8Array },
  forms: readonly PasswordForm[],
  work: PbeWork,
): { readonly plain: Uint8Array; readonly form: PasswordForm } | undefined {
  for (const form of distinct(forms, formTaken(encrypted.algorithm))) {
    const opened = tryOpen(encrypted, form, work)
    const plain = opened && wholeSequence(opened)
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
    throw isCertmanError(error, 'format.unsupported') ? unsupportedInPkcs12(error) : error
  }
}
