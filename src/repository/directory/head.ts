import { CertmanError, systemHint } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import { commandOn } from '../../base/text.ts'
import { CLAIMS, RECORD_KINDS, type Claim, type RecordKind } from '../../domain/records.ts'
import type { StoreHead } from '../repository.ts'
import { isMissing, whyNot, type Files } from './files.ts'
import { HEAD } from './paths.ts'

/** The format that this code writes. */
const FORMAT = 1

/** `store.json`: what the store is, and the next id of each kind. */
export interface HeadFile extends StoreHead {
  readonly nextIds: Readonly<Record<RecordKind, number>>
}

const FIRST_IDS = Object.fromEntries(RECORD_KINDS.map((kind) => [kind, 1])) as Record<RecordKind, number>

/** The head of a store that holds nothing yet. */
export const newHead = (head: Omit<StoreHead, 'format'>): HeadFile => ({
  format: FORMAT,
  ...head,
  nextIds: FIRST_IDS,
})

/** `store.json` as it is written. */
export function writeHead({ format, id, name, claims, createdAt, nextIds }: HeadFile): string {
  return `${JSON.stringify({ format, id, name, claims, createdAt, nextIds }, undefined, 2)}\n`
}

/**
 * Reads `store.json`.
 *
 * @throws {CertmanError} `store.not-found` (no such folder), `store.invalid` (a folder that is no store, or a
 * damaged head), `store.newer-format`
 */
export function readHead(files: Files): HeadFile {
  const store = files.absolute('')
  let text: string
  try {
    text = files.read(HEAD).toString('utf8')
  } catch (error) {
    if (!isMissing(error))
      throw new CertmanError('store.invalid', `cannot read ${files.absolute(HEAD)}: ${whyNot(error)}`, {
        cause: error,
        hint: systemHint(error) ?? 'check the permissions of the folder',
      })
    if (files.facts('')?.isFolder)
      throw new CertmanError('store.invalid', `${store} is no store: it has no store.json`)
    throw new CertmanError('store.not-found', `there is no store at ${store}`, {
      hint: `make one with: ${commandOn('store init', store)}`,
    })
  }
  return parseHead(text, files.absolute(HEAD))
}

function parseHead(text: string, file: string): HeadFile {
  let head: Partial<Record<keyof HeadFile, Json>> | null
  try {
    head = JSON.parse(text) as typeof head
  } catch (cause) {
    throw new CertmanError('store.invalid', `${file} is no JSON`, { cause })
  }
  const { format, id, name, claims, createdAt, nextIds } = head ?? {}
  if (typeof format !== 'number') throw new CertmanError('store.invalid', `${file} names no format`)
  if (format > FORMAT)
    throw new CertmanError('store.newer-format', `${file} has format ${format}; this certman knows ${FORMAT}`)
  if (
    typeof id !== 'string' ||
    typeof name !== 'string' ||
    typeof createdAt !== 'string' ||
    !isClaims(claims)
  )
    throw new CertmanError('store.invalid', `${file} has no usable id, name, claims or createdAt`)
  return { format, id, name, claims, createdAt, nextIds: { ...FIRST_IDS, ...readIds(nextIds, file) } }
}

const isClaims = (value: Json | undefined): value is Claim[] =>
  Array.isArray(value) && value.every((claim) => (CLAIMS as readonly Json[]).includes(claim as Json))

function readIds(value: Json | undefined, file: string): Partial<Record<RecordKind, number>> {
  if (typeof value !== 'object' || value === null)
    throw new CertmanError('store.invalid', `${file} has no nextIds`)
  const ids: Partial<Record<RecordKind, number>> = {}
  for (const kind of RECORD_KINDS) {
    const next = (value as Readonly<Record<string, Json>>)[kind]
    if (next === undefined) continue
    if (!Number.isSafeInteger(next) || (next as number) < 1)
      throw new CertmanError('store.invalid', `${file} has no usable nextIds.${kind}`)
    ids[kind] = next as number
  }
  return ids
}
