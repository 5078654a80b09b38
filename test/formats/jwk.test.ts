import { createPrivateKey, createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sha256Hex } from '../../src/crypto/digest.ts'
import type { Item } from '../../src/formats/items.ts'
import { readItems } from '../../src/formats/read-items.ts'
import { passwords } from '../support/password.ts'

// RFC 7517 appendix A.2 and RFC 8037 appendix A.1; the SHA-256 of the SubjectPublicKeyInfo is what Python's cryptography says
const P256 = {
  kty: 'EC',
  crv: 'P-256',
  x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
  y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
  d: '870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE',
  use: 'enc',
  kid: '1',
}
const ED25519 = {
  kty: 'OKP',
  crv: 'Ed25519',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
}
const P256_SPKI = '51b944cdfa544d4c3273aa6bf350625a7dd53bbb6a71723274f538b19a207760'
const ED25519_SPKI = '06e3fd8fda29bb60ab59557de61edb0aecdb231134be30e75b455f8e1b792fa9'
const SYMMETRIC = { kty: 'oct', k: 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75' }

const fixture = (path: string): string =>
  readFileSync(join(import.meta.dirname, '../../fixtures', path), 'utf8')
const leaf = fixture('tls/leaf.pem')
const certificateBody = leaf.split('-----')[2]!.replaceAll(/\s/g, '')

const read = (value: unknown) =>
  readItems(Buffer.from(JSON.stringify(value, undefined, 1)), { file: 'f', password: passwords() })
const refusal = (value: unknown): Promise<unknown> => read(value).catch((error: unknown) => error)
const keys = (items: readonly Item[]): unknown[] =>
  items.map((item) => [item.type, 'spki' in item ? sha256Hex(item.spki) : undefined])

describe('a JSON Web Key (RFC 7517)', () => {
  test('when it is private then the key is read', async () => {
    expect(keys((await read(P256)).items)).toEqual([['private-key', P256_SPKI]])
    expect(keys((await read(ED25519)).items)).toEqual([['private-key', ED25519_SPKI]])
  })

  test('when it is public then the public key is read', async () => {
    const { d: _, ...shared } = P256
    expect(keys((await read(shared)).items)).toEqual([['public-key', P256_SPKI]])
  })

  test('when it is an RSA key then it is the same key as in PEM', async () => {
    const pem = fixture('tls/leaf.key')
    const spki = createPublicKey(pem).export({ format: 'der', type: 'spki' })
    const jwk = createPrivateKey(pem).export({ format: 'jwk' })
    expect(keys((await read(jwk)).items)).toEqual([['private-key', sha256Hex(spki)]])
  })

  test('when it brings its certificate (section 4.7) then that is read too', async () => {
    const { d: _, ...shared } = P256
    const { items } = await read({ ...shared, x5c: [certificateBody] })
    expect(items.map(({ type }) => type)).toEqual(['public-key', 'certificate'])
    expect(items[1]).toMatchObject({ der: new Uint8Array(Buffer.from(certificateBody, 'base64')) })
  })

  test('when several stand in a set then all are read, and what nobody can take is listed', async () => {
    const { items, left } = await read({ keys: [P256, SYMMETRIC, ED25519] })
    expect(keys(items)).toEqual([
      ['private-key', P256_SPKI],
      ['private-key', ED25519_SPKI],
    ])
    expect(left).toEqual([
      {
        what: 'JSON WEB KEY',
        place: { file: 'f', at: expect.any(String) as string },
        why: expect.any(String) as string,
      },
    ])
  })
})

describe('a JSON Web Key that cannot be taken is refused, and nothing of it is repeated', () => {
  const forms: Readonly<Record<string, unknown>> = {
    'a symmetric one': SYMMETRIC,
    'a curve that OpenSSL does not know': { ...P256, crv: 'P-255' },
    'a private key with the public key of another': { ...ED25519, x: P256.x },
    'numbers that are none': { ...P256, d: 7 },
    'an RSA key without its primes': { kty: 'RSA', n: 'AQAB', e: 'AQAB', d: 'AQAB' },
  }
  for (const [name, value] of Object.entries(forms))
    test(name, async () => {
      const error = await refusal(value)
      expect(error).toMatchObject({
        code: 'format.unsupported',
        hint: expect.stringContaining('step crypto key format') as string,
      })
      expect(JSON.stringify(error)).not.toMatch(/AyM1|nWGx|870M/)
    })

  test('a private point that does not belong to the public one', async () => {
    expect(await refusal({ ...P256, d: ED25519.d })).toMatchObject({ code: 'der.malformed' })
  })
})
