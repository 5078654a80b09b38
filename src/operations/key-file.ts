import { rm } from 'node:fs/promises'
import type { Ambient } from '../base/ambient.ts'
import { isCertmanError, type ErrorCode } from '../base/errors.ts'
import { writePem } from '../formats/pem.ts'
import type { NewKey } from '../store/store.ts'
import { writeFiles } from './write-files.ts'

/** After these nobody knows whether the request arrived: its key must not be lost. */
const UNSURE: readonly ErrorCode[] = [
  'remote.unreachable',
  'remote.timeout',
  'remote.failed',
  'remote.unexpected',
  'interrupted',
]

/** Where a key goes that the store does not keep. */
export interface KeyFile {
  /** Absolute; free. */
  readonly path: string
  readonly ambient: Ambient
}

/**
 * Writes a key to a file (PEM, mode 0600) and then does what needs it. When that is refused the file is taken away
 * again; when it is not known what came of it, the file stays.
 *
 * @throws {CertmanError} `file.not-writable`, what `act` throws
 */
export async function withKeyFile<T>(
  { pkcs8, encrypted }: NewKey,
  { path, ambient }: KeyFile,
  act: () => Promise<T>,
): Promise<T> {
  const label = encrypted ? 'ENCRYPTED PRIVATE KEY' : 'PRIVATE KEY'
  const bytes = Buffer.from(pkcs8.use((der) => writePem(label, der)))
  await writeFiles([{ path, bytes, secret: true }], ambient)
  try {
    return await act()
  } catch (error) {
    if (!UNSURE.some((code) => isCertmanError(error, code))) await rm(path, { force: true })
    throw error
  }
}
