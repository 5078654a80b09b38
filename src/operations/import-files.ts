import type { Ambient } from '../base/ambient.ts'
import type { Secret } from '../base/secret.ts'
import type { InputFormat, LeftItem, PasswordSource, Place } from '../formats/items.ts'
import type { ListedRecord, Outcome, Store } from '../store/store.ts'

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

/** What happened to one record, and where it came from. */
export type ImportOutcome = Outcome & { readonly place?: Place }

/** A file of a folder that could not be read; the others went in. */
export interface FileFailure {
  readonly file: string
  readonly code: string
  readonly message: string
  readonly hint: string
}

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
 *   `input.invalid` when `--name` fits several certificates; `limit.exceeded` for a file over 100 MB
 */
export function importFiles(
  _store: Store,
  _request: ImportRequest,
  _io: { readonly dialog: ImportDialog; readonly tools: FileTools },
): Promise<ImportReport> {
  throw new TypeError('not built yet')
}
