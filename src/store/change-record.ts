import { CertmanError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import type { RecordKind } from '../domain/records.ts'
import { noRecord } from '../domain/reference.ts'
import type { IndexedRecord, StoredRecord, WriteTransaction } from '../repository/repository.ts'
import type { Outcome, Target } from './store.ts'

/** A change of a record's mutable fields. `undefined` removes a field. */
export interface FieldChange {
  readonly kind: RecordKind
  readonly id: string
  readonly fields: JsonObject
  /** Its bytes, where they change too. */
  readonly pem?: StoredRecord['pem']
  /** The verb, for the log. */
  readonly action: string
  /** What the outcome calls it: renamed, keyed, superseded … */
  readonly what: string
}

/** `fields` without those that are `undefined`: an absent field is written nowhere. */
export function withoutAbsent(fields: JsonObject): JsonObject {
  const present: Record<string, JsonObject[string]> = {}
  for (const name of Object.keys(fields)) if (fields[name] !== undefined) present[name] = fields[name]
  return present
}

/** The record as it stands in the transaction. @throws {CertmanError} `record.not-found` */
export async function getIndexed(
  tx: Pick<WriteTransaction, 'find'>,
  kind: RecordKind,
  id: string,
): Promise<IndexedRecord> {
  const [record] = await tx.find(kind, { by: 'id', id })
  if (record) return record
  throw noRecord(kind, id)
}

/** The same, as the target wants it. @throws {CertmanError} `record.not-found`, `record.changed` */
export async function getTarget(tx: Pick<WriteTransaction, 'find'>, target: Target): Promise<IndexedRecord> {
  const record = await getIndexed(tx, target.kind, target.id)
  requireRevision(target, record.revision)
  return record
}

/** @throws {CertmanError} `record.changed` when the record has not the revision that the target names, if it names one */
export function requireRevision(target: Target, current: string): void {
  if (target.revision !== undefined && target.revision !== current) throw changedMeanwhile(target)
}

const changedMeanwhile = ({ kind, id }: Target): CertmanError =>
  new CertmanError('record.changed', `${kind} ${id} was changed meanwhile`)

/** Refuses what was decided over records that have changed since. @throws {CertmanError} `record.changed` */
export async function requireUnchanged(
  tx: Pick<WriteTransaction, 'read'>,
  expected: readonly Target[] = [],
): Promise<void> {
  for (const target of expected) {
    const stored = await tx.read(target.kind, target.id)
    if (!stored) throw changedMeanwhile(target)
    requireRevision(target, stored.revision)
  }
}

/**
 * Puts changed fields over those of the record and says what became of it.
 *
 * @throws {CertmanError} `record.not-found`; `record.changed` for one that was edited by hand
 */
export async function changeRecord(tx: WriteTransaction, change: FieldChange): Promise<Outcome> {
  const { kind, id, action, what } = change
  const { revision } = await getIndexed(tx, kind, id)
  const { fields: before, pem: bytes } = (await tx.read(kind, id))!
  const pem = change.pem ?? bytes
  const fields = withoutAbsent({ ...before, ...change.fields })
  const log = { action, kind, id, detail: { what } }
  const row = await tx.put({ kind, id, fields, ...(pem && { pem }) }, revision, log)
  return { kind, id, outcome: 'changed', what, row }
}

/** The outcome of a record that was to come and is there. */
export const unchanged = ({ kind, id, row }: Pick<IndexedRecord, 'kind' | 'id' | 'row'>): Outcome => ({
  kind,
  id,
  outcome: 'unchanged',
  what: 'present',
  row,
})

/** The outcome of an edit that found the record as it was asked for. */
export const alreadySo = (record: Pick<IndexedRecord, 'kind' | 'id' | 'row'>): Outcome => ({
  ...unchanged(record),
  what: 'same',
})

/**
 * An outcome whose row is made each time that it is looked at: the rows of a hundred thousand would fill the memory. A
 * getter of the class: one of its own in every outcome would take more room than the rest of it.
 */
export abstract class LeanOutcome implements Outcome {
  abstract get kind(): Outcome['kind']
  abstract get id(): string
  abstract get outcome(): Outcome['outcome']
  abstract get what(): string
  abstract get row(): JsonObject

  toJSON(): Outcome {
    const { kind, id, outcome, what, row } = this
    return { kind, id, outcome, what, row }
  }
}

class LateOutcome extends LeanOutcome {
  readonly kind: Outcome['kind']
  readonly id: string
  readonly outcome: Outcome['outcome']
  readonly what: string
  readonly #row: () => JsonObject

  constructor({ kind, id, outcome, what }: Omit<Outcome, 'row'>, row: () => JsonObject) {
    super()
    this.kind = kind
    this.id = id
    this.outcome = outcome
    this.what = what
    this.#row = row
  }

  get row(): JsonObject {
    return this.#row()
  }
}

/** An outcome whose row is made each time that it is looked at. It is no plain object: a spread leaves the row behind. */
export const lateOutcome = (what: Omit<Outcome, 'row'>, row: () => JsonObject): Outcome =>
  new LateOutcome(what, row)

/** Collects outcomes: one per record; what a record went through first stays in front, and "unchanged" never hides a change. */
export class Outcomes {
  readonly #all: Outcome[] = []
  /** Where the outcome of a record stands. A key of kind and id would be a text more for each of them. */
  readonly #places = new Map<RecordKind, Map<string, number>>()

  add(outcome: Outcome): void {
    const { kind, id } = outcome
    const places = this.#places.get(kind) ?? new Map<string, number>()
    this.#places.set(kind, places)
    const at = places.get(id) ?? this.#all.length
    places.set(id, at)
    const before = this.#all[at]
    if (!before || before.outcome === 'unchanged') this.#all[at] = outcome
    else if (outcome.outcome === 'changed') this.#all[at] = renamed(outcome, before.what)
  }

  addAll(outcomes: Iterable<Outcome>): void {
    for (const outcome of outcomes) this.add(outcome)
  }

  all(): readonly Outcome[] {
    return this.#all
  }
}

/** The same outcome under another word. */
const renamed = (outcome: Outcome, what: string): Outcome =>
  lateOutcome({ kind: outcome.kind, id: outcome.id, outcome: outcome.outcome, what }, () => outcome.row)
