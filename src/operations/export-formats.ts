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
/** A form's name on the command line. */
export type ExportFormat = keyof typeof EXPORT_FORMATS
