/** The forms that `export` writes: file ending, default encoding, what is said of them in help. */
export const EXPORT_FORMATS = {
  pem: { ending: 'pem', encoding: 'pem', label: 'certificate, PEM' },
  fullchain: { ending: 'pem', encoding: 'pem', label: 'certificate and its issuers without the root, PEM' },
  der: { ending: 'der', encoding: 'der', label: 'certificate, DER' },
  cer: { ending: 'cer', encoding: 'der', label: 'certificate as Windows names it, DER' },
  crt: { ending: 'crt', encoding: 'pem', label: 'certificate as Linux names it, PEM' },
  p7b: { ending: 'p7b', encoding: 'pem', label: 'certificate and its issuers, PKCS#7' },
  p12: { ending: 'p12', encoding: 'der', label: 'certificate, key and issuers, PKCS#12' },
  pfx: { ending: 'pfx', encoding: 'der', label: 'the same as p12 under the name that Windows uses' },
  jks: { ending: 'jks', encoding: 'der', label: 'the same for old Java, its own key store' },
  key: { ending: 'key', encoding: 'pem', label: 'private key, PKCS#8' },
} as const
/** A form's name on the command line. */
export type ExportFormat = keyof typeof EXPORT_FORMATS

/** Forms that hold a certificate with its key and its issuers, or, without the key, whom to trust. */
const KEY_STORES: Partial<Record<ExportFormat, string>> = {
  p12: 'PKCS#12 file',
  pfx: 'PKCS#12 file',
  jks: 'Java key store',
}

/** What a form is called that holds a certificate with its key and issuers; undefined for all others. */
export const keyStoreName = (format: ExportFormat): string | undefined => KEY_STORES[format]
