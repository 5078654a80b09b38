import { namesOf, oidOfName } from '../asn1/oids.ts'
import type { NameAttribute, NameAttributes } from '../domain/facts.ts'

/**
 * The keys that Windows writes (`CertNameToStr` with CERT_X500_NAME_STR); every other type is `OID.1.2.3`.
 * Several differ from RFC 4514: S for ST, E for emailAddress, SERIALNUMBER.
 */
const KEYS: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'SERIALNUMBER',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'S',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'T',
  '2.5.4.13': 'Description',
  '2.5.4.17': 'PostalCode',
  '2.5.4.18': 'POBox',
  '2.5.4.20': 'Phone',
  '2.5.4.42': 'G',
  '2.5.4.43': 'I',
  '1.2.840.113549.1.9.1': 'E',
  '0.9.2342.19200300.100.1.25': 'DC',
}

const OIDS = new Map(Object.entries(KEYS).map(([oid, key]) => [key.toLowerCase(), oid]))

const KEY_TEXTS = Object.values(KEYS).map((key) => key.toLowerCase())

/** Whether a text may stand in the key of an attribute, `OU` or `OID.1.2.3`, and not in a value only; without case. */
export const isPartOfDotnetKey = (text: string): boolean =>
  /^[oid\d.]*$/i.test(text) || KEY_TEXTS.some((key) => key.includes(text.toLowerCase()))

/** Longer names are no honest ones, and the reader below takes its time with long runs of blanks. */
const MAX_TEXT = 8192

const shortNames = namesOf('attributeType')

/**
 * A Name as .NET shows it (`X509Certificate2.Subject`): the last RDN first as in RFC 4514, but joined by `, `, with the
 * keys of Windows, values in quotes where they have special characters (a quote inside is doubled), nothing escaped.
 */
export function formatDotnetName(name: NameAttributes): string {
  return name
    .toReversed()
    .filter((rdn) => rdn.length > 0)
    .map((rdn) => rdn.map(formatAttribute).join(' + '))
    .join(', ')
}

const formatAttribute = ({ oid, value, encoding }: NameAttribute): string =>
  `${KEYS[oid] ?? `OID.${oid}`}=${encoding === 'other' ? value : quoted(value)}`

// the characters of RFC 1779 section 2.3, and blanks at either end
const quoted = (value: string): string =>
  value === '' || /[,+="\n<>#;]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value

/**
 * The RDNs, in encoded order, of a name as .NET or Windows shows it. The string types of the values are not known and
 * are given as `utf8`. Types may also be written as in RFC 4514 or OpenSSL (`ST`, `emailAddress`, dotted).
 *
 * @returns undefined for text that is no such name
 */
export function parseDotnetName(text: string): NameAttributes | undefined {
  if (text.trim() === '') return []
  if (text.length > MAX_TEXT) return undefined
  const rdns: NameAttribute[][] = [[]]
  // the value: in quotes with doubled quotes, or all up to a separator that a new type follows
  const piece =
    /\s*([A-Za-z][A-Za-z0-9.-]*|\d+(?:\.\d+)+|OID\.\d+(?:\.\d+)+)\s*=\s*(?:"((?:[^"]|"")*)"\s*|((?:(?!\s*[,;+]\s*(?:[A-Za-z][A-Za-z0-9.-]*|\d+(?:\.\d+)+)\s*=)[^"])*))\s*([,;+]|$)/gy
  while (piece.lastIndex < text.length) {
    const found = piece.exec(text)
    const attribute = found && attributeOf(found[1]!, found[2]?.replaceAll('""', '"') ?? found[3]!.trim())
    if (!attribute) return undefined
    rdns.at(-1)!.push(attribute)
    if (found[4] === '') break
    if (found[4] !== '+') rdns.push([])
    if (piece.lastIndex >= text.length) return undefined
  }
  return rdns.toReversed()
}

function attributeOf(key: string, value: string): NameAttribute | undefined {
  const dotted = key.replace(/^OID\./i, '')
  const oid = /^\d+(?:\.\d+)+$/.test(dotted)
    ? dotted
    : (OIDS.get(key.toLowerCase()) ?? oidOfName('attributeType', key))
  if (oid === undefined) return undefined
  const isHex = /^#(?:[0-9a-f]{2})+$/i.test(value)
  return { type: shortNames.get(oid) ?? oid, oid, value, encoding: isHex ? 'other' : 'utf8' }
}
