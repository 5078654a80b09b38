import { expect } from 'vitest'
import type { DialectName } from '../../../src/dialects/dialect.ts'
import type { Query } from '../../../src/domain/filter.ts'
import type { RecordKind } from '../../../src/domain/records.ts'
import { parseReference } from '../../../src/domain/reference.ts'
import type { UserRole } from '../../../src/domain/role.ts'
import { parseFilter } from '../../../src/query/parse.ts'
import type { Ability } from '../../../src/store/abilities.ts'
import type {
  ImportBatch,
  ListedRecord,
  NewCertificate,
  Outcome,
  Store,
  Target,
} from '../../../src/store/store.ts'
import { makeRequest, type TestCertificate } from '../../support/make-certificates.ts'
import { rowsOf } from '../../support/worlds.ts'

export { rowsOf as listed } from '../../support/worlds.ts'

/** An implementation of the store port. */
export type PortName = 'directory' | 'memory' | DialectName

/**
 * What a scenario cannot do without: an ability, the listing of a kind, a field of certificates (`field:name`), a verb
 * that no ability names (`verb:release`), a part of an ability that a vendor may deny by name (`delete.request`: a key of
 * its `limits`), or a notion that a vendor may not have at all (`notion:revision`).
 */
export type Need =
  | Ability
  | `list:${RecordKind}`
  | `field:${string}`
  | `verb:${keyof Store & string}`
  | `notion:${string}`
  | `${string}.${string}`

/** A store under test, and the full store that stands behind it. */
export interface PortWorld {
  readonly name: PortName
  /** The store under test: a local one, or a client that talks to its own server. */
  readonly store: Store
  /** For local implementations the store itself; else what stands behind the server. */
  readonly backing: Store
  /** The store as somebody else may use it. */
  readonly as: (role: UserRole, password?: string) => Promise<Store>
  /** One line for each request that reached the server so far. None for local stores. */
  readonly calls: () => readonly string[]
  /** Puts certificates into the backing in the way in which this vendor comes to have them. */
  readonly stock: (...certificates: readonly Stocked[]) => Promise<void>
  /** Whether rows of certificates have this field. */
  readonly gives: (field: string) => boolean
}

/** A certificate that is to be there. */
export interface Stocked {
  readonly of: TestCertificate
  readonly name?: string
  readonly friendlyName?: string
  readonly tags?: readonly string[]
  /** Its private key comes along. */
  readonly keyed?: boolean
}

/** One sentence about every store. */
export interface Scenario {
  readonly title: string
  readonly needs: readonly Need[]
  readonly run: (world: PortWorld) => Promise<void>
  /** What happens where a notion is lacking. */
  readonly otherwise?: (world: PortWorld) => Promise<void>
}

export const source = { how: 'imported', from: 'test.pem' } as const

/** A batch for `import`. */
export const batchOf = (...stocked: readonly Stocked[]): ImportBatch => ({
  certificates: stocked.map(({ of, keyed: _keyed, ...more }): NewCertificate => ({
    der: of.der,
    source,
    ...more,
  })),
  keys: stocked
    .filter(({ keyed }) => keyed)
    .map(({ of }) => ({ pkcs8: of.pkcs8, spki: of.spki, encrypted: false, source })),
})

/** The usual way into a store. */
export async function stockByImport(store: Store, stocked: readonly Stocked[]): Promise<void> {
  await store.import(batchOf(...stocked))
}

/** Where a store has certificates of requests only. */
export async function stockByRequest(store: Store, stocked: readonly Stocked[]): Promise<void> {
  for (const { of, keyed, name, tags, friendlyName } of stocked) {
    const key = keyed ? { key: { pkcs8: of.pkcs8, spki: of.spki, encrypted: false, source } } : {}
    const labels = { ...(name !== undefined && { name }), ...(tags && { tags }) }
    const [queued] = await store.submit({ csr: makeRequest(of.cn, of).der, ...key, ...labels })
    const { outcomes } = await store.attach({ kind: 'request', id: queued!.id }, [of.der])
    if (friendlyName !== undefined) await store.edit(targetOf(outcomes[0]!), { friendlyName })
  }
}

/** Certificates that fit a filter as typed. */
export const filtered = (
  store: Store,
  filter: string,
  more: Partial<Query> = {},
): Promise<readonly ListedRecord[]> =>
  rowsOf(store, 'certificate', { filter: parseFilter(filter, 'certificate'), sort: [], ...more })

/** Common names in a listing. */
export const cnOf = (row: ListedRecord): string => /CN=([^,+]+)/.exec(String(row['subject']))?.[1] ?? '?'

/** Sorted common names. */
export const cns = (rows: readonly ListedRecord[]): readonly string[] => rows.map(cnOf).toSorted()

/** By id, name, hash or serial number as typed. */
export const resolve = (
  store: Store,
  text: string,
  kind: RecordKind = 'certificate',
): Promise<ListedRecord> => store.resolve(parseReference(text, kind))

/** The row of a certificate in a store, found by what it is and not by its id. */
export async function rowOf(store: Store, { der }: Pick<TestCertificate, 'der'>): Promise<ListedRecord> {
  const { thumbprint } = await import('../../../src/x509/known-facts.ts').then(({ knownFacts }) =>
    knownFacts(der),
  )
  const row = (await rowsOf(store)).find((each) => each['thumbprint'] === thumbprint)
  if (row) return row
  throw new Error(`the store has no certificate ${thumbprint}`)
}

/** Whether a store has it. */
export const has = (store: Store, certificate: Pick<TestCertificate, 'der'>): Promise<boolean> =>
  rowOf(store, certificate).then(
    () => true,
    () => false,
  )

/** A target for a change. */
export const targetOf = (row: Pick<ListedRecord, 'id'>, kind: RecordKind = 'certificate'): Target => ({
  kind,
  id: row.id,
})

/** The outcome for a kind. */
export function outcomeOf(outcomes: readonly Outcome[], kind: RecordKind = 'certificate'): Outcome {
  const found = outcomes.find((each) => each.kind === kind)
  if (found) return found
  throw new Error(`no outcome for a ${kind}`)
}

/** Everything that can be seen of the backing, to tell whether anything changed. */
export async function everything(store: Store): Promise<unknown> {
  const kinds = await Promise.all(
    store.can.list.map(async (kind) => [kind, await rowsOf(store, kind)] as const),
  )
  return { kinds, trash: await store.trash() }
}

/** Runs what must be refused, and shows that it changed nothing behind. */
export async function refuses(
  world: PortWorld,
  run: () => Promise<unknown>,
  ...codes: readonly string[]
): Promise<void> {
  const before = await everything(world.backing)
  const error = await run().then(
    (done) => expect.fail(`was not refused but answered ${JSON.stringify(done)}`),
    (refusal: unknown) => refusal as { readonly code?: string; readonly message?: string },
  )
  // of some steps a client knows from the server's answer only that the state allows none
  const told = error.code?.startsWith('state.') ? 'state.refused' : error.code
  expect(codes, `${error.code}: ${error.message}`).toContain(told)
  expect(await everything(world.backing)).toEqual(before)
}

/** A filter's JSON fields as both stores say them, as far as the one under test says them. */
export function sameWhereGiven(
  world: PortWorld,
  given: ListedRecord,
  truth: ListedRecord,
  fields: readonly string[],
): void {
  for (const field of fields)
    // what nobody said a vendor may fill in
    if (world.gives(field) && truth[field] !== undefined)
      expect([field, given[field]]).toEqual([field, truth[field]])
}
