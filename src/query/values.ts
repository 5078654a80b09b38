import { nameOrOid, namesOf, oidOfName, type OidFamily } from '../asn1/oids.ts'
import { compare, type Filter, type FilterOperator, type FilterValue } from '../domain/filter.ts'
import { withoutSeparators } from '../domain/reference.ts'
import type { FieldSpec, FieldType } from './field-spec.ts'
import { quoted } from './fault.ts'
import { didYouMean } from './near.ts'
import { parseDuration, parseTime, type TypedTime } from './time.ts'

/** Why a comparison makes no sense. */
export interface Refused {
  readonly refused: string
  readonly advice?: string | undefined
}

const ORDER = ['=', '!=', '<', '<=', '>', '>='] as const
const PARTS = ['~', '^=', '$='] as const

/** The operators that each type of field takes. */
export const OPERATORS_OF: Readonly<Record<FieldType, readonly FilterOperator[]>> = {
  text: [...ORDER, ...PARTS],
  hex: [...ORDER, ...PARTS],
  identifier: ORDER,
  number: ORDER,
  instant: ORDER,
  duration: ORDER,
  boolean: ['=', '!='],
  textList: ['=', '!=', ...PARTS],
  generalNames: ['=', '!=', ...PARTS],
}

/** Turns what was typed after an operator into a comparison, by the type of the field. */
export function comparison(
  spec: FieldSpec,
  operator: FilterOperator,
  word: { readonly text: string; readonly quoted: boolean },
): Filter | Refused {
  if (!OPERATORS_OF[spec.type].includes(operator))
    return { refused: `${spec.name} cannot be compared with ${operator}`, advice: takes(spec) }
  if (!word.quoted && word.text.toLowerCase() === 'null') return nullComparison(spec, operator)
  const time = isTimed(spec) ? parseTime(word.text) : undefined
  if (time) return timeComparison(spec.name, operator, time)
  const value = readValue(spec, operator, word.text)
  return 'refused' in value ? value : compare(spec.name, operator, value)
}

function takes(spec: FieldSpec): string {
  return `${spec.name} takes ${OPERATORS_OF[spec.type].join(' ')}`
}

function isTimed(spec: FieldSpec): boolean {
  return spec.type === 'instant' || spec.from?.how === 'left'
}

function nullComparison(spec: FieldSpec, operator: FilterOperator): Filter | Refused {
  if (operator === '=' || operator === '!=') return compare(spec.name, operator, { type: 'null' })
  return { refused: 'null has no order and no parts', advice: 'null can follow = and !=' }
}

/** A day or month is the time from its start to its end, so that `= 2027-01-31` means "on that day". */
function timeComparison(field: string, operator: FilterOperator, { start, last, end }: TypedTime): Filter {
  const is = (by: FilterOperator, value: string): Filter => compare(field, by, { type: 'instant', value })
  if (last === undefined || operator === '<' || operator === '>=') return is(operator, start)
  const isUntil = end === undefined ? is('<=', last) : is('<', end)
  if (operator === '<=') return isUntil
  if (operator === '>') return end === undefined ? is('>', last) : is('>=', end)
  const within: Filter = { op: 'and', terms: [is('>=', start), isUntil] }
  return operator === '=' ? within : { op: 'not', term: within }
}

function readValue(spec: FieldSpec, operator: FilterOperator, text: string): FilterValue | Refused {
  switch (spec.type) {
    case 'hex':
      return readHex(spec, operator, text)
    case 'text':
    case 'identifier':
    case 'textList':
    case 'generalNames':
      return readText(spec, operator, text)
    case 'number':
      return readNumber(text)
    case 'boolean':
      return readBoolean(text)
    case 'instant':
    case 'duration':
      return readTime(spec, text)
  }
}

function readText(spec: FieldSpec, operator: FilterOperator, text: string): FilterValue | Refused {
  const isWhole = operator === '=' || operator === '!='
  const value = isWhole ? knownValue(spec, text) : text
  if (value !== undefined) return { type: 'text', value }
  const known = spec.values?.() ?? namesIn(spec.oids!)
  const called = spec.name.includes('.') ? (spec.aliases?.[0] ?? spec.name) : spec.name
  return {
    refused: `${quoted(text)} is no ${called}`,
    advice: didYouMean(text, known) ?? oneOf(known),
  }
}

/** How many hex digits each value has: those of SHA-1 and SHA-256. */
const DIGITS: ReadonlyMap<string, number> = new Map([
  ['thumbprint', 40],
  ['fingerprint', 64],
  ['publicKey.spkiHash', 64],
])

/** Other text than hex fits no row, and a part of a hash is not equal to one; the keys of a server have ids of its own. */
function readHex(spec: FieldSpec, operator: FilterOperator, text: string): FilterValue | Refused {
  if (spec.name === 'id' || spec.name === 'keyId') return { type: 'text', value: text }
  const isWhole = operator === '=' || operator === '!='
  const plain = withoutSeparators(text)
  const digits = isWhole && spec.name === 'serialNumber' ? /^(?:0x)?-?[0-9a-f]+$/i : /^-?[0-9a-f]*$/i
  if (!digits.test(plain))
    return {
      refused: `${quoted(text)} is no ${spec.name}`,
      advice: 'it is written in hex, such as 0a1b or 0A:1B',
    }
  const count = DIGITS.get(spec.name)
  if (isWhole && count !== undefined && plain.length !== count)
    return {
      refused: `${quoted(text)} is no whole ${spec.name}`,
      advice: `a whole one has ${count} hex digits; ^= compares with the beginning, ~ with a part`,
    }
  return { type: 'text', value: text }
}

/** What rows have in the place of an identifier: for the curve of a key whose parameters name none. */
const UNNAMED: { readonly [family in OidFamily]?: readonly string[] } = { curve: ['explicit', 'inherited'] }

const namesIn = (family: OidFamily): readonly string[] => [
  ...namesOf(family)
    .rows()
    .map(([, name]) => name!),
  ...(UNNAMED[family] ?? []),
]

/** The value as rows have it; undefined where no row can have it. */
function knownValue({ values, oids, synonym }: FieldSpec, text: string): string | undefined {
  const words = oids ? UNNAMED[oids] : values?.()
  if (!words && !oids) return text
  if (synonym?.[0] === text.toLowerCase()) return synonym[1]
  const word = words?.find((value) => value.toLowerCase() === text.toLowerCase())
  if (word !== undefined || !oids) return word
  const oid = oidOfName(oids, text) ?? (/^[0-2](?:\.\d+)+$/.test(text) ? text : undefined)
  return oid && nameOrOid(oids, oid)
}

/** As many of the known values as a hint has room for. */
const MOST_NAMED = 12

const oneOf = (known: readonly string[]): string =>
  known.length > MOST_NAMED
    ? `such as: ${known.slice(0, MOST_NAMED).join(', ')}`
    : `it is one of: ${known.join(', ')}`

function readNumber(text: string): FilterValue | Refused {
  if (/^-?\d{1,15}(\.\d{1,15})?$/.test(text)) return { type: 'number', value: Number(text) }
  return { refused: `${quoted(text)} is no number` }
}

function readBoolean(text: string): FilterValue | Refused {
  const word = text.toLowerCase()
  if (word === 'true' || word === 'yes') return { type: 'boolean', value: true }
  if (word === 'false' || word === 'no') return { type: 'boolean', value: false }
  return { refused: `${quoted(text)} is neither true nor false` }
}

/** A duration on an instant counts from now: `importedAt > -7d`, `notAfter < now`. */
function readTime(spec: FieldSpec, text: string): FilterValue | Refused {
  const seconds = text.toLowerCase() === 'now' ? 0 : parseDuration(text)
  if (seconds !== undefined) return { type: 'duration', seconds }
  if (/^-?\d+$/.test(text))
    return { refused: `${quoted(text)} has no unit`, advice: `write ${text}d for days` }
  return isTimed(spec)
    ? {
        refused: `${quoted(text)} is no time`,
        advice: 'write 2027-01-31, 2027-01-31T12:00:00Z, or 30d from now',
      }
    : { refused: `${quoted(text)} is no duration`, advice: 'write 12h, 30d, 2w, 6mo or 1y' }
}
