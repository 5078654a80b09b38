import { CertmanError } from '../base/errors.ts'
import { withBouncyCastle } from './bouncy-castle.ts'

/** A format that certman recognises and does not read: what the message calls it, and how a person gets at what is inside. */
type Foreign = readonly [start: RegExp, what: string, hint: string]

const GPGSM = 'X.509 certificates come out of: gpgsm --export --armor'

const JWK = 'convert it: step crypto key format FILE --pem --out KEY.pem'

/** By their first octets, in hex. */
const BINARY: readonly Foreign[] = [
  [/^504b0304/, 'a ZIP archive', 'unpack it first: unzip FILE'],
  [/^1f8b/, 'a gzip archive', 'unpack it first: gunzip FILE, or tar xzf FILE'],
  [/^(?:425a68|fd377a585a)/, 'a compressed archive', 'unpack it first: tar xf FILE'],
  [
    /^53514c69746520666f726d6174203300/,
    'an SQLite database',
    "out of the database of NSS, export with: pk12util -d sql:FOLDER -n NAME -o FILE.p12; out of that of cfssl: sqlite3 FILE 'select pem from certificates' > NEW.pem",
  ],
  [
    /^0000000043455254/,
    'a serialized certificate store of Windows',
    'export it as PKCS#7: Get-ChildItem, then Export-Certificate -Type P7B',
  ],
  [
    /^0[67]02000000(?:24|a4)0000/,
    'a key blob of Windows',
    'convert it: openssl rsa -inform MSBLOB -in FILE -out KEY.pem',
  ],
  [/^1ef1b5b0/, 'a PVK key file of Windows', 'convert it: openssl rsa -inform PVK -in FILE -out KEY.pem'],
  [
    /^0000000[12]00000014/,
    'a BKS or UBER key store',
    `${withBouncyCastle('BKS')}; where that fails, UBER in place of BKS`,
  ],
  // RFC 9580 section 4.2: a public or a secret key with a length of one or two octets, its version, the year of its making
  [/^9(?:[48]..|[59]....)0[34][3-9a-f]/, 'an OpenPGP key, no X.509 certificate', GPGSM],
  [/^.{16}4b425866/, 'a key box of GnuPG', GPGSM],
  [
    /^6b796368/,
    'a keychain of macOS',
    'export it: security export -k FILE -t identities -f pkcs12 -o FILE.p12',
  ],
]

/** Texts, by their beginning. */
const TEXTS: readonly Foreign[] = [
  [/^PuTTY-User-Key-File-/, 'a PuTTY key', 'convert it: puttygen KEY.ppk -O private-openssh -o KEY'],
  [
    /^---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY ----/,
    'a private key of the SSH of ssh.com',
    'convert it: puttygen FILE -O private-openssh -o KEY',
  ],
  [
    /^SSH PRIVATE KEY FILE FORMAT 1\.1/,
    'a private key for version 1 of SSH',
    'that version is gone: make a new key with ssh-keygen',
  ],
  [
    /^---- BEGIN SSH2 /,
    'an SSH public key in the form of RFC 4716',
    'convert it: ssh-keygen -i -f FILE > KEY.pub',
  ],
  [
    /^[a-z0-9-]{1,40}-cert-v\d\d@openssh\.com /,
    'an OpenSSH certificate, no X.509 certificate',
    'look at it with: ssh-keygen -L -f FILE',
  ],
  [
    /^sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com /,
    'an OpenSSH key of a security token',
    'its signatures are no X.509 signatures: make the request with the tool of the token',
  ],
  [
    /^(?=[A-Za-z-]{1,40}:)[^]*^content-type:\s*(?:multipart\/signed|application\/(?:x-)?pkcs7-)/im,
    'an S/MIME message',
    'take its certificates out: openssl smime -pk7out -in FILE -out FILE.p7b',
  ],
  [
    /<(?:[a-z]\w*:)?X509Certificate>/,
    'XML with certificates inside',
    'take what stands between <X509Certificate> and </X509Certificate> into a file: certman reads it as it is',
  ],
  [
    /^(?:0x)?(?=3[01])[0-9a-f]{2}(?:[\s:]*[0-9a-f]{2}){30,}[\s:]*$/i,
    'hex digits of DER',
    'make it DER: xxd -r -p FILE > NEW.der',
  ],
  [
    /^MI(?=[A-Za-z0-9+/\s]*[_-])[A-Za-z0-9_\s-]{60,}={0,2}\s*$/,
    'base64url of DER',
    "make it base64: tr -- '-_' '+/' < FILE > NEW",
  ],
  // one that could be read is PEM by now (jwk.ts); the settings of step-ca have one deep inside, which is none of theirs
  [
    /^\{(?:[^{}]*"keys"\s*:\s*\[\s*\{)?[^{}]*"kty"\s*:/,
    'a JSON Web Key that is symmetric, incomplete or of an unknown kind',
    JWK,
  ],
  // RFC 7516 section 7.2, and 7.1 with five parts
  [
    /^(?:\{[^{}]*"(?:ciphertext|encrypted_key)"\s*:|eyJ[\w-]+(?:\.[\w-]+){4}\s*$)/,
    'an encrypted JSON Web Key',
    JWK,
  ],
]

const SAMPLE = 4096

/**
 * Refuses a file that is recognised and not read.
 *
 * @param text the octets with UTF-16 undone
 * @throws {CertmanError} `format.unsupported`: says what it is and how to convert it
 */
export function refuseForeign(bytes: Uint8Array, text: Buffer): void {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('hex')
  const head = text
    .toString('utf8', 0, SAMPLE)
    .replace(/^\ufeff/, '')
    .trimStart()
  const found =
    BINARY.find(([pattern]) => pattern.test(start)) ?? TEXTS.find(([pattern]) => pattern.test(head))
  if (found) throw new CertmanError('format.unsupported', found[1], { hint: found[2] })
}

/**
 * OpenPGP wears an armour like PEM's, with a checksum that is none (RFC 9580 section 6).
 *
 * @throws {CertmanError} `format.unsupported` when it is the first armour in the text
 */
export function refuseOpenPgp(text: Buffer): void {
  const head = text.toString('latin1', 0, SAMPLE)
  if (/^[ \t]*-----BEGIN (PGP )?/m.exec(head)?.[1] !== undefined)
    throw new CertmanError('format.unsupported', 'an OpenPGP message or key, no X.509 certificate', {
      hint: GPGSM,
    })
}

/**
 * Why a file of no known format is refused.
 *
 * @throws {CertmanError} `format.unknown`
 */
export function refuseUnknown(bytes: Uint8Array): never {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (buffer.includes('-----BEGIN '))
    throw new CertmanError('format.unknown', 'its "-----BEGIN" stands inside a line, behind other text', {
      hint: 'take the PEM out of what is around it',
    })
  // base64 of "-----BEGIN": secrets of Kubernetes and kubeconfig in YAML
  if (buffer.includes('LS0tLS1CRUdJTi'))
    throw new CertmanError('format.unknown', 'its PEM stands in base64, inside other text', {
      hint: 'take it out, or have it written as JSON: kubectl get secret NAME -o json > NEW.json',
    })
  if (
    /(?:^|\n)[-\u2010-\u2015]+ ?BEGIN [A-Z0-9 .]{3,60}[-\u2010-\u2015]/.test(
      buffer.toString('utf8', 0, SAMPLE),
    )
  )
    throw new CertmanError('format.unknown', 'its BEGIN line has not five hyphens before and behind it', {
      hint: 'a word processor may have changed them: write -----BEGIN and -----END with five each',
    })
  // a character cut in two at the end of the sample is no sign of anything
  const isText = !/[^\P{Cc}\s]|\ufffd/u.test(buffer.toString('utf8', 0, 1024).slice(0, -3))
  throw new CertmanError(
    'format.unknown',
    isText ? 'text without any "-----BEGIN" line' : 'no format that certman knows',
  )
}
