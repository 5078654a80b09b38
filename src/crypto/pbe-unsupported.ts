import { nameOfOid } from '../asn1/oids.ts'
import { CertmanError } from '../base/errors.ts'

/** OpenSSL has ciphers and digests of former times (Blowfish, CAST5, SEED, MD4, Whirlpool), and odd modes. */
const OPENSSL = 'decrypt it first; a key: openssl pkey -provider legacy -provider default -in FILE -out KEY'

/** Algorithms that OpenSSL has not, by the beginning of their identifiers, and who does. */
const OTHERS: readonly (readonly [oid: RegExp, hint: string])[] = [
  [
    /^1\.2\.643\./,
    'GnuTLS knows the algorithms of Russia; a key: certtool --to-p8 --load-privkey FILE --pkcs-cipher aes-256 --outfile KEY; a PKCS#12 file: certtool --p12-info --inder --infile FILE',
  ],
  [
    /^1\.2\.840\.113549\.2\.2$/,
    'have the file written anew with another digest: pk12util -M SHA-256, openssl pkcs12 -macalg sha256',
  ],
  [
    /^1\.2\.840\.113549\.1\.5\.[14]$/,
    'MD2 is known to NSS only: pk12util -i FILE -d sql:FOLDER, then pk12util -o NEW.p12 -n NAME -d sql:FOLDER',
  ],
]

/** The refusal of an algorithm that certman does not know, by name where it has one: `format.unsupported`. */
export function unsupported(what: string, oid: string): CertmanError {
  const name = nameOfOid(oid)
  const message = `${what} ${name === undefined ? oid : `${name} (${oid})`} is not supported`
  const hint = OTHERS.find(([pattern]) => pattern.test(oid))?.[1] ?? OPENSSL
  return new CertmanError('format.unsupported', message, { hint })
}

/** The same refusal for a PKCS#12 file: what OpenSSL writes is AES-256 in PEM. */
export function unsupportedInPkcs12(cause: CertmanError): CertmanError {
  if (cause.hint !== OPENSSL) return cause
  const hint = 'take in what OpenSSL makes of it: openssl pkcs12 -legacy -in FILE -out NEW.pem'
  return new CertmanError(cause.code, cause.message, { cause, hint })
}
