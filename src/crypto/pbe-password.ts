import { Secret } from '../base/secret.ts'

/** One password as the two families of key derivation take it. */
export interface PasswordForm {
  /** For PBKDF2, scrypt, PBKDF1: UTF-8 (RFC 8018 section 3, RFC 9579). */
  readonly octets: Secret
  /** For the PKCS#12 derivation: UTF-16, big end first, and two zero bytes (RFC 7292 appendix B.1). */
  readonly bmp: Secret
  /** NSS gives PKCS#5 these octets as well, and takes the IV of PBES1 from the end of the derived bytes. */
  readonly ofNss?: true
}

/** One of the two. */
export type PasswordKind = 'octets' | 'bmp'

/** The null password of Windows and GnuTLS: not even the two zero bytes. */
export const NULL_PASSWORD: PasswordForm = { octets: new Secret(''), bmp: new Secret('') }

/** The standard form. Bytes that are no UTF-8 are taken one by one as Latin-1, as OpenSSL does. */
export function passwordForm(password: Secret): PasswordForm {
  return { octets: password, bmp: new Secret(password.use((bytes) => toBmp(decode(bytes)))) }
}

/**
 * What a given password may have become in the hands of its writer, the standard form first: OpenSSL before 1.1
 * widened each UTF-8 byte; NSS gives PBKDF1, and before 3.31 gave PBKDF2, the UTF-16 bytes; old terminals sent Latin-1;
 * one system writes `ü` as one character, another as `u` and its dots (Unicode NFC, NFD).
 */
export function passwordForms(password: Secret): readonly PasswordForm[] {
  const standard = passwordForm(password)
  if (password.use((bytes) => bytes.length === 0)) return [standard, NULL_PASSWORD]
  const forms: PasswordForm[] = [standard, { octets: standard.bmp, bmp: standard.bmp, ofNss: true }]
  if (password.use((bytes) => bytes.some((byte) => byte >= 0x80))) {
    const widened = new Secret(password.use((bytes) => toBmp(Buffer.from(bytes).toString('latin1'))))
    forms.push({ octets: password, bmp: widened })
    const latin1 = password.useText(asLatin1)
    if (latin1 !== undefined) forms.push({ octets: latin1, bmp: standard.bmp })
    forms.push(...otherCompositions(password).map(passwordForm))
  }
  return forms
}

/** The same text composed and decomposed, where that makes other bytes. */
function otherCompositions(password: Secret): readonly Secret[] {
  const text = password.use(decode)
  const others = [text.normalize('NFC'), text.normalize('NFD')].filter((other) => other !== text)
  return others.map((other) => new Secret(other))
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return Buffer.from(bytes).toString('latin1')
  }
}

function toBmp(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(`${text}\0`, 'utf16le').swap16())
}

/** The password in Latin-1, when it has no character beyond: terminals of the time before UTF-8 sent that. */
function asLatin1(text: string): Secret | undefined {
  return [...text].every((character) => character.charCodeAt(0) < 0x100)
    ? new Secret(new Uint8Array(Buffer.from(text, 'latin1')))
    : undefined
}
