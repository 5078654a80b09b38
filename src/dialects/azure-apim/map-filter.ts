import {
  compare,
  type Comparison,
  fieldIs,
  type Filter,
  type FilterOperator,
  type FilterValue,
  NOTHING,
} from '../../domain/filter.ts'
import { withoutSeparators } from '../../domain/reference.ts'
import { formatName } from '../../x509/name.ts'
import { formatDotnetName, isPartOfDotnetKey, parseDotnetName } from '../../x509/dotnet-name.ts'
import { instantText } from '../../query/time.ts'

/** A filter that lets pass what another does, or more. */
export interface Narrowed {
  readonly filter: Filter
  /** Nothing more. */
  readonly exact: boolean
}

/** Everything. */
const ALL: Filter = { op: 'all' }
const WIDE: Narrowed = { filter: ALL, exact: false }

/** Whether it is `NOTHING`: then nobody needs to be asked. */
export const isNone = (filter: Filter): boolean => filter.op === 'not' && filter.term.op === 'all'

const isNull = (field: string): Filter => compare(field, '=', { type: 'null' })

/** Narrows a filter term by term; what a term cannot say is left to whoever filters after it. */
function narrow(filter: Filter, leaf: (term: Comparison) => Narrowed): Narrowed {
  switch (filter.op) {
    case 'all':
      return { filter, exact: true }
    case 'not': {
      const { filter: term, exact } = narrow(filter.term, leaf)
      if (!exact) return WIDE
      return { filter: isNone(term) ? ALL : { op: 'not', term }, exact }
    }
    case 'in': {
      const { field, values } = filter
      return narrow({ op: 'or', terms: values.map((value) => compare(field, '=', value)) }, leaf)
    }
    case 'compare':
      return leaf(filter)
    default:
      return joined(
        filter.op,
        filter.terms.map((term) => narrow(term, leaf)),
      )
  }
}

function joined(op: 'and' | 'or', terms: readonly Narrowed[]): Narrowed {
  const exact = terms.every((term) => term.exact)
  const [ends, drops] = op === 'and' ? [isNone, isAll] : [isAll, isNone]
  if (terms.some(({ filter }) => ends(filter))) return { filter: op === 'and' ? NOTHING : ALL, exact }
  const rest = terms.map(({ filter }) => filter).filter((filter) => !drops(filter))
  if (rest.length === 0) return { filter: op === 'and' ? ALL : NOTHING, exact }
  return { filter: rest.length === 1 ? rest[0]! : { op, terms: rest }, exact }
}

const isAll = (filter: Filter): boolean => filter.op === 'all'

/**
 * A filter over the vendor's entity as one over the records of a store: the id is the name, else the number; the subject
 * is RFC 4514 text there.
 */
export const storeFilter = (filter: Filter): Narrowed => narrow(filter, storeTerm)

function storeTerm(term: Comparison): Narrowed {
  const { field, operator, value } = term
  if (field === 'thumbprint' || field === 'notAfter') return { filter: term, exact: true }
  if (value.type !== 'text') return WIDE
  if (field === 'name') return nameTerm(operator, value.value)
  return field === 'subject' ? subjectTerm(operator, value.value) : WIDE
}

function nameTerm(operator: FilterOperator, name: string): Narrowed {
  if (operator === '!=') return { filter: { op: 'not', term: nameTerm('=', name).filter }, exact: true }
  const value = { type: 'text', value: name } as const
  const unnamed = operator === '=' ? fieldIs('id', name) : undefined
  const other: Filter = unnamed ? { op: 'and', terms: [isNull('name'), unnamed] } : isNull('name')
  return {
    filter: { op: 'or', terms: [compare('name', operator, value), other] },
    exact: operator === '=',
  }
}

/** The beginning of a name that both texts write alike. */
const PLAIN_BEGINNING = /^CN=[A-Za-z0-9*._-]+(?: [A-Za-z0-9*._-]+)*$/i

const PLAIN_PART = /^[A-Za-z0-9*._-]+(?: [A-Za-z0-9*._-]+)*$/

/** Whether a text can only stand within one value of a name, where both texts write it alike. */
const isWithinValue = (text: string): boolean => PLAIN_PART.test(text) && !isPartOfDotnetKey(text)

function subjectTerm(operator: FilterOperator, text: string): Narrowed {
  if (operator === '^=' && PLAIN_BEGINNING.test(text))
    return { filter: compare('subject', '^=', { type: 'text', value: text }), exact: false }
  if ((operator === '~' || operator === '$=') && isWithinValue(text)) {
    // a value that RFC 4514 has as hex (section 2.4) may be readable here
    const terms = [text, '=#'].map((part) => compare('subject', '~', { type: 'text', value: part }))
    return { filter: { op: 'or', terms }, exact: false }
  }
  if (operator !== '=' && operator !== '!=') return WIDE
  const name = parseDotnetName(text)
  // another spelling of the same name is another text
  if (!name || formatDotnetName(name).toLowerCase() !== text.toLowerCase()) return WIDE
  return {
    filter: compare('subject', operator, { type: 'text', value: formatName(name) }),
    exact: true,
  }
}

/** What this vendor never tells: comparing it with anything finds nothing. */
const UNTOLD: ReadonlySet<string> = new Set([
  'fingerprint',
  'serialNumber',
  'supersededBy',
  'requestId',
  'authorityId',
  'profile',
])

/**
 * What of a filter the service can be asked for: it lets pass everything that the filter does. Only what means the same
 * whatever the service's text comparison does with letter case is asked: digits, thumbprints (always upper case), dates.
 */
export const serviceFilter = (filter: Filter, now: Date): Narrowed =>
  narrow(filter, (term) => serviceTerm(term, now))

function serviceTerm({ field, operator, value }: Comparison, now: Date): Narrowed {
  if (UNTOLD.has(field)) return { filter: isUntoldHit(operator, value) ? ALL : NOTHING, exact: true }
  if (field === 'thumbprint') return thumbprintTerm(operator, value)
  if (field === 'notAfter' || field === 'expires') return expiryTerm(operator, value, now)
  const isPlainName = value.type === 'text' && /^[0-9._-]{1,80}$/.test(value.value)
  if ((field === 'name' || field === 'id') && operator === '=' && isPlainName)
    return { filter: compare('name', '=', value), exact: field === 'name' }
  return WIDE
}

const isUntoldHit = (operator: FilterOperator, value: FilterValue): boolean =>
  value.type === 'null' ? operator === '=' : operator === '!='

function thumbprintTerm(operator: FilterOperator, value: FilterValue): Narrowed {
  const digits = value.type === 'text' ? withoutSeparators(value.value).toUpperCase() : ''
  const isPart = operator === '=' || operator === '^=' || operator === '$=' || operator === '~'
  if (!isPart || !/^[0-9A-F]{1,40}$/.test(digits)) return WIDE
  return { filter: compare('thumbprint', operator, { type: 'text', value: digits }), exact: true }
}

/** Certificates end at whole seconds: bounds are moved to the next one outwards. */
function expiryTerm(operator: FilterOperator, value: FilterValue, now: Date): Narrowed {
  const time =
    value.type === 'duration'
      ? now.getTime() + value.seconds * 1000
      : value.type === 'instant'
        ? Date.parse(value.value)
        : Number.NaN
  const isUpper = operator === '<' || operator === '<='
  const isLower = operator === '>' || operator === '>='
  if (!(isUpper || isLower) || Number.isNaN(time) || Math.abs(time) > 2e14) return WIDE
  const bound = isUpper ? Math.ceil(time / 1000) * 1000 : Math.floor(time / 1000) * 1000
  const instant = { type: 'instant', value: instantText(bound) } as const
  return { filter: compare('notAfter', operator, instant), exact: bound === time }
}
