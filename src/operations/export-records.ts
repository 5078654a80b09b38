import type { Ambient } from '../base/ambient.ts'
import type { Secret } from '../base/secret.ts'
import type { Reference } from '../domain/reference.ts'
import type { PasswordSource } from '../formats/items.ts'
import type { Store } from '../store/store.ts'

/** The forms that `export` writes; file ending, default encoding and whether a private key is inside. */
export const EXPORT_FORMATS = {
  pem: { ending: 'pem', encoding: 'pem', label: 'certificate, PEM' },
  fullchain: { ending: 'pem', encoding: 'pem', label: 'certificate and its issuers without the root, PEM' },
  der: { ending: 'der', encoding: 'der', label: 'certificate, DER' },
  cer: { ending: 'cer', encoding: 'der', label: 'certificate as Windows names it, DER' },
  crt: { ending: 'crt', encoding: 'pem', label: 'certificate as Linux names it, PEM' },
  p7b: { ending: 'p7b', encoding: 'pem', label: 'certificate and its issuers, PKCS#7' },
  p12: { ending: 'p12', encoding: 'der', label: 'certificate, key and issuers, PKCS#12' },
  pfx: { ending: 'pfx', encoding: 'der', label: 'the same as p12 under the name that Windows uses' },
  key: { ending: 'key', encoding: 'pem', label: 'private key, PKCS#8' },
} as const
export type ExportFormat = keyof typeof EXPORT_FORMATS

export interface ExportRequest {
  /** Certificates; also requests (pem, der) and keys (key). */
  readonly references: readonly Reference[]
  readonly format: ExportFormat
  /** Other than the format's own: p7b as DER, cer or key as PEM or DER. */
  readonly encoding?: 'pem' | 'der'
  /** With the issuers that the store holds. Default: yes for fullchain, p7b, p12; no otherwise. */
  readonly chain?: boolean
  /** Default `leaf-first` (RFC 8446 section 4.4.2). */
  readonly order?: 'leaf-first' | 'root-first'
  /** Whether the chain includes the self-signed root. Default: no for fullchain, yes otherwise. */
  readonly root?: boolean
  /** `subject=…` and `issuer=…` lines before each PEM block, as OpenSSL writes them. */
  readonly headers?: boolean
  /** For pem: append the private key. */
  readonly withKey?: boolean
  /** `-` for standard output, a file, or a folder (existing, or ending in a separator); default: the working folder. */
  readonly out?: string
  readonly cwd: string
  /** One file for each reference instead of one for all. */
  readonly separate?: boolean
  readonly force?: boolean
  readonly dryRun?: boolean
  /** Protects the exported PKCS#12 or key. */
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
  readonly size: number
  /** Ids of the records inside, in order. */
  readonly ids: readonly string[]
  readonly privateKey: boolean
  readonly outcome: 'changed' | 'unchanged'
}

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
  /** Password for the exported PKCS#12 or key, when the request gives none. */
  readonly newPassword: PasswordSource
}

/**
 * Writes records to files: each file whole or not at all, private keys with mode 0600.
 *
 * @throws {CertmanError} `file.exists` without `force`, `key.not-exportable`, `key.missing`, `password.required`,
 *   `claim.missing`, `record.not-found`
 */
export function exportRecords(
  _store: Store,
  _request: ExportRequest,
  _tools: ExportTools,
): Promise<ExportReport> {
  throw new TypeError('not built yet')
}
