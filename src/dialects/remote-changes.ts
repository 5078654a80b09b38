import type { JsonObject } from '../base/json.ts'
import { CertmanError } from '../base/errors.ts'
import type { RecordKind } from '../domain/records.ts'
import type { ListedRecord, MutationOptions, Outcome, Target } from '../store/store.ts'
import type { Signing } from '../store/authority-orders.ts'

/** A change of a remote store, taken apart as dry runs need it. */
export interface RemoteChange<C, T> {
  /** Reads what there is and refuses what would not work; sends nothing that changes. */
  readonly check: () => Promise<C>
  /** What a dry run answers. */
  readonly foretell: (checked: C) => T | Promise<T>
  /** The change itself. */
  readonly send: (checked: C) => Promise<T>
}

/** A batch that goes out part by part. */
export interface Batch<P> {
  readonly parts: readonly P[]
  /** What the parts are called: `certificates`. */
  readonly called: string
  readonly send: (part: P) => Promise<Outcome>
}

/** What came of a call that issued something, where there is no more to say. */
export const signing = (outcomes: readonly Outcome[], der: Uint8Array = new Uint8Array()): Signing => ({
  outcomes,
  changes: [],
  notes: [],
  der,
})

/** Runs a change under the one rule of dry runs: what can be checked by reading is checked, nothing is sent. */
export async function change<C, T>(
  options: MutationOptions | undefined,
  step: RemoteChange<C, T>,
): Promise<T> {
  const checked = await step.check()
  return options?.dryRun === true ? step.foretell(checked) : step.send(checked)
}

/**
 * Sends a batch. Where a part fails after others have changed something, the error says how far it came.
 *
 * @throws {CertmanError} `batch.partial`; the part's own where nothing was changed
 */
export async function sendAll<P>(
  { parts, called, send }: Batch<P>,
  options?: MutationOptions,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const part of parts) {
    try {
      outcomes.push(await send(part))
    } catch (error) {
      const isPartial = outcomes.some(({ outcome }) => outcome === 'changed')
      if (!isPartial || !(error instanceof CertmanError)) throw error
      throw new CertmanError(
        'batch.partial',
        `${outcomes.length} of ${parts.length} ${called} are in; then: ${error.message}`,
        { hint: 'import the same file again: what is there already is left as it is', cause: error },
      )
    }
    options?.progress?.(outcomes.length, parts.length)
  }
  return outcomes
}

/** Deletes one after the other, once all were found. @param remove answers what went beside the record */
export async function deleteEach(
  targets: readonly Target[],
  options: MutationOptions | undefined,
  step: {
    readonly find: (target: Target) => Promise<ListedRecord>
    readonly remove: (target: Target, row: ListedRecord) => Promise<readonly Outcome[]>
  },
): Promise<readonly Outcome[]> {
  const deleted = ({ kind }: Target, row: ListedRecord): Outcome => changed(kind, row, 'deleted')
  return change(options, {
    check: () => Promise.all(targets.map(step.find)),
    foretell: (rows) => rows.map((row, at) => deleted(targets[at]!, row)),
    send: async (rows) => {
      const outcomes: Outcome[] = []
      for (const [at, row] of rows.entries()) {
        const target = targets[at]!
        const beside = await step.remove(target, row)
        outcomes.push(deleted(target, row), ...beside)
      }
      return outcomes
    },
  })
}

type OutcomeOf = (kind: RecordKind, row: JsonObject & { readonly id: string }, what: string) => Outcome

/** The outcome of a change, with its row; `id` is taken from the row. */
export const changed: OutcomeOf = (kind, row, what) => ({ kind, id: row.id, outcome: 'changed', what, row })

/** The outcome where all was so already. */
export const unchanged: OutcomeOf = (kind, row, what) => ({
  ...changed(kind, row, what),
  outcome: 'unchanged',
})
