import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CertmanError } from '../base/errors.ts'
import type { RecordKind } from '../domain/records.ts'
import type { ListedRecord, Store } from '../store/store.ts'
import { encodingOf, type ExportPart } from './encode-export.ts'
import { chainOf, chainWishes } from './export-chain.ts'
import { EXPORT_FORMATS, type ExportFormat, keyStoreName } from './export-formats.ts'
import { requireFitting } from './export-fitting.ts'
import { exportableKeyId, missingKey } from './export-key.ts'
import type { ExportRequest } from './export-records.ts'
import { CountedNames, fileStem } from './file-name.ts'
import { fileExists, isTaken } from './write-files.ts'

/** One file to come: where, what goes in, whether a private key is among it. */
export interface PlannedOutput {
  /** Absolute, or `-`. */
  readonly path: string
  readonly format: ExportFormat
  readonly parts: readonly ExportPart[]
  readonly keyIds: readonly string[]
  readonly secret: boolean
  /** A file stands there that may hold these very bytes: it is compared, in a dry run too. */
  readonly compare: boolean
}

/** Kinds that each form can hold. */
const HOLDS: Readonly<Record<ExportFormat, readonly RecordKind[]>> = {
  pem: ['certificate', 'request'],
  fullchain: ['certificate'],
  der: ['certificate', 'request'],
  cer: ['certificate'],
  crt: ['certificate'],
  p7b: ['certificate'],
  p12: ['certificate'],
  pfx: ['certificate'],
  jks: ['certificate'],
  key: ['certificate', 'request', 'key'],
}

/**
 * Resolves what was asked for and checks that it may and can leave in this form.
 *
 * @throws {CertmanError} `record.not-found`, `reference.ambiguous`, `key.missing`, `key.not-exportable`, `input.invalid`
 */
export async function collectParts(store: Store, request: ExportRequest): Promise<readonly ExportPart[]> {
  requireFitting(request)
  const parts = new Map<string, ExportPart>()
  for (const reference of request.references) {
    const { kind } = reference
    if (!HOLDS[request.format].includes(kind))
      throw new CertmanError('input.invalid', `${kind} records cannot be exported as ${request.format}`, {
        field: 'format',
        hint: `it holds: ${HOLDS[request.format].join(', ')}`,
      })
    const row = await store.resolve(reference)
    const name = `${kind} ${row.id}`
    if (!parts.has(name)) parts.set(name, await partOf(store, { kind, row }, request))
  }
  if (parts.size === 0) throw new CertmanError('input.invalid', 'nothing was named to be exported')
  return [...parts.values()]
}

async function partOf(
  store: Store,
  { kind, row }: { readonly kind: RecordKind; readonly row: ListedRecord },
  request: ExportRequest,
): Promise<ExportPart> {
  if (request.format === 'key') return { kind: 'key', row, keyId: await exportableKeyId(store, kind, row) }
  if (kind === 'request') return { kind, row, der: (await store.request(row.id)).der }
  const chained = await chainOf(store, await store.certificate(row.id), chainWishes(request))
  if (isKeyStore(request) && wantsKey(request) && typeof row['keyId'] !== 'string')
    throw missingKey(store, `${kind} ${row.id}`, ', or give --no-key for a file of certificates alone')
  const keyId = wantsKey(request) ? await exportableKeyId(store, kind, row) : undefined
  return { kind: 'certificate', row, chained, ...(keyId !== undefined && { keyId }) }
}

const isKeyStore = ({ format }: ExportRequest): boolean => keyStoreName(format) !== undefined

/** A key store is for a certificate with its key unless the person says otherwise; other forms only when asked. */
function wantsKey(request: ExportRequest): boolean {
  if (isKeyStore(request)) return request.withKey ?? true
  return request.format === 'pem' && request.withKey === true
}

/** What is encrypted is other bytes each time; everything else can be compared with what is there. */
const isRepeatable = (request: ExportRequest, secret: boolean): boolean =>
  !isKeyStore(request) && (!secret || request.noPassword === true)

/**
 * Decides every file's place and refuses what stands in the way and cannot be the same.
 *
 * @throws {CertmanError} `file.exists`, `file.is-directory`, `input.invalid`
 */
export async function planOutputs(
  groups: readonly (readonly ExportPart[])[],
  request: ExportRequest,
): Promise<readonly PlannedOutput[]> {
  const paths = await pathsFor(groups, request)
  const outputs: PlannedOutput[] = []
  for (const [index, parts] of groups.entries()) {
    const path = paths[index]!
    const keyIds = parts.flatMap((part) => ('keyId' in part && part.keyId !== undefined ? [part.keyId] : []))
    const secret = keyIds.length > 0
    const taken = path !== '-' && (await isTaken(path))
    if (taken && !request.force && !isRepeatable(request, secret)) throw fileExists(path)
    outputs.push({
      path,
      format: request.format,
      parts,
      keyIds,
      secret,
      compare: taken && isRepeatable(request, secret),
    })
  }
  return outputs
}

async function pathsFor(
  groups: readonly (readonly ExportPart[])[],
  request: ExportRequest,
): Promise<readonly string[]> {
  const { out, cwd } = request
  const folder = out === undefined ? cwd : await folderOf(out, cwd)
  if (folder === undefined) {
    if (groups.length === 1) return [out === '-' ? '-' : resolve(cwd, out!)]
    throw new CertmanError(
      'input.invalid',
      `${groups.length} files cannot all go to ${JSON.stringify(out)}`,
      { field: 'out', hint: 'name a folder (with a slash at its end), or leave --separate out' },
    )
  }
  const names = new CountedNames()
  return groups.map(([first]) =>
    join(folder, names.next(fileStem(first!.row, first!.kind), `.${endingOf(request)}`)),
  )
}

/** The absolute folder that `out` names; undefined when it names a file or standard output. */
async function folderOf(out: string, cwd: string): Promise<string | undefined> {
  if (out === '-') return undefined
  const path = resolve(cwd, out)
  const about = await stat(path).catch(() => undefined)
  if (about?.isDirectory()) return path
  return /[/\\]$/.test(out) ? path : undefined
}

function endingOf(request: ExportRequest): string {
  const { ending } = EXPORT_FORMATS[request.format]
  return request.format === 'pem' && encodingOf(request) === 'der' ? 'der' : ending
}
