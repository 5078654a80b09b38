import { isObject, type Json, type JsonObject } from '../base/json.ts'
import type { Filter } from '../domain/filter.ts'
import type { RecordKind } from '../domain/records.ts'
import { foldWholeName } from '../base/fold-name.ts'
import { casefold } from './fold.ts'
import { fitsText, inOrder } from './match.ts'
import { resolve } from './resolve.ts'
import type { ListShape, ScalarTest, Test } from './tests.ts'

type Row = JsonObject

/**
 * The filter as a function of a row, for stores that cannot evaluate it themselves. Means exactly what `toSql` means.
 *
 * @throws {CertmanError} `filter.invalid`
 */
export function toPredicate(filter: Filter, kind: RecordKind, now: Date): (row: Row) => boolean {
  return compile(resolve(filter, { kind, now }))
}

/** A resolved filter as a function of a row. */
export function compile(test: Test): (row: Row) => boolean {
  switch (test.op) {
    case 'constant':
      return () => test.value
    case 'and': {
      const terms = test.terms.map(compile)
      return (row) => terms.every((term) => term(row))
    }
    case 'or': {
      const terms = test.terms.map(compile)
      return (row) => terms.some((term) => term(row))
    }
    case 'not': {
      const term = compile(test.term)
      return (row) => !term(row)
    }
    case 'any':
      return (row) =>
        elements(row, test.list).some((value) => !test.test || fitsText(test.test, casefold(value)))
    default:
      return compileScalar(test)
  }
}

function compileScalar(test: ScalarTest): (row: Row) => boolean {
  const read = reader(test.path)
  switch (test.op) {
    case 'present':
      return (row) => (read(row) ?? null) !== null
    case 'text':
      return onText(read, (text) => fitsText(test.test, foldedAs(test.folded, text)))
    case 'identifier':
      return onText(
        read,
        (text) => /^\d{1,15}$/.test(text) && inOrder(test.operator, Number(text) - test.value),
      )
    case 'instant':
      return onText(read, (text) => text < test.bound === (test.side === 'before'))
    case 'number':
      return (row) => {
        const value = read(row)
        return typeof value === 'number' && inOrder(test.operator, value - test.value)
      }
    case 'boolean':
      return (row) => read(row) === test.value
    default:
      throw new TypeError('compileScalar: unexpected test')
  }
}

function foldedAs(how: boolean | 'name', text: string): string {
  const folded = how === false ? text : casefold(text)
  return how === 'name' ? foldWholeName(folded) : folded
}

function onText(read: Reader, fits: (text: string) => boolean): (row: Row) => boolean {
  return (row) => {
    const value = read(row)
    return typeof value === 'string' && fits(value)
  }
}

type Reader = (row: Row) => Json | undefined

/** Reads the value at a path such as `publicKey.type`. */
export function reader(path: string): Reader {
  const steps = path.split('.')
  return (row) => {
    let value: Json | undefined = row
    for (const step of steps) {
      if (!isObject(value)) return undefined
      value = value[step]
    }
    return value
  }
}

/** The texts of a list field in the order of the row; empty when it is absent. */
export function elements(row: Row, list: ListShape): string[] {
  const value = row[list.path]
  if (!Array.isArray(value)) return []
  const members = value as readonly Json[]
  if (list.shape === 'texts') return members.filter((member) => typeof member === 'string')
  const wanted = list.shape === 'attributes' ? list.attribute : list.type
  const flat =
    list.shape === 'attributes' ? members.flatMap((rdn) => (Array.isArray(rdn) ? rdn : [])) : members
  return (flat as readonly Json[]).flatMap((member) => {
    if (!isObject(member)) return []
    const { type, value: text } = member
    return typeof text === 'string' && (wanted === undefined || type === wanted) ? [text] : []
  })
}
