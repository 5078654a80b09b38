import * as fc from 'fast-check'
import type { JsonObject } from '../../src/base/json.ts'
import type { Filter, FilterOperator, FilterValue, Sort } from '../../src/domain/filter.ts'
import type { FieldSpec } from '../../src/query/field-spec.ts'
import { fieldsOf } from '../../src/query/fields.ts'
import { OPERATORS_OF } from '../../src/query/values.ts'

/** The instant at which the random filters are evaluated: not on a whole second on purpose. */
export const NOW = new Date('2025-06-15T12:00:00.250Z')

/** Few letters, so that equal, prefix and substring cases are common; ß, İ, ς, ſ and K fold in odd ways. */
const word = fc
  .array(
    fc.constantFrom(
      'a',
      'A',
      'b',
      '.',
      'ß',
      'S',
      'ä',
      'Ä',
      'σ',
      'ς',
      'İ',
      'ſ',
      '\u212a',
      'k',
      '漢',
      '😀',
      '\uff5e',
      '%',
      '_',
      "'",
      '*',
    ),
    {
      maxLength: 4,
    },
  )
  .map((chars) => chars.join(''))

const hex = fc
  .array(fc.constantFrom('0', '1', 'a', 'f'), { minLength: 1, maxLength: 3 })
  .map((digits) => digits.join(''))

const instant = fc
  .integer({ min: -5, max: 5 })
  .chain((days) => fc.constantFrom(0, 1, -1).map((seconds) => days * 86_400_000 + seconds * 1000))
  .map(
    (offset) => `${new Date(Math.floor(NOW.getTime() / 1000) * 1000 + offset).toISOString().slice(0, 19)}Z`,
  )

const farInstant = fc.constantFrom('0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '1970-01-01T00:00:00Z')

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> =>
  fc.oneof(
    { weight: 4, arbitrary },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  )

const rdn = fc.array(fc.record({ type: fc.constantFrom('CN', 'O', 'OU'), value: word }), { maxLength: 2 })

/** Random certificate rows, shaped as the index keeps them. */
export const row: fc.Arbitrary<JsonObject> = fc
  .record({
    id: fc.integer({ min: 1, max: 30 }).map(String),
    name: maybe(word),
    tags: maybe(fc.array(word, { maxLength: 3 })),
    notBefore: fc.oneof(instant, farInstant),
    notAfter: fc.oneof(instant, farInstant),
    subject: word,
    subjectAttributes: maybe(fc.array(rdn, { maxLength: 3 })),
    issuer: word,
    serialNumber: hex.map((text) => text.replace(/^0+(?=.)/, '')),
    thumbprint: hex.map((text) => text.toUpperCase()),
    publicKey: fc.record({ type: word, size: maybe(fc.integer({ min: 0, max: 3 })) }),
    subjectAltName: maybe(
      fc.array(fc.record({ type: fc.constantFrom('dns', 'ip', 'email'), value: word }), { maxLength: 3 }),
    ),
    basicConstraints: maybe(fc.record({ ca: fc.boolean(), pathLen: maybe(fc.integer({ min: 0, max: 2 })) })),
    keyUsage: maybe(fc.array(word, { maxLength: 2 })),
    keyId: maybe(hex),
    selfIssued: maybe(fc.boolean()),
    importedAt: instant,
    supersededBy: maybe(fc.integer({ min: 1, max: 12 }).map(String)),
    revocation: maybe(fc.record({ date: instant, reason: word })),
  })
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject)

function valueOf(spec: FieldSpec): fc.Arbitrary<FilterValue> {
  const text = (values: fc.Arbitrary<string>): fc.Arbitrary<FilterValue> =>
    values.map((value) => ({ type: 'text', value }))
  const duration = fc
    .tuple(fc.integer({ min: -5, max: 5 }), fc.constantFrom(0, 1, -1, 0.25, 0.5))
    .map(([days, seconds]): FilterValue => ({ type: 'duration', seconds: days * 86_400 + seconds }))
  const time = fc.oneof(instant, farInstant).map((value): FilterValue => ({ type: 'instant', value }))
  switch (spec.type) {
    case 'hex':
      return text(hex)
    case 'identifier':
      return text(fc.integer({ min: 0, max: 12 }).map(String))
    case 'number':
      return fc.integer({ min: 0, max: 3 }).map((value) => ({ type: 'number', value }))
    case 'boolean':
      return fc.boolean().map((value) => ({ type: 'boolean', value }))
    case 'instant':
      return fc.oneof(time, duration)
    case 'duration':
      return spec.from?.how === 'left' ? fc.oneof(time, duration) : duration
    case 'generalNames':
      return text(
        fc.oneof(
          word,
          word.map((value) => `dns:${value}`),
        ),
      )
    default:
      return text(fc.oneof(word, ...(spec.values ? [fc.constantFrom(...spec.values())] : [])))
  }
}

function comparisonOn(spec: FieldSpec): fc.Arbitrary<Filter> {
  const operator = fc.constantFrom(...OPERATORS_OF[spec.type])
  const compare = fc
    .tuple(operator, valueOf(spec))
    .map(([by, value]): Filter => ({ op: 'compare', field: spec.name, operator: by, value }))
  const nothing = fc
    .constantFrom<FilterOperator>('=', '!=')
    .map((by): Filter => ({ op: 'compare', field: spec.name, operator: by, value: { type: 'null' } }))
  const list = fc
    .array(valueOf(spec), { minLength: 1, maxLength: 4 })
    .map((values): Filter => ({ op: 'in', field: spec.name, values }))
  return fc.oneof(
    { weight: 6, arbitrary: compare },
    { weight: 1, arbitrary: nothing },
    { weight: 1, arbitrary: list },
  )
}

/** Random filters on every field of a certificate. */
export const filter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(...fieldsOf('certificate')).chain(comparisonOn),
    fc
      .tuple(fc.constantFrom<'and' | 'or'>('and', 'or'), fc.array(tie('filter'), { maxLength: 3 }))
      .map(([op, terms]): Filter => ({ op, terms })),
    tie('filter').map((term): Filter => ({ op: 'not', term })),
    fc.constant<Filter>({ op: 'all' }),
  ),
})).filter

const SORTABLE = fieldsOf('certificate').filter((spec) => spec.sortable)

/** Random sorts on every sortable field of a certificate. */
export const sorts: fc.Arbitrary<Sort[]> = fc.array(
  fc.record({ field: fc.constantFrom(...SORTABLE.map((spec) => spec.name)), descending: fc.boolean() }),
  { maxLength: 3 },
)
