import type { Ambient } from '../base/ambient.ts'
import { CertmanError, type ErrorCode, isCertmanError } from '../base/errors.ts'
import { isObject, type Json, type JsonObject } from '../base/json.ts'
import type { Secret } from '../base/secret.ts'
import type { InputFormat, LeftItem, PasswordSource, Place } from '../formats/items.ts'
import { fieldIs } from '../domain/filter.ts'
import { checkName } from '../domain/name.ts'
import { requireAbility } from '../store/abilities.ts'
import type { ListedRecord, Outcome, Store } from '../store/store.ts'
import { answeredNotes } from './answered-requests.ts'
import { batchOf, type ImportPlan } from './build-batch.ts'
import { chooseCertificates } from './choose-certificates.ts'
import { gatherItems, type Gathered } from './gather-items.ts'
import { bearerOf } from './import-names.ts'
import { withPlaces } from './placed-outcomes.ts'
import { quoted } from './read-sources.ts'

/** What the person asked for. */
export interface ImportRequest {
  /** Files and folders (read recursively); `-` is standard input. Relative paths start at `cwd`. */
  readonly paths: readonly string[]
  readonly cwd: string
  /** For the one end-entity certificate: the one that has its key here, else the only end entity. */
  readonly name?: string
  readonly friendlyName?: string
  readonly tags?: readonly string[]
  /** `false`: the private key may not leave the store again. */
  readonly exportable?: boolean
  /** A taken name moves to the new certificate; the old one becomes superseded. */
  readonly replace?: boolean
  readonly dryRun?: boolean
  /** Encrypts private keys at rest (PKCS#8, PBES2) with this password. */
  readonly keyPassword?: Secret
  /** `false`: private keys stay outside. */
  readonly keys?: boolean
  /** Take these certificates only: numbers in reading order from 1, or thumbprint/fingerprint prefixes. */
  readonly only?: readonly string[]
  readonly format?: InputFormat
}

/** One line of the checklist. */
export interface ImportCandidate {
  readonly subject: string
  readonly issuer: string
  readonly notAfter: string
  readonly fingerprint: string
  readonly hasKey: boolean
  readonly ca: boolean
  readonly friendlyName?: string
  readonly place: Place
}

/** Someone to ask. What is absent cannot be asked: the error then names the flag. */
export interface ImportDialog {
  readonly password: PasswordSource
  /** Several certificates: which ones? Answers indices into `candidates`. */
  readonly choose?: (candidates: readonly ImportCandidate[]) => Promise<readonly number[]>
  /** A name is taken: replace, another name, or `undefined` to stop. */
  readonly nameTaken?: (
    name: string,
    holder: ListedRecord,
  ) => Promise<{ readonly replace: true } | { readonly name: string } | undefined>
  readonly progress?: (done: number, total: number, what: string) => void
}

/** The world as far as file operations need it. */
export interface FileTools {
  readonly ambient: Ambient
  readonly readStdin: () => Promise<Uint8Array>
}

/** Whom to ask, and the world. */
export interface ImportIo {
  readonly dialog: ImportDialog
  readonly tools: FileTools
}

/** What happened to one record, and where it came from. */
export type ImportOutcome = Outcome & { readonly place?: Place | undefined }

/** A file of a folder that could not be read; the others went in. */
export interface FileFailure {
  readonly file: string
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string
}

/** What an import did, and what it did not. */
export interface ImportReport {
  readonly dryRun: boolean
  readonly outcomes: readonly ImportOutcome[]
  /** Everything that the files held and the store did not take, with the reason. */
  readonly left: readonly LeftItem[]
  /** Not empty: exit status 9. */
  readonly failures: readonly FileFailure[]
  /** Ids of imported keys that no certificate of the store belongs to. */
  readonly orphanKeys: readonly string[]
  readonly notes: readonly string[]
}

/**
 * Takes certificates, keys and requests from files into a store, in one transaction.
 * A damaged file that was named stops everything before anything is written; a damaged file found in a
 * folder is listed in `failures` and the rest lands.
 *
 * @throws {CertmanError} what reading a named file throws; `name.taken`; `input.empty` when there is nothing to take;
 *   `input.invalid` when `--name` fits several certificates; `limit.exceeded` for a file over 64 MiB
 */
export async function importFiles(
  store: Store,
  request: ImportRequest,
  { dialog, tools }: ImportIo,
): Promise<ImportReport> {
  requireAbility(store, 'import')
  const { password, progress } = dialog
  const { paths, cwd, format } = request
  const asked = { paths, cwd, password, tools, ...(format && { format }), ...(progress && { progress }) }
  const found = await chooseCertificates(await gatherItems(asked), request, dialog)
  requireSomething(found)
  const plan = { found, request, bearer: bearerOf(found, request), tools }
  const outcomes = await importAsking(store, plan, dialog)
  const placed = withPlaces(outcomes, found)
  return {
    dryRun: request.dryRun === true,
    outcomes: placed,
    left: found.left,
    failures: found.failures,
    orphanKeys: await orphansOf(store, found, outcomes),
    notes: [
      ...plainNotes(found, request, outcomes),
      ...keptNotes(outcomes, request),
      ...answeredNotes(placed),
    ],
  }
}

/** Imports; asks when the name is taken and somebody can be asked, until the answer fits or is "stop". */
async function importAsking(
  store: Store,
  plan: ImportPlan,
  dialog: Pick<ImportDialog, 'nameTaken' | 'progress'>,
): Promise<readonly Outcome[]> {
  let { name, replace = false } = plan.request
  const progress = (done: number, total: number): void =>
    dialog.progress?.(done, total, 'storing certificates')
  for (;;) {
    try {
      const batch = batchOf({ ...plan, request: { ...plan.request, ...(name !== undefined && { name }) } })
      return await store.import(batch, { replace, dryRun: plan.request.dryRun === true, progress })
    } catch (error) {
      if (!isCertmanError(error, 'name.taken') || name === undefined || !dialog.nameTaken) throw error
      const holder = await holderOf(store, name)
      const answer = holder && (await dialog.nameTaken(name, holder))
      if (!answer) throw error
      if ('replace' in answer) replace = true
      else name = checkName(answer.name)
    }
  }
}

/** The current certificate of that name. */
async function holderOf(store: Store, name: string): Promise<ListedRecord | undefined> {
  const filter = fieldIs('name', name)
  // the filter compares without case, names do not
  for await (const row of store.list('certificate', { filter, sort: [] }))
    if (row['name'] === name && row['supersededBy'] === undefined) return row
  return undefined
}

function requireSomething(found: Gathered): void {
  const { certificates, keys, requests, failures, left } = found
  if (certificates.length + keys.length + requests.length + failures.length > 0) return
  const what = left
    .slice(0, 3)
    .map((item) => `${item.what} in ${quoted(item.place.file)} (${item.why})`)
    .join(', ')
  const message = `there is nothing to import${what === '' ? '' : `; left: ${what}`}`
  // a folder without any file is no file to look into
  const hint = what === '' ? { hint: 'check the path: no file there holds what certman reads' } : {}
  throw new CertmanError('input.empty', message, hint)
}

/** Keys of this import that neither it nor the store has a certificate or request for. */
async function orphansOf(
  store: Store,
  found: Gathered,
  outcomes: readonly Outcome[],
): Promise<readonly string[]> {
  // where keys are no records of their own, none can be without an owner
  if (found.keys.length === 0 || !store.can.list.includes('key')) return []
  const owned = new Set(outcomes.filter(({ kind }) => kind !== 'key').map(({ row }) => publicHash(row)))
  const orphans: string[] = []
  for (const { id } of found.keys) if (!owned.has(id) && !(await hasOwner(store, id))) orphans.push(id)
  return orphans
}

/** By its public half: a remote store may give keys ids of its own. */
const publicHash = ({ publicKey }: JsonObject): Json | undefined =>
  isObject(publicKey) ? publicKey['spkiHash'] : undefined

async function hasOwner(store: Store, hash: string): Promise<boolean> {
  const filter = fieldIs('publicKey.spkiHash', hash)
  for (const kind of ['certificate', 'request'] as const)
    if (store.can.list.includes(kind) && (await store.count(kind, { filter })) > 0) return true
  return false
}

/** The rows of keys alone are looked at: those of a hundred thousand certificates would be made for it. */
const isPlainKey = (outcome: Outcome): boolean => outcome.kind === 'key' && outcome.row['encrypted'] === false

/** A password at rest was asked for, but the store has the key already, under one that may be another. */
function keptNotes(outcomes: readonly Outcome[], { keyPassword }: ImportRequest): readonly string[] {
  if (!keyPassword) return []
  return outcomes
    .filter(
      ({ kind, outcome, row }) => kind === 'key' && outcome === 'unchanged' && row['encrypted'] === true,
    )
    .map(
      ({ id }) => `the private key ${id.slice(0, 16)} was there before, and keeps the password that it has`,
    )
}

/** Of keys that the store keeps: a server that takes a PFX tells of none. */
function plainNotes(
  { keys }: Gathered,
  { keyPassword }: ImportRequest,
  outcomes: readonly Outcome[],
): readonly string[] {
  const ids = new Set(outcomes.filter(isPlainKey).map(({ id }) => id))
  const bare = keys.filter(({ id, item }) => item.wasEncrypted && ids.has(id))
  if (keyPassword || bare.length === 0) return []
  return [
    `${bare.length === 1 ? 'a key encrypted in its file is' : `${bare.length} keys encrypted in their files are`} kept without a password (mode 0600)`,
  ]
}
