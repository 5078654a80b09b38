import type { Ambient } from '../base/ambient.ts'
import { CertmanError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import type { Reference } from '../domain/reference.ts'
import type { PasswordSource } from '../formats/items.ts'
import { requireAbility } from '../store/abilities.ts'
import { requireClaim } from '../store/claims.ts'
import type { Store } from '../store/store.ts'
import { encodeExport, type ExportPart } from './encode-export.ts'
import { type ExportFormat, keyStoreName } from './export-formats.ts'
import { openKey, outputPassword } from './export-key.ts'
import { javaNotes } from './java-refusal.ts'
import { collectParts, planOutputs, type PlannedOutput } from './plan-export.ts'
import { fileExists, isSame, writeFiles } from './write-files.ts'

/** What is to leave the store, and in what form. */
export interface ExportRequest {
  /** Certificates; also requests (pem, der) and keys (key). */
  readonly references: readonly Reference[]
  readonly format: ExportFormat
  /** Other than the format's own: p7b as DER, cer or key as PEM or DER. */
  readonly encoding?: 'pem' | 'der'
  /** With the issuers that the store holds. Default: yes for fullchain, p7b and key stores; no otherwise. */
  readonly chain?: boolean
  /** Default `leaf-first` (RFC 8446 section 4.4.2). */
  readonly order?: 'leaf-first' | 'root-first'
  /** Whether the chain includes the self-signed root. Default: no for fullchain, yes otherwise. */
  readonly root?: boolean
  /** `subject=…` and `issuer=…` lines before each PEM block, as OpenSSL writes them. */
  readonly headers?: boolean
  /** For pem: append the private key (default: no). For key stores: include it (default: yes; no makes a trust store). */
  readonly withKey?: boolean
  /** `-` for standard output, a file, or a folder (existing, or ending in a separator); default: the working folder. */
  readonly out?: string
  readonly cwd: string
  /** One file for each reference instead of one for all. */
  readonly separate?: boolean
  readonly force?: boolean
  readonly dryRun?: boolean
  /** Protects the exported key store or key. */
  readonly password?: Secret
  /** A plain private key is wanted, and the person said so. */
  readonly noPassword?: boolean
  /** Target preset of PKCS#12: modern, windows-2016, java8, macos, openssl3, fips. */
  readonly target?: string
  readonly friendlyName?: string
}

/** One file that was (or, dry, would be) written. */
export interface ExportedFile {
  /** Absolute path, or `-`. */
  readonly path: string
  readonly format: ExportFormat
  /** Absent in a dry run. */
  readonly size?: number
  /** Ids of the records inside, in order. */
  readonly ids: readonly string[]
  readonly privateKey: boolean
  readonly outcome: 'changed' | 'unchanged'
}

/** What `exportRecords` did. */
export interface ExportReport {
  readonly dryRun: boolean
  readonly files: readonly ExportedFile[]
  /** What to write to standard output when `out` is `-`. */
  readonly stdout?: Uint8Array
  /** e.g. an issuer that the store does not hold. */
  readonly notes: readonly string[]
}

/** Whom to ask for passwords; `need.what` says which one. */
export interface ExportTools {
  readonly ambient: Ambient
  /** Password of a stored key that is encrypted. */
  readonly keyPassword: PasswordSource
  /** Password for the exported key store or key, when the request gives none. */
  readonly newPassword: PasswordSource
}

/**
 * Writes records to files: each file whole or not at all, private keys with mode 0600. A file that holds the same
 * already stays, `unchanged`. Everything that can be refused
 * is refused before anybody is asked for a password; all files of one call are written or none.
 *
 * @throws {CertmanError} `file.exists` without `force`, `key.not-exportable`, `key.missing`, `password.required`,
 *   `claim.missing`, `record.not-found`, `input.invalid`
 */
export async function exportRecords(
  store: Store,
  request: ExportRequest,
  tools: ExportTools,
): Promise<ExportReport> {
  if (request.format === 'jks' && request.noPassword) throw needsPassword()
  requireAbilities(store, request)
  const info = await store.info()
  requireClaim(info, 'export')
  const parts = await collectParts(store, request)
  const groups = request.separate ? parts.map((part) => [part]) : [parts]
  const outputs = await planOutputs(groups, request)
  const dryRun = request.dryRun === true
  const job = { store, request, tools, outputs }
  const encoded = await encodeAll(job)
  if (!dryRun) await writeAll(encoded, request, tools)
  const stdout = encoded.find(({ file, bytes }) => file.path === '-' && bytes)?.bytes
  return {
    dryRun,
    files: encoded.map(({ file }) => file),
    ...(stdout && { stdout }),
    notes: [...notesOn(parts), ...javaNotes(parts, request)],
  }
}

const needsPassword = (): CertmanError =>
  new CertmanError('input.invalid', 'Java opens no key store without a password', {
    field: 'password',
    hint: 'give one with --password-file, --password-env or --password-command',
  })

/** What the store must give out for this; refused before anything is looked up or asked. */
function requireAbilities(store: Store, { references, format, withKey }: ExportRequest): void {
  const isKeyStore = keyStoreName(format) !== undefined
  for (const { kind } of references)
    if (format !== 'key') requireAbility(store, kind === 'request' ? 'exportRequest' : 'exportCertificate')
  if (format === 'key' || (isKeyStore ? withKey !== false : format === 'pem' && withKey === true))
    requireAbility(store, 'exportKey')
}

interface Encoded {
  readonly file: ExportedFile
  readonly bytes?: Uint8Array
}

function planned({ path, parts, secret, format }: PlannedOutput): Encoded {
  return {
    file: { path, format, ids: parts.map(({ row }) => row.id), privateKey: secret, outcome: 'changed' },
  }
}

async function encodeAll(job: {
  readonly store: Store
  readonly request: ExportRequest
  readonly tools: ExportTools
  readonly outputs: readonly PlannedOutput[]
}): Promise<readonly Encoded[]> {
  const { store, request, tools, outputs } = job
  const dryRun = request.dryRun === true
  const password = dryRun ? undefined : await passwordFor(request, tools, outputs)
  const encoded: Encoded[] = []
  for (const output of outputs) {
    const { path, secret, compare } = output
    const { file } = planned(output)
    if (dryRun && !compare) {
      encoded.push({ file })
      continue
    }
    const keys = new Map<string, Secret>()
    for (const id of output.keyIds)
      if (!keys.has(id)) keys.set(id, await openKey(store, id, tools.keyPassword))
    const { random, now } = tools.ambient
    const bytes = await encodeExport(output.parts, request, { keys, password, random, now: now() })
    const same = compare && (await isSame({ path, bytes, secret }))
    if (compare && !same && !request.force) throw fileExists(path)
    const outcome = same ? 'unchanged' : 'changed'
    encoded.push(
      dryRun ? { file: { ...file, outcome } } : { file: { ...file, size: bytes.length, outcome }, bytes },
    )
  }
  return encoded
}

/** One password for all files of a call; asked for only where something is to be protected. */
async function passwordFor(
  request: ExportRequest,
  tools: ExportTools,
  outputs: readonly PlannedOutput[],
): Promise<Secret | undefined> {
  const keyStore = keyStoreName(request.format)
  if (keyStore === undefined && !outputs.some(({ secret }) => secret)) return undefined
  return outputPassword(request, tools, { file: outputs[0]!.path, what: keyStore ?? 'private key' })
}

async function writeAll(
  encoded: readonly Encoded[],
  request: ExportRequest,
  { ambient }: ExportTools,
): Promise<void> {
  const makeFolder = /[/\\]$/.test(request.out ?? '')
  const files = encoded
    .filter(({ file }) => file.path !== '-' && file.outcome === 'changed')
    .map(({ file, bytes }) => ({ path: file.path, bytes: bytes!, secret: file.privateKey, makeFolder }))
  if (files.length > 0) await writeFiles(files, ambient)
}

function notesOn(parts: readonly ExportPart[]): readonly string[] {
  const missing = parts.flatMap((part) =>
    part.kind === 'certificate' && part.chained.missing !== undefined
      ? [
          `the chain of certificate ${part.row.id} is not complete: the store does not hold ${JSON.stringify(part.chained.missing)}`,
        ]
      : [],
  )
  return [...new Set(missing)]
}
