import { implicit, utf8String } from '../asn1/writer.ts'
import { nameFault } from './name-fault.ts'
import { parseHost } from './parse-host.ts'
import { otherName } from './parse-other-name.ts'

/** The otherName of a mailbox whose local part is not ASCII (RFC 9598 section 3). */
export const SMTP_UTF8_MAILBOX = '1.3.6.1.5.5.7.8.9'

// RFC 5321 section 4.1.2: Dot-string and Quoted-string; RFC 6531 section 3.3 lets other scripts in
const DOT_STRING =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+)*$/u
const QUOTED_STRING = /^"(?:[ !#-[\]-~\u0080-\u{10ffff}]|\\[ -~])*"$/u

/**
 * A mailbox as GeneralName: rfc822Name while its local part is ASCII (RFC 5280 section 4.2.1.6), else the otherName
 * SmtpUTF8Mailbox in NFC (RFC 9598 section 3). The domain is in A-labels either way, in lower case in the second.
 *
 * @throws {CertmanError} `input.invalid`
 */
export function parseMailbox(text: string): Uint8Array {
  const fault = (why: string, hint?: string): Error => nameFault(['email address', text], why, hint)
  const at = text.lastIndexOf('@')
  if (at < 0) throw fault('has no @', 'write it like user@example.com')
  const local = text.slice(0, at).normalize('NFC')
  if (local === '') throw fault('has nothing before the @')
  if (Buffer.byteLength(local) > 64) throw fault('has more than 64 octets before the @') // RFC 5321 section 4.5.3.1.1
  if (
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(local) ||
    !(DOT_STRING.test(local) || QUOTED_STRING.test(local))
  )
    throw fault(
      'has characters before the @ that must not stand there',
      'give the address alone, without a name or <>',
    )
  const domain = parseHost(text.slice(at + 1), { kind: 'email address', whole: text })
  if (/^[\u0000-\u007f]*$/.test(local)) return implicit(1, Buffer.from(`${local}@${domain}`, 'latin1'))
  return otherName(SMTP_UTF8_MAILBOX, utf8String(`${local}@${domain.toLowerCase()}`))
}
