import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { assert, asyncProperty, integer, nat } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { verificationKey, verificationKeySoon } from '../../src/crypto/verification-key.ts'

/** What OpenSSL's decoders make of the same octets: the oracle. */
function decoded(spki: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
}

/** All that can be seen of a key. */
const seen = (key: KeyObject | undefined): unknown =>
  key && { type: key.asymmetricKeyType, details: key.asymmetricKeyDetails, spki: written(key) }

function written(key: KeyObject): string {
  try {
    return key.export({ format: 'der', type: 'spki' }).toString('hex')
  } catch {
    return 'read, and not to be written' // RSA-PSS with a digest that OpenSSL does not know
  }
}

const ecKey = (namedCurve: string): Buffer =>
  generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'der', type: 'spki' })
const rsaKey = (modulusLength: number, publicExponent = 65_537): Buffer =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey.export({
    format: 'der',
    type: 'spki',
  })
const pssKey = (): Buffer =>
  generateKeyPairSync('rsa-pss', {
    modulusLength: 1024,
    hashAlgorithm: 'sha384',
    mgf1HashAlgorithm: 'sha384',
  }).publicKey.export({ format: 'der', type: 'spki' })

const KEYS: Readonly<Record<string, Buffer>> = {
  'P-256': ecKey('P-256'),
  'P-384': ecKey('P-384'),
  'P-521': ecKey('P-521'),
  secp256k1: ecKey('secp256k1'),
  'RSA of 512 bits': rsaKey(512),
  'RSA of 1,024 bits and exponent 3': rsaKey(1024, 3),
  'RSA of 2,048 bits': rsaKey(2048),
  'RSA-PSS bound to SHA-384': pssKey(),
  Ed25519: generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }),
}

const octet = (at: number, change: (octet: number) => number) => (spki: Buffer) => {
  const copy = Buffer.from(spki)
  copy[at] = change(copy[at]!)
  return copy
}

describe.each(Object.entries(KEYS))('a key of the kind %s', (_, spki) => {
  test('is the one that OpenSSL decodes', async () => {
    expect(seen(verificationKey(spki))).toEqual(seen(decoded(spki)))
    expect(seen(await verificationKeySoon(spki))).toEqual(seen(decoded(spki)))
  })

  test('with an octet changed is refused or read as OpenSSL decides', async () => {
    await assert(
      asyncProperty(nat(spki.length - 1), integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = octet(at, (before) => before ^ change)(spki)
        const expected = seen(decoded(changed))
        expect(seen(verificationKey(changed))).toEqual(expected)
        expect(seen(await verificationKeySoon(changed))).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  })

  test('cut short, or with octets behind it, is refused or read as OpenSSL decides', async () => {
    for (const other of [
      ...Array.from({ length: 40 }, (_, n) => spki.subarray(0, n)),
      spki.subarray(0, -1),
    ]) {
      expect(seen(verificationKey(other))).toEqual(seen(decoded(other)))
      expect(seen(await verificationKeySoon(other))).toEqual(seen(decoded(other)))
    }
  })
})

test('a point beside the curve, and one whose coordinate is no element of the field, are refused', async () => {
  const spki = KEYS['P-256']!
  // FIPS 186-4 section D.1.2.3; y of x = 0 is left as it is, the field is what matters
  const prime = 'ffffffff00000001000000000000000000000000ffffffffffffffffffffffff'
  const outside = Buffer.from(spki)
  outside.write(prime, 27, 'hex')
  for (const wrong of [octet(40, (before) => before ^ 1)(spki), outside]) {
    expect(verificationKey(wrong)).toBeUndefined()
    expect(await verificationKeySoon(wrong)).toBeUndefined()
  }
})

test('a key is read once, but for one that is longer than any that OpenSSL verifies with', () => {
  const { n = '' } = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })
  const long = createPublicKey({
    key: { kty: 'RSA', n: Buffer.alloc(5000, Buffer.from(n, 'base64url')).toString('base64url'), e: 'AQAB' },
    format: 'jwk',
  }).export({ format: 'der', type: 'spki' })
  const usual = KEYS['RSA of 2,048 bits']!
  expect(verificationKey(usual)).toBe(verificationKey(usual))
  expect(verificationKey(long)).toBeDefined()
  expect(verificationKey(long)).not.toBe(verificationKey(long))
})
