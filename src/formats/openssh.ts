import { CertmanError } from '../base/errors.ts'
import { fromBase64 } from '../base/bytes.ts'
import type { Secret } from '../base/secret.ts'
import { decryptOpenssh, type OpensshCiphertext } from '../crypto/openssh-cipher.ts'
import { PbeWork } from '../crypto/pbe-work.ts'
import { pkcs8FromSsh, spkiFromSsh } from './openssh-keys.ts'
import { SshReader } from './ssh-wire.ts'

const MAGIC = 'openssh-key-v1\0'

/** An OpenSSH private key file, opened as far as that goes without a password. */
export interface OpensshFile {
  /** `undefined` when the key is not encrypted. */
  readonly sealed: OpensshCiphertext | undefined
  /** The private part when it is not encrypted. */
  readonly plain: Uint8Array
}

/**
 * Reads the content of an `OPENSSH PRIVATE KEY` block (OpenSSH, PROTOCOL.key section 1).
 *
 * @throws {CertmanError} `der.malformed`; `format.unsupported` for several keys in one file or another key derivation
 */
export function readOpenssh(bytes: Uint8Array): OpensshFile {
  if (Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1') !== MAGIC)
    throw new CertmanError('der.malformed', 'no OpenSSH private key under its label')
  const reader = new SshReader(bytes, 'OpenSSH private key', MAGIC.length)
  const cipher = reader.text()
  const kdf = reader.text()
  const options = reader.bytes()
  if (reader.uint32() !== 1)
    throw new CertmanError('format.unsupported', 'OpenSSH private key file with several keys')
  reader.bytes() // the public key; the private part repeats it
  const content = reader.bytes()
  if (cipher === 'none') return { sealed: undefined, plain: content }
  if (kdf !== 'bcrypt')
    throw new CertmanError('format.unsupported', 'OpenSSH private key with an unknown key derivation')
  const parameters = new SshReader(options, 'OpenSSH private key')
  const salt = parameters.bytes()
  return {
    sealed: { cipher, salt, rounds: parameters.uint32(), ciphertext: content, tag: reader.rest },
    plain: new Uint8Array(),
  }
}

/**
 * The private key as PKCS#8.
 *
 * @param password needed when `file.sealed` is set
 * @param work account of the file that the key stands in
 * @throws {CertmanError} `password.wrong`, `format.unsupported`, `der.malformed`, `limit.exceeded`
 */
export function openOpenssh(file: OpensshFile, password: Secret | undefined, work = new PbeWork()): Secret {
  if (file.sealed && !password)
    throw new CertmanError('password.required', 'the OpenSSH private key is encrypted')
  const content = file.sealed && password ? decryptOpenssh(file.sealed, password, work) : file.plain
  const reader = new SshReader(content, 'OpenSSH private key')
  // the same random number twice: the only mark of a right password
  if (reader.uint32() !== reader.uint32()) {
    if (file.sealed) throw new CertmanError('password.wrong', 'the password does not open the OpenSSH key')
    throw new CertmanError('der.malformed', 'OpenSSH private key whose check numbers differ')
  }
  return pkcs8FromSsh(reader)
}

/** Options of `authorized_keys` or the host of `known_hosts`, then type, base64 and comment. */
const LINE =
  /^(?:(?:[^\s"]|"(?:[^"\\]|\\.)*")+[ \t]+)?(ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp(?:256|384|521))[ \t]+([A-Za-z0-9+/]+={0,2})(?:\s|$)/

/** Whether a line has an OpenSSH public key: type, base64, comment; options or a host may stand before it. */
export const isOpensshLine = (line: string): boolean => LINE.test(line)

/**
 * SubjectPublicKeyInfo of one line of a `.pub`, `authorized_keys` or `known_hosts` file.
 *
 * @throws {CertmanError} `der.malformed`, `format.unsupported`
 */
export function readOpensshLine(line: string): Uint8Array {
  const match = LINE.exec(line)
  if (!match) throw new CertmanError('der.malformed', 'no OpenSSH public key')
  const blob = fromBase64(match[2]!)
  if (new SshReader(blob, 'OpenSSH public key').text() !== match[1])
    throw new CertmanError('der.malformed', 'OpenSSH public key of another type than its line says')
  return spkiFromSsh(blob)
}
