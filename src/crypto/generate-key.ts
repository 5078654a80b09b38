import { generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { CertmanError } from '../base/errors.ts'
import { Secret } from '../base/secret.ts'
import { printable } from '../base/text.ts'
import type { PublicKeyFacts } from '../domain/facts.ts'

/** What certman calls a kind of key, what its public key says of itself, and what else a person may type. */
type KeyTypeRow = readonly [
  name: string,
  key: Pick<PublicKeyFacts, 'type' | 'size' | 'curve'>,
  aliases: readonly string[],
]

/**
 * The kinds of key that certman makes, in the order of help texts. An RSA-PSS key is made without parameters, so it
 * is not tied to one digest (RFC 4055 section 3.1); an EC key names its curve (RFC 5480 section 2.1.1).
 */
export const KEY_TYPES = [
  ['rsa-2048', { type: 'rsa', size: 2048 }, ['rsa', 'rsa2048']],
  ['rsa-3072', { type: 'rsa', size: 3072 }, ['rsa3072']],
  ['rsa-4096', { type: 'rsa', size: 4096 }, ['rsa4096']],
  ['rsa-pss-2048', { type: 'rsa-pss', size: 2048 }, ['rsa-pss', 'rsapss', 'rsapss-2048', 'rsassa-pss']],
  ['rsa-pss-3072', { type: 'rsa-pss', size: 3072 }, ['rsapss-3072']],
  ['rsa-pss-4096', { type: 'rsa-pss', size: 4096 }, ['rsapss-4096']],
  [
    'ec-p256',
    { type: 'ec', curve: 'P-256' },
    ['ec', 'ecdsa', 'p-256', 'p256', 'ec-256', 'ecdsa-p256', 'prime256v1', 'secp256r1', 'nistp256'],
  ],
  [
    'ec-p384',
    { type: 'ec', curve: 'P-384' },
    ['p-384', 'p384', 'ec-384', 'ecdsa-p384', 'secp384r1', 'nistp384'],
  ],
  [
    'ec-p521',
    { type: 'ec', curve: 'P-521' },
    ['p-521', 'p521', 'ec-521', 'ecdsa-p521', 'secp521r1', 'nistp521'],
  ],
  ['ed25519', { type: 'ed25519' }, ['ed-25519', 'eddsa']],
  ['ed448', { type: 'ed448' }, ['ed-448']],
] as const satisfies readonly KeyTypeRow[]

export type KeyType = (typeof KEY_TYPES)[number][0]

const ROWS: readonly (readonly [KeyType, KeyTypeRow[1], readonly string[]])[] = KEY_TYPES

/**
 * The kind of key that a person typed: a name of `KEY_TYPES` or another of its names, upper and lower case alike,
 * `_`, `:` and a space as good as `-`.
 *
 * @throws {CertmanError} `input.invalid`
 */
export function parseKeyType(text: string): KeyType {
  const typed = text.trim().toLowerCase().replace(/[_: ]/g, '-')
  const row = ROWS.find(([name, , aliases]) => name === typed || aliases.includes(typed))
  if (row) return row[0]
  const names = ROWS.map(([name]) => name).join(', ')
  throw new CertmanError('input.invalid', `no key type is called "${printable(text)}"`, {
    field: 'keyType',
    hint: `take one of ${names}`,
  })
}

/** The kind of key that this public key is, or undefined for one that certman would not make: another key like it. */
export const keyTypeOf = (key: Pick<PublicKeyFacts, 'type' | 'size' | 'curve'>): KeyType | undefined =>
  ROWS.find(([, row]) => row.type === key.type && row.size === key.size && row.curve === key.curve)?.[0]

/** A new key pair: PrivateKeyInfo and SubjectPublicKeyInfo as DER. */
export interface GeneratedKey {
  readonly pkcs8: Secret
  readonly spki: Uint8Array
}

const ENCODING = {
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'der' },
} as const

interface Pair {
  readonly publicKey: Uint8Array | KeyObject
  readonly privateKey: Uint8Array | KeyObject
}

// the overloads of generateKeyPair have a literal for each algorithm; the table above is what keeps them right
const generatePair = promisify(generateKeyPair) as (type: string, options: object) => Promise<Pair>

/**
 * Makes a key pair with the randomness of OpenSSL, on another thread: an RSA key of 4096 bits takes seconds.
 */
export async function generateKey(type: KeyType): Promise<GeneratedKey> {
  const row = ROWS.find(([name]) => name === type)
  if (!row) throw new TypeError(`generateKey: no key type ${type}`)
  const { type: algorithm, size, curve } = row[1]
  const { publicKey, privateKey } = await generatePair(algorithm, {
    ...ENCODING,
    ...(size !== undefined && { modulusLength: size }),
    ...(curve !== undefined && { namedCurve: curve }),
  })
  return { pkcs8: new Secret(privateKey as Uint8Array), spki: publicKey as Uint8Array }
}
