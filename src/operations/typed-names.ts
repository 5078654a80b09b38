import { parseGeneralName } from '../x509/general-name-text.ts'
import { parseNameText } from '../x509/name-text.ts'

/** DER of a distinguished name as typed (RFC 4514, or OpenSSL's old form). @throws {CertmanError} `input.invalid` */
export const typedSubject = (text: string): Uint8Array => parseNameText(text)

/** DER of alternative names as typed: `dns:w.example`, `ip:192.0.2.7` … @throws {CertmanError} `input.invalid` */
export const typedAlternativeNames = (texts: readonly string[]): readonly Uint8Array[] =>
  texts.map(parseGeneralName)
