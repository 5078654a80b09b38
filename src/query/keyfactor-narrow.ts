import {
  compare,
  type Comparison,
  type Filter,
  type FilterOperator,
  type FilterValue,
} from '../domain/filter.ts'
import { OPERATOR_WORDS } from './keyfactor-words.ts'

/**
 * The query that Keyfactor Command can evaluate for us: it lets pass everything that the filter does, and maybe more,
 * so the filter is applied to what comes back. Only fields are used whose names are known from the vendor's clients.
 *
 * @returns undefined when nothing of the filter can be said
 */
export function narrowKeyfactorQuery(filter: Filter): string | undefined {
  switch (filter.op) {
    case 'and': {
      const terms = filter.terms.flatMap((term) => narrowKeyfactorQuery(term) ?? [])
      return terms.length === 0 ? undefined : joined(terms, 'AND')
    }
    case 'or':
      return either(filter.terms.map(narrowKeyfactorQuery))
    case 'in':
      return either(filter.values.map((value) => narrowed(compare(filter.field, '=', value))))
    case 'compare':
      return narrowed(filter)
    default:
      return undefined
  }
}

/** Longer ones are not sent: they travel in a URL. */
const MAX_TERMS = 40

function either(terms: readonly (string | undefined)[]): string | undefined {
  const known = terms.filter((term) => term !== undefined)
  return known.length < terms.length || known.length === 0 || known.length > MAX_TERMS
    ? undefined
    : joined(known, 'OR')
}

const joined = (terms: readonly string[], by: 'AND' | 'OR'): string =>
  terms.length === 1 ? terms[0]! : terms.map((term) => `(${term})`).join(` ${by} `)

function narrowed({ field, operator, value }: Comparison): string | undefined {
  switch (field) {
    case 'id':
      return operator === '=' ? numeric('CertId', value) : undefined
    case 'requestId':
      return operator === '=' ? numeric('CertRequestId', value) : undefined
    case 'thumbprint':
      return hex(operator, value)
    case 'serialNumber':
      return operator === '=' ? serial(value) : undefined
    case 'cn':
      return commonName(operator, value)
    case 'notBefore':
      return instant('IssuedDate', operator, value)
    default:
      return undefined
  }
}

const textOf = (value: FilterValue): string | undefined =>
  value.type === 'text' || value.type === 'number' ? String(value.value) : undefined

function numeric(name: string, value: FilterValue): string | undefined {
  const text = textOf(value)
  return text !== undefined && /^\d{1,10}$/.test(text) ? `${name} -eq ${text}` : undefined
}

const PARTS: readonly FilterOperator[] = ['=', '^=', '$=', '~']

function hex(operator: FilterOperator, value: FilterValue): string | undefined {
  const digits = textOf(value)?.replace(/[: ]/g, '').toUpperCase()
  return PARTS.includes(operator) && digits !== undefined && /^[0-9A-F]{1,40}$/.test(digits)
    ? `Thumbprint ${OPERATOR_WORDS[operator]} "${digits}"`
    : undefined
}

/** Zeros may stand before it. */
function serial(value: FilterValue): string | undefined {
  const digits = textOf(value)
    ?.replace(/^0x|[: ]/gi, '')
    .replace(/^0+(?=.)/, '')
    .toUpperCase()
  return digits !== undefined && /^[0-9A-F]{1,64}$/.test(digits)
    ? `SerialNumber -contains "${digits}"`
    : undefined
}

/**
 * A name can have several common names, and `IssuedCN` is one of them: asking for a part of the whole name loses none.
 * Letters that a name would escape are not asked for.
 */
function commonName(operator: FilterOperator, value: FilterValue): string | undefined {
  const text = textOf(value)
  if (text === undefined || !/^[A-Za-z0-9*._@-]+(?: [A-Za-z0-9*._@-]+)*$/.test(text)) return undefined
  if (operator === '=' || operator === '^=') return `IssuedDN -contains "CN=${text}"`
  return operator === '~' || operator === '$=' ? `IssuedDN -contains "${text}"` : undefined
}

/** Whole seconds here, maybe fractions there: the bounds are widened to whole days. */
function instant(name: string, operator: FilterOperator, value: FilterValue): string | undefined {
  if (value.type !== 'instant') return undefined
  const day = 86_400_000
  const at = Date.parse(value.value)
  if (Number.isNaN(at)) return undefined
  const on = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
  if (operator === '>' || operator === '>=') return `${name} -ge "${on(at - day)}"`
  if (operator === '<' || operator === '<=') return `${name} -le "${on(at + 2 * day)}"`
  return undefined
}
