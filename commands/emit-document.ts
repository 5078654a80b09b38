import { CertmanError } from '../src/base/errors.ts'
import {
  documentBytes,
  type DocumentLabel,
  type DocumentPlace,
  requirePlace,
  writeDocument,
} from '../src/operations/documents.ts'
import type { Context } from './context.ts'
import { choice, flag, type Given, text } from './declare.ts'
import { safeText } from './render/safe.ts'

/** Where a CSR or a CRL goes. */
export const DOCUMENT_OPTIONS = {
  out: text('FILE', 'write it to a file; - is standard output', { completes: 'file' }),
  format: choice(['pem', 'der'], 'form of what is written (default pem)', { short: 'f' }),
  force: flag('overwrite a file that exists'),
} as const

/** Where and how to write, as the flags say; undefined where no place was named. */
export function documentPlace(
  ctx: Context,
  options: Given<typeof DOCUMENT_OPTIONS>,
): DocumentPlace | undefined {
  const { out, force, format } = options
  if (out === undefined) return undefined
  return { out, force, cwd: ctx.cwd, format: format ?? 'pem' }
}

/** Refuses a file that is in the way; called before anything is made. @throws {CertmanError} `file.exists` */
export async function requireFreePlace(place: DocumentPlace | undefined): Promise<void> {
  if (place) await requirePlace(place)
}

/** What is to be written. */
export interface Document {
  readonly der: Uint8Array
  readonly label: DocumentLabel
}

/** Refuses to write what is no text to a terminal, which it would upset. @throws {CertmanError} `cli.usage` */
export function requireNoTerminal({ terminal }: Context): void {
  if (!terminal.stdoutIsTty) return
  throw new CertmanError('cli.usage', 'binary data is not written to a terminal', {
    hint: 'give --out FILE, or send standard output to a file or another program',
  })
}

/** The bytes themselves, on standard output. */
export async function printDocument(
  ctx: Context,
  { der, label }: Document,
  format: 'pem' | 'der' = 'pem',
): Promise<void> {
  if (format === 'der') requireNoTerminal(ctx)
  await ctx.terminal.write(documentBytes(der, label, format))
}

/**
 * Writes the document to the file that the flags name and says so on standard error; nothing in a dry run.
 *
 * @returns the absolute path, and whether the file was already so
 */
export async function saveDocument(
  ctx: Context,
  { der, label }: Document,
  place: DocumentPlace,
): Promise<{ readonly path: string; readonly outcome: 'changed' | 'unchanged' } | undefined> {
  if (ctx.global.dryRun) return undefined
  const bytes = documentBytes(der, label, place.format)
  const written = await writeDocument(bytes, place, ctx.ambient)
  const deed = written.outcome === 'changed' ? 'written' : 'already so'
  ctx.terminal.say(safeText(`${deed}: ${written.path} (${place.format}, ${bytes.length} bytes)`))
  return written
}
