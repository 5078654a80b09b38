import { fieldsIn, type Filter } from '../domain/filter.ts'
import { findField } from '../query/fields.ts'
import type { RemoteSetup } from './dialect.ts'

/** What a vendor tells of certificates. */
export interface Telling {
  /** `Dialect.title`. */
  readonly vendor: string
  /** Fields of its rows, by their names in the catalogue. */
  readonly told: ReadonlySet<string>
}

const OF_SUBJECT = ['subject', 'cn', 'o', 'ou', 'c', 'l', 'st', 'dc']
const OF_END = ['notAfter', 'expires', 'state', 'supersededBy']

/** Told by every vendor that gives subject, thumbprint and end of a certificate, or following from them. */
export const TOLD_BY_ALL: readonly string[] = ['id', 'hasKey', 'thumbprint', ...OF_END, ...OF_SUBJECT]

/**
 * Says, once, which fields of a filter over certificates a vendor does not send: a list that is empty for that reason
 * would be taken for an answer.
 */
export function sayUntold(setup: RemoteSetup, filter: Filter, { vendor, told }: Telling): void {
  const names = fieldsIn(filter).map((field) => findField('certificate', field)?.name)
  const untold = new Set(names.filter((name) => name !== undefined && !told.has(name)))
  if (untold.size === 0) return
  sayOnce(setup, `${vendor} does not tell ${[...untold].join(', ')}: nothing can be found by it`)
}

/** What was said already on each connection. */
const SAID = new WeakMap<RemoteSetup, Set<string>>()

/** Says a thing once: a server may stand on this connection and list all day. */
export function sayOnce(setup: RemoteSetup, line: string): void {
  const said = SAID.get(setup) ?? new Set()
  SAID.set(setup, said)
  if (said.has(line)) return
  said.add(line)
  setup.notice(`${setup.name}: ${line}`)
}
