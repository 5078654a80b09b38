import { CertmanError } from '../base/errors.ts'
import { commandOn } from '../base/text.ts'
import type { RecordKind } from '../domain/records.ts'
import type { NewKey } from '../store/store.ts'
import type { DialectFace } from './dialect.ts'

/** One refusal to be made. */
export interface Refusal {
  readonly face: DialectFace
  /** Name of the store in the settings. */
  readonly store: string
  /** Key of `limits`: an ability, `list.request` …, or a verb's detail such as `import.key`. */
  readonly key: string
  /** Completes "cannot …". */
  readonly deed: string
}

/** The refusal of what a vendor cannot do; the hint is the vendor's own sentence: what to do instead. */
export function unsupported({ face, store, key, deed }: Refusal): CertmanError {
  const { limits, title } = face
  const hint = limits[key] ?? limits[key.split('.')[0]!]
  return new CertmanError('store.unsupported', `${title} (store ${JSON.stringify(store)}) cannot ${deed}`, {
    hint: hint ?? `see what it can do: ${commandOn('store show', store)}`,
  })
}

/** The refusal of what a vendor does not do in the way that is asked for. @param words follow its name */
export const refusedBy = (vendor: string, words: string, hint: string): CertmanError =>
  new CertmanError('store.unsupported', `${vendor} ${words}`, { hint })

/** The first member of an order that says something, but for those that mean nothing to a vendor. */
export const saidBeside = (order: object, ignored: readonly string[]): string | undefined =>
  Object.entries(order).find(
    ([name, value]) => value !== undefined && value !== false && !ignored.includes(name),
  )?.[0]

/** Refuses keys under a password of their own. @throws {CertmanError} `store.unsupported` */
export function requireUnlocked(vendor: string, keys: readonly Pick<NewKey, 'encrypted'>[]): void {
  if (!keys.some(({ encrypted }) => encrypted)) return
  const words = 'cannot keep a private key under a password of its own'
  throw refusedBy(vendor, words, 'leave out the password for the key in the store')
}

/** Refuses keys that nobody may export again. @throws {CertmanError} `store.unsupported` */
export function requireExportable(vendor: string, keys: readonly Pick<NewKey, 'exportable'>[]): void {
  if (keys.some(({ exportable }) => exportable === false))
    throw refusedBy(vendor, 'cannot hold back a private key', 'leave out --not-exportable')
}

/** What is asked for is not there. */
export const noRecord = (kind: RecordKind, id: string): CertmanError =>
  new CertmanError('record.not-found', `no ${kind} ${JSON.stringify(id)}`)
