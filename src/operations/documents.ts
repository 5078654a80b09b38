import { resolve } from 'node:path'
import type { Ambient } from '../base/ambient.ts'
import { CertmanError } from '../base/errors.ts'
import { writePem } from '../formats/pem.ts'
import { quoted, readSource } from './read-sources.ts'
import { isSame, requireFree, writeFiles } from './write-files.ts'

/** A text that describes something has a page or two, not a mebibyte. */
const MAX_TEXT_SIZE = 1024 * 1024

/**
 * The text of a file that a person wrote: a request, a profile.
 *
 * @param path `-` is standard input
 * @throws {CertmanError} what reading throws; `limit.exceeded` over 1 MiB; `input.invalid` for what is no UTF-8
 */
export async function readTextFile(
  path: string,
  { cwd, readStdin }: { readonly cwd: string; readonly readStdin: () => Promise<Uint8Array> },
): Promise<string> {
  const absolute = path === '-' ? '-' : resolve(cwd, path)
  const bytes = await readSource({ file: path, path: absolute, named: true }, readStdin)
  if (bytes.length > MAX_TEXT_SIZE)
    throw new CertmanError('limit.exceeded', `${quoted(path)} is larger than 1 MiB`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new CertmanError('input.invalid', `${quoted(path)} is no UTF-8 text`, { cause })
  }
}

/** Where one DER document is to be written, and in what form. */
export interface DocumentPlace {
  /** A file, or `-` for standard output. */
  readonly out: string
  readonly cwd: string
  readonly format: 'pem' | 'der'
  readonly force: boolean
}

/** The labels of RFC 7468 for what is written by itself. */
export type DocumentLabel = 'CERTIFICATE' | 'CERTIFICATE REQUEST' | 'X509 CRL'

/** A document as bytes of the form. */
export const documentBytes = (der: Uint8Array, label: DocumentLabel, format: 'pem' | 'der'): Uint8Array =>
  format === 'der' ? der : new TextEncoder().encode(writePem(label, der))

/** Refuses what is in the way, before anything is made. @throws {CertmanError} `file.exists`, `file.is-directory` */
export async function requirePlace({ out, cwd, force }: DocumentPlace): Promise<void> {
  if (out !== '-') await requireFree(resolve(cwd, out), force)
}

/** Writes the bytes of a document. @returns the absolute path, and whether the file was already so */
export async function writeDocument(
  bytes: Uint8Array,
  { out, cwd }: DocumentPlace,
  ambient: Ambient,
): Promise<{ readonly path: string; readonly outcome: 'changed' | 'unchanged' }> {
  const path = resolve(cwd, out)
  const file = { path, bytes, secret: false }
  if (await isSame(file)) return { path, outcome: 'unchanged' }
  await writeFiles([file], ambient)
  return { path, outcome: 'changed' }
}
