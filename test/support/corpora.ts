import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** One file of the corpora with what an independent reader expects of it; `manifest.json` explains each field. */
export interface CorpusEntry {
  readonly id: string
  readonly path: string
  readonly kind: 'cert' | 'csr' | 'crl' | 'key' | 'pkcs7' | 'pkcs12' | 'bundle' | 'jks'
  readonly format: string
  readonly expect: 'accept' | 'reject' | 'either'
  readonly class: string
  readonly source: string
  readonly label?: string
  readonly password?: string | null
  readonly encrypted?: boolean
  readonly fields?: Readonly<Record<string, unknown>> | null
  readonly refs?: Readonly<Record<string, string>> | null
  readonly oddities?: readonly string[]
  readonly note?: string
  readonly damage?: string
  readonly [other: string]: unknown
}

/** The corpora: where they lie, what they hold, and the bytes of each file. */
export interface Corpus {
  readonly folder: string
  readonly entries: readonly CorpusEntry[]
  /** Bytes of a file, by its path in the manifest. */
  readonly read: (path: string) => Uint8Array
  /** A JSON file of the corpora, such as `pairs.json`. */
  readonly json: (path: string) => unknown
}

/** The folder of the corpora: `CERTMAN_CORPORA`, else `../shared/corpora` beside the repository. */
export const corporaFolder = (): string =>
  resolve(import.meta.dirname, '../..', process.env['CERTMAN_CORPORA'] ?? '../shared/corpora')

/** Why tests over the corpora do not run; the reason of every such skip. */
export const NO_CORPORA = 'the corpora are absent: set CERTMAN_CORPORA to their folder'

/** The corpora, or undefined when they are absent; in CI their absence is an error, unless `CERTMAN_CORPORA=none` says so. */
export function corpus(): Corpus | undefined {
  const folder = corporaFolder()
  if (!existsSync(join(folder, 'manifest.json'))) {
    if (process.env['CI'] && process.env['CERTMAN_CORPORA'] !== 'none') throw new Error(NO_CORPORA)
    return undefined
  }
  const read = (path: string): Uint8Array => new Uint8Array(readFileSync(join(folder, path)))
  const json = (path: string): unknown => JSON.parse(readFileSync(join(folder, path), 'utf8'))
  const { entries } = json('manifest.json') as { entries: CorpusEntry[] }
  return { folder, entries, read, json }
}
