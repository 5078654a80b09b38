import { toHex } from '../../base/bytes.ts'
import { DerReader } from '../../asn1/reader.ts'
import { orNoneSync } from '../../base/or-none.ts'
import type { GeneralName, NameAttributes } from '../../domain/facts.ts'
import { formatDotnetName, parseDotnetName } from '../../x509/dotnet-name.ts'
import { formatName, readName } from '../../x509/name.ts'
import { parseNameText } from '../../x509/name-text.ts'
import { ipText } from '../../x509/ip-address.ts'
import { parseIp } from '../../x509/parse-ip.ts'

const INDENT = '     '
const UPN = '1.3.6.1.4.1.311.20.2.3'

/** The RDNs of RFC 4514 text; undefined for text that is none. */
export const nameAttributes = (text: string): NameAttributes | undefined =>
  orNoneSync(() => readName(new DerReader(parseNameText(text)).read()))

/** The lines that an English Windows shows for alternative names; nested ones are indented. */
export const sanLines = (names: readonly GeneralName[]): readonly string[] => names.flatMap(linesOf)

function linesOf({ type, value, oid }: GeneralName): readonly string[] {
  switch (type) {
    case 'dns':
      return [`DNS Name=${value}`]
    case 'ip':
      return [`IP Address=${expanded(value)}`]
    case 'email':
      return [`RFC822 Name=${value}`]
    case 'uri':
      return [`URL=${value}`]
    case 'registeredId':
      return [`Registered ID=${value}`]
    case 'directoryName':
      return ['Directory Address:', ...directoryLines(value)]
    default:
      return ['Other Name:', `${INDENT}${oid === UPN ? 'Principal Name' : (oid ?? type)}=${value}`]
  }
}

/** Windows writes every group of an IPv6 address in full. */
function expanded(text: string): string {
  const bytes = parseIp(text)
  if (bytes?.length !== 16) return text
  return toHex(bytes).match(/.{4}/g)!.join(':')
}

const directoryLines = (text: string): readonly string[] =>
  nameAttributes(text)
    ?.toReversed()
    .map((rdn) => `${INDENT}${formatDotnetName([rdn])}`) ?? [`${INDENT}${text}`]

/** Beginnings of lines in any language of Windows that keeps the technical words. */
const KINDS: readonly (readonly [prefix: RegExp, type: GeneralName['type']])[] = [
  [/^DNS[- ][^=]*=/i, 'dns'],
  [/^IP[- ][^=]*=/i, 'ip'],
  [/^RFC[ -]?822[^=]*=/i, 'email'],
  [/^URL[^=]*=/i, 'uri'],
  [/^Registered ID=/i, 'registeredId'],
]

/**
 * Alternative names out of the lines that a host sends. Lines that nobody can read, those of hosts in other languages
 * among them, stay verbatim as other names.
 */
export function parseSanLines(lines: readonly string[]): readonly GeneralName[] {
  const names: GeneralName[] = []
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!
    const nested: string[] = []
    while (/^\s/.test(lines[at + 1] ?? '')) nested.push(lines[++at]!.trim())
    names.push(...(nested.length > 0 ? nestedNames(line, nested) : [plainName(line.trim())]))
  }
  return names
}

function plainName(line: string): GeneralName {
  for (const [prefix, type] of KINDS) {
    const found = prefix.exec(line)?.[0]
    if (found === undefined) continue
    const value = line.slice(found.length)
    return { type, value: type === 'ip' ? shortIp(value) : value }
  }
  return { type: 'otherName', value: line }
}

function nestedNames(head: string, nested: readonly string[]): readonly GeneralName[] {
  if (/^Directory Address/i.test(head)) {
    const attributes = parseDotnetName(nested.join(', '))
    return [{ type: 'directoryName', value: attributes ? formatName(attributes) : nested.join(', ') }]
  }
  if (/^Other Name/i.test(head)) return nested.map(otherName)
  return [head, ...nested].map((line) => ({ type: 'otherName', value: line }))
}

function otherName(line: string): GeneralName {
  const principal = /^Principal Name=(.*)$/i.exec(line)?.[1]
  if (principal !== undefined) return { type: 'otherName', value: principal, oid: UPN }
  const [, oid, value] = /^(\d+(?:\.\d+)+)=(.*)$/.exec(line) ?? []
  return oid === undefined ? { type: 'otherName', value: line } : { type: 'otherName', value: value!, oid }
}

/** RFC 5952 text, as our own rows have it. */
function shortIp(text: string): string {
  const bytes = parseIp(text.trim())
  return (bytes && ipText(bytes)) ?? text
}
