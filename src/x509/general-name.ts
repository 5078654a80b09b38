import { toHex } from '../base/bytes.ts'
import {
  bytesOf,
  contentOf,
  contextTag,
  DerReader,
  malformedDer,
  readTlv,
  TAG,
  type Tlv,
} from '../asn1/reader.ts'
import { asciiText, latin1Text, textOf } from '../asn1/strings.ts'
import { readOid } from '../asn1/values.ts'
import { orNoneSync } from '../base/or-none.ts'
import type { GeneralName } from '../domain/facts.ts'
import { ipRangeText, ipText } from './ip-address.ts'
import { formatName, readName } from './name.ts'

/** GeneralName tags (RFC 5280 section 4.2.1.6) as whole identifier octets. */
const OTHER_NAME = contextTag(0, true)
const RFC822_NAME = contextTag(1, false)
const DNS_NAME = contextTag(2, false)
const X400_ADDRESS = contextTag(3, true)
const DIRECTORY_NAME = contextTag(4, true)
const EDI_PARTY_NAME = contextTag(5, true)
const URI = contextTag(6, false)
const IP_ADDRESS = contextTag(7, false)
const REGISTERED_ID = contextTag(8, false)

const KERBEROS_PRINCIPAL = '1.3.6.1.5.2.2'

const bad = (what: string, { start }: Tlv): Error => malformedDer(what, start)

/** A SEQUENCE OF GeneralName, whatever its tag was replaced by; at least one (RFC 5280 section 4.2.1.6). */
export function readGeneralNames(reader: DerReader): GeneralName[] {
  const names: GeneralName[] = []
  do names.push(readGeneralName(reader.read(undefined, 'a general name')))
  while (!reader.atEnd)
  return names
}

/**
 * One GeneralName. IP addresses are canonical text (RFC 5952), a directoryName is RFC 4514 text, an otherName
 * is the text of its value where that is a string (UPN, SRV, XMPP, mailbox), else the hex of the value's DER.
 *
 * @param inConstraints the name is a base of name constraints: an IP address carries a mask
 * @throws {CertmanError} `der.malformed`
 */
export function readGeneralName(tlv: Tlv, inConstraints = false): GeneralName {
  switch (tlv.tag) {
    case DNS_NAME:
      return { type: 'dns', value: asciiText(tlv) }
    case RFC822_NAME:
      return { type: 'email', value: asciiText(tlv) }
    case URI:
      return { type: 'uri', value: asciiText(tlv) }
    case IP_ADDRESS:
      return { type: 'ip', value: addressText(tlv, inConstraints) }
    case DIRECTORY_NAME:
      return { type: 'directoryName', value: directoryText(tlv) }
    case REGISTERED_ID:
      return { type: 'registeredId', value: readOid(tlv) }
    case OTHER_NAME:
      return readOtherName(tlv)
    case X400_ADDRESS:
      return { type: 'x400Address', value: toHex(contentOf(tlv)) }
    case EDI_PARTY_NAME:
      return { type: 'ediPartyName', value: ediPartyText(tlv) }
    default:
      throw bad(`no general name has the tag 0x${tlv.tag.toString(16)}`, tlv)
  }
}

function addressText(tlv: Tlv, inConstraints: boolean): string {
  const bytes = contentOf(tlv)
  const text = inConstraints ? ipRangeText(bytes) : ipText(bytes)
  if (text === undefined) throw bad(`an IP address of ${bytes.length} octets`, tlv)
  return text
}

// Name is a CHOICE, so the tag [4] is explicit
function directoryText(tlv: Tlv): string {
  const reader = DerReader.into(tlv)
  const name = formatName(readName(reader.read(TAG.sequence, 'a name')))
  reader.finish('directory name')
  return name
}

function readOtherName(tlv: Tlv): GeneralName {
  const reader = DerReader.into(tlv)
  const oid = readOid(reader.read(TAG.oid, 'the type of an other name'))
  const outer = reader.read(contextTag(0, true), 'the value of an other name')
  reader.finish('other name')
  const value = readTlv(outer.source, outer.contentStart, outer.end)
  if (value.end !== outer.end) throw bad('more than one value in an other name', outer)
  const text = oid === KERBEROS_PRINCIPAL ? principalText(value) : textOf(value)
  return { type: 'otherName', value: text ?? toHex(bytesOf(value)), oid }
}

/** KRB5PrincipalName (RFC 4556 section 3.2.2) as `part/part@REALM`; undefined where it is not one. */
const principalText = (value: Tlv): string | undefined =>
  orNoneSync(() => {
    const principal = DerReader.into(value)
    const realm = latin1Text(principal.enter(contextTag(0, true)).read())
    const name = principal.enter(contextTag(1, true)).enter(TAG.sequence)
    name.read(contextTag(0, true))
    const parts = name.enter(contextTag(1, true)).enter(TAG.sequence)
    const texts: string[] = []
    while (!parts.atEnd) texts.push(latin1Text(parts.read()))
    return `${texts.join('/')}@${realm}`
  })

/** `assigner/party` or `party` (RFC 5280 appendix A.2); hex of the content where it is not readable. */
function ediPartyText(tlv: Tlv): string {
  const texts: string[] = []
  for (const reader = DerReader.into(tlv); !reader.atEnd;) {
    const part = DerReader.into(reader.read())
    const text = part.atEnd ? undefined : textOf(part.read())
    if (text === undefined) return toHex(contentOf(tlv))
    texts.push(text)
  }
  return texts.join('/')
}
