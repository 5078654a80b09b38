import { oidOfName } from '../asn1/oids.ts'
import { contextTag } from '../asn1/reader.ts'
import { explicit, ia5String, implicit, isOid, oid, utf8String } from '../asn1/writer.ts'
import { concat } from '../base/bytes.ts'
import { nameFault, parseTypedDer } from './name-fault.ts'
import { parseHost } from './parse-host.ts'

const UPN = '1.3.6.1.4.1.311.20.2.3'
const SRV_NAME = '1.3.6.1.5.5.7.8.7'
const XMPP_ADDR = '1.3.6.1.5.5.7.8.5'

/** An otherName (RFC 5280 section 4.2.1.6). @param value DER of the value */
export const otherName = (type: string, value: Uint8Array): Uint8Array =>
  implicit(0, concat([oid(type), explicit(0, value)]), true)

/** `OID;UTF8:text`, `OID;IA5:text` or `OID;DER:hex`; the type may be a name such as `userPrincipalName`. */
export function parseOtherName(text: string): Uint8Array {
  const fault = (why: string): Error =>
    nameFault(
      ['other name', text],
      why,
      'write it like otherName:1.2.3.4;UTF8:text or otherName:1.2.3.4;DER:0c0141',
    )
  const [, typed, form, value] = /^([^;]*);\s*(\w+)\s*:([\s\S]*)$/.exec(text) ?? []
  if (typed === undefined || form === undefined || value === undefined)
    throw fault('is not of the form OID;TYPE:value')
  const type = isOid(typed.trim()) ? typed.trim() : oidOfName('other', typed.trim())
  if (type === undefined) throw fault('has a type that is no object identifier')
  switch (form.toUpperCase()) {
    case 'UTF8':
    case 'UTF8STRING':
      return otherName(type, utf8String(value))
    case 'IA5':
    case 'IA5STRING':
      if (/[^\u0000-\u007f]/.test(value)) throw fault('has characters outside ASCII')
      return otherName(type, ia5String(value))
    case 'DER':
      return otherName(
        type,
        parseTypedDer(value.replace(/[\s:]/g, ''), (why) => fault(`has a value that ${why}`)),
      )
    default:
      throw fault(`has the unknown form ${JSON.stringify(form)}`)
  }
}

/** `1.2.3`: registeredID. */
export function parseRegisteredId(text: string): Uint8Array {
  const id = text.trim()
  if (!isOid(id))
    throw nameFault(['registered id', text], 'is no object identifier', 'write it like rid:1.2.3.4')
  const encoded = oid(id)
  encoded[0] = contextTag(8, false)
  return encoded
}

/** `user@domain` as Windows has it for its accounts ([MS-WCCE] section 2.2.2.7.7.1): text, the domain in any script. */
export function parseUpn(text: string): Uint8Array {
  if (!/^[^@\p{Cc}\p{Cs}]+@[^@\p{Cc}\p{Cs}\s]+$/u.test(text))
    throw nameFault(['user principal name', text], 'is not of the form user@domain')
  return otherName(UPN, utf8String(text))
}

/** `_service.domain` (RFC 4985 section 2): no protocol between them. */
export function parseSrvName(text: string): Uint8Array {
  const fault = (why: string): Error =>
    nameFault(['srv name', text], why, 'write it like srv:_ldap.example.com, without _tcp')
  const [, service, domain] = /^(_[A-Za-z0-9-]+)\.(.+)$/s.exec(text) ?? []
  if (service === undefined || domain === undefined) throw fault('does not begin with _service and a dot')
  if (/^_(?:tcp|udp)\./i.test(domain)) throw fault('names a protocol')
  return otherName(SRV_NAME, ia5String(`${service}.${parseHost(domain, { kind: 'srv name', whole: text })}`))
}

/** `[user@]domain`: a bare JID in UTF-8 (RFC 6120 section 13.7.1.4). */
export function parseXmppAddress(text: string): Uint8Array {
  const [, user, domain] = /^(?:([^@/]+)@)?([^@/]+)$/s.exec(text) ?? []
  if (domain === undefined || /[\p{Cc}\p{Cs}\s]/u.test(text))
    throw nameFault(['xmpp address', text], 'is not of the form user@domain')
  // U-labels stay as they are (RFC 7622 section 3.2); the host is only checked
  parseHost(domain, { kind: 'xmpp address', whole: text })
  return otherName(XMPP_ADDR, utf8String(user === undefined ? domain : `${user}@${domain}`))
}
