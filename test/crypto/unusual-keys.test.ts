import { createECDH, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { bitString, integer, nullValue, octetString, oid, sequence, tlv } from '../../src/asn1/writer.ts'
import { concat } from '../../src/base/bytes.ts'
import { verificationKey, verificationKeySoon } from '../../src/crypto/verification-key.ts'
import { verifySignature, verifySignatureAside } from '../../src/crypto/verify.ts'

const RSA = oid('1.2.840.113549.1.1.1')
const EC = oid('1.2.840.10045.2.1')
const NULL = nullValue()

const spki = (algorithm: readonly Uint8Array[], key: Uint8Array, unused = 0): Uint8Array =>
  sequence(sequence(...algorithm), bitString(key, unused))
const rsa = (key: Uint8Array, parameters = [NULL]): Uint8Array => spki([RSA, ...parameters], key)

const { n = '' } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })
const modulus = Buffer.from(n, 'base64url')
/** INTEGER with these octets, minimal or not. */
const raw = (...octets: readonly (Uint8Array | number)[]): Uint8Array =>
  tlv(2, concat(octets.map((part) => (typeof part === 'number' ? Uint8Array.of(part) : part))))
const N = raw(0, modulus)
const E = integer(65_537)
const usual = sequence(N, E)
const even = Buffer.from(modulus)
even[255]! &= 0xfe

const RSA_KEYS: Readonly<Record<string, Uint8Array>> = {
  'no parameters': rsa(usual, []),
  'a NULL that is not empty': rsa(usual, [Uint8Array.of(5, 1, 0)]),
  'an INTEGER as parameters': rsa(usual, [integer(0)]),
  'two parameters': rsa(usual, [NULL, NULL]),
  'a value behind the key': sequence(sequence(RSA, NULL), bitString(usual), NULL),
  'exponent 1': rsa(sequence(N, integer(1))),
  'exponent 0': rsa(sequence(N, integer(0))),
  'an even exponent': rsa(sequence(N, integer(4))),
  'a negative exponent': rsa(sequence(N, integer(-1))),
  'a long exponent': rsa(sequence(N, raw(1, modulus))),
  'an exponent in more octets than it needs': rsa(sequence(N, raw(0, 1, 0, 1))),
  'a negative modulus': rsa(sequence(raw(0x80, modulus), E)),
  'an even modulus': rsa(sequence(raw(0, even), E)),
  'a modulus in more octets than it needs': rsa(sequence(raw(0, 0, modulus), E)),
  'a modulus of nothing': rsa(sequence(raw(), E, octetString(modulus))),
  'the modulus 0': rsa(sequence(integer(0), raw(1, modulus))),
  'a modulus of 20,000 bits': rsa(sequence(raw(new Uint8Array(2500).fill(0x71)), E)),
  'a third number': rsa(sequence(N, E, E)),
  'octets behind the numbers': rsa(concat([usual, Uint8Array.of(0)])),
  'a private key in place of the numbers': rsa(sequence(integer(0), N, E, N, E, E, E, E, E)),
  'a whole SubjectPublicKeyInfo in place of the numbers': rsa(rsa(usual)),
  'a SET of the numbers': rsa(tlv(0x31, concat([N, E]))),
  'an indefinite length': rsa(concat([Uint8Array.of(0x30, 0x80), N, E, new Uint8Array(2)])),
}

/** Named curves (SEC 2, RFC 5639), as OpenSSL calls them. */
const CURVES = [
  ['prime256v1', '1.2.840.10045.3.1.7'],
  ['secp384r1', '1.3.132.0.34'],
  ['secp521r1', '1.3.132.0.35'],
  ['secp224r1', '1.3.132.0.33'],
  ['secp256k1', '1.3.132.0.10'],
  ['brainpoolP256r1', '1.3.36.3.3.2.8.1.1.7'],
  ['sect233k1', '1.3.132.0.26'], // cofactor 4: a point may have another order than the generator
] as const

const EC_KEYS = Object.fromEntries(
  CURVES.flatMap(([name, curve]) => {
    const pair = createECDH(name)
    pair.generateKeys()
    const point = pair.getPublicKey()
    const of = (key: Uint8Array, unused = 0): Uint8Array => spki([EC, oid(curve)], key, unused)
    const headed = (head: number, rest: Uint8Array): Uint8Array => concat([Uint8Array.of(head), rest])
    const hybrid = pair.getPublicKey(null, 'hybrid')
    return [
      [`${name}, compressed`, of(pair.getPublicKey(null, 'compressed'))],
      [`${name}, hybrid`, of(hybrid)],
      [`${name}, hybrid with the wrong bit`, of(headed(hybrid[0]! ^ 1, hybrid.subarray(1)))],
      [`${name}, the point at infinity`, of(Uint8Array.of(0))],
      [`${name}, the point at infinity with numbers`, of(headed(0, point.subarray(1)))],
      [`${name}, the point 0, 0`, of(headed(4, new Uint8Array(point.length - 1)))],
      [`${name}, numbers beyond the field`, of(headed(4, new Uint8Array(point.length - 1).fill(255)))],
      [`${name}, an octet too many`, of(concat([point, Uint8Array.of(0)]))],
      [`${name}, an octet too few`, of(point.subarray(0, -1))],
      [`${name}, a second parameter`, spki([EC, oid(curve), NULL], point)],
    ] as const
  }),
)

const hex = (text: string): Uint8Array => Buffer.from(text, 'hex')
/** P-256 in numbers (SEC 2 section 2.4.2), with this b. */
const explicitCurve = (b: Uint8Array): Uint8Array =>
  sequence(
    integer(1),
    sequence(
      oid('1.2.840.10045.1.1'),
      raw(0, hex('ffffffff00000001000000000000000000000000ffffffffffffffffffffffff')),
    ),
    sequence(
      octetString(hex('ffffffff00000001000000000000000000000000fffffffffffffffffffffffc')),
      octetString(b),
    ),
    octetString(GENERATOR),
    raw(0, hex('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')),
    integer(1),
  )
const GENERATOR = hex(
  '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296' +
    '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
)
const B = hex('5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b')

const KEYS = Object.entries({
  ...RSA_KEYS,
  ...EC_KEYS,
  'P-256 in numbers': spki([EC, explicitCurve(B)], GENERATOR),
  'a curve in numbers that is none': spki([EC, explicitCurve(new Uint8Array(32).fill(7))], GENERATOR),
})

/** Not its details: Node ends the whole process when it is asked for those of the point at infinity. */
function seen(key: KeyObject | undefined): string {
  if (!key) return 'refused'
  try {
    return `${key.asymmetricKeyType} ${key.export({ format: 'der', type: 'spki' }).toString('hex')}`
  } catch {
    return `${key.asymmetricKeyType}, read and not to be written`
  }
}

function decoded(key: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(key), format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
}

describe.each(KEYS)('a public key with %s', (_, key) => {
  test('is read or refused as OpenSSL decides', async () => {
    const expected = seen(decoded(key))
    expect(seen(verificationKey(key))).toBe(expected)
    expect(seen(await verificationKeySoon(key))).toBe(expected)
  })

  test.each(['1.2.840.10045.4.3.2', '1.2.840.113549.1.1.11'])(
    'makes no signature of %s valid',
    async (algorithm) => {
      const signature = sequence(integer(1), integer(1))
      const input = { algorithm: sequence(oid(algorithm)), signed: B, signature, spki: key }
      const verdict = verifySignature(input)
      expect(verdict).not.toBe('valid')
      expect(await verifySignatureAside(input)).toBe(verdict)
    },
  )
})
