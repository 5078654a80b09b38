import { sameBytes } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import { Secret } from '../base/secret.ts'
import { printable } from '../base/text.ts'
import { bitString, explicit, integer, octetString, oid, sequence } from '../asn1/writer.ts'
import { pkcs8FromDsa, publicKeyOfPkcs8 } from '../crypto/keys.ts'
import { KEY_OID, pkcs8FromPkcs1, rsaAlgorithm, writePrivateKeyInfo } from '../crypto/private-key-info.ts'
import { writePublicKeyInfo } from '../crypto/public-key-info.ts'
import { SshReader } from './ssh-wire.ts'

/** Curves of RFC 5656 section 10.1 by the name that stands in keys. */
const CURVES: Readonly<Record<string, { readonly oid: string; readonly size: number }>> = {
  nistp256: { oid: '1.2.840.10045.3.1.7', size: 32 },
  nistp384: { oid: '1.3.132.0.34', size: 48 },
  nistp521: { oid: '1.3.132.0.35', size: 66 },
}

const ED25519_OID = '1.3.101.112'

const unsupported = (type: string): CertmanError =>
  new CertmanError('format.unsupported', `OpenSSH key of type ${printable(type)}`, {
    hint: type.startsWith('sk-')
      ? 'the private key lies in a security token and cannot be taken out'
      : 'certman reads RSA, ECDSA, Ed25519 and DSA keys of OpenSSH',
  })

function curve(type: string, name: string): { readonly oid: string; readonly size: number } {
  const found = Object.hasOwn(CURVES, name) ? CURVES[name] : undefined
  if (!found || type !== `ecdsa-sha2-${name}`) throw unsupported(type)
  return found
}

/**
 * SubjectPublicKeyInfo of an SSH public key blob (RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4).
 *
 * @throws {CertmanError} `format.unsupported` for other key types, `der.malformed`
 */
export function spkiFromSsh(blob: Uint8Array): Uint8Array {
  const reader = new SshReader(blob, 'OpenSSH public key')
  const type = reader.text()
  if (type === 'ssh-rsa') {
    const e = reader.mpint()
    return writePublicKeyInfo(rsaAlgorithm(), sequence(integer(reader.mpint()), integer(e)))
  }
  if (type === 'ssh-ed25519') return writePublicKeyInfo(sequence(oid(ED25519_OID)), reader.bytes())
  if (type === 'ssh-dss') {
    const parameters = sequence(...reader.mpints(3).map(integer))
    return writePublicKeyInfo(sequence(oid(KEY_OID.dsa), parameters), integer(reader.mpint()))
  }
  if (!type.startsWith('ecdsa-sha2-')) throw unsupported(type)
  const algorithm = sequence(oid(KEY_OID.ec), oid(curve(type, reader.text()).oid))
  return writePublicKeyInfo(algorithm, reader.bytes())
}

/**
 * PKCS#8 of the private fields of an OpenSSH key; `reader` stands at the key type and moves behind the fields.
 *
 * @throws {CertmanError} `format.unsupported` for other key types, `der.malformed`
 */
export function pkcs8FromSsh(reader: SshReader): Secret {
  const type = reader.text()
  if (type === 'ssh-rsa') return rsaKey(reader)
  if (type === 'ssh-ed25519') return ed25519Key(reader)
  if (type === 'ssh-dss') {
    const numbers = [0n, ...reader.mpints(5)]
    return pkcs8FromDsa(new Secret(sequence(...numbers.map(integer))))
  }
  if (!type.startsWith('ecdsa-sha2-')) throw unsupported(type)
  const { oid: curveOid, size } = curve(type, reader.text())
  const point = reader.bytes()
  const digits = reader.mpint().toString(16)
  if (digits.length > size * 2)
    throw new CertmanError('der.malformed', 'OpenSSH key with a number too large for its curve')
  const scalar = new Uint8Array(Buffer.from(digits.padStart(size * 2, '0'), 'hex'))
  const inner = sequence(integer(1), octetString(scalar), explicit(1, bitString(point)))
  return new Secret(writePrivateKeyInfo(sequence(oid(KEY_OID.ec), oid(curveOid)), inner))
}

function rsaKey(reader: SshReader): Secret {
  const [n, e, d, qInv, p, q] = reader.mpints(6) as [bigint, bigint, bigint, bigint, bigint, bigint]
  if (p <= 1n || q <= 1n) throw new CertmanError('der.malformed', 'OpenSSH RSA key without its primes')
  const numbers = [0n, n, e, d, p, q, d % (p - 1n), d % (q - 1n), qInv]
  return pkcs8FromPkcs1(new Secret(sequence(...numbers.map(integer))))
}

/** The seed stands before a copy of the public key (RFC 8032 section 5.1.5 makes the key from the seed). */
function ed25519Key(reader: SshReader): Secret {
  const publicKey = reader.bytes()
  const seedAndKey = reader.bytes()
  const copy = seedAndKey.subarray(32)
  if (seedAndKey.length !== 64 || !sameBytes(copy, publicKey))
    throw new CertmanError('der.malformed', 'OpenSSH Ed25519 key whose parts disagree')
  const key = new Secret(
    writePrivateKeyInfo(sequence(oid(ED25519_OID)), octetString(seedAndKey.subarray(0, 32))),
  )
  const expected = writePublicKeyInfo(sequence(oid(ED25519_OID)), publicKey)
  if (!sameBytes(publicKeyOfPkcs8(key), expected))
    throw new CertmanError('der.malformed', 'OpenSSH Ed25519 key with the public key of another')
  return key
}
