import { isObject, jsonOf, type Json, type JsonObject } from '../base/json.ts'
import { keyOfJwk } from '../crypto/jwk.ts'
import { writePem } from './pem.ts'

/** The label of a block that stands for a JSON Web Key which nobody can take. */
export const UNREAD_JWK = 'JSON WEB KEY'

/**
 * A JSON Web Key or a set of them (RFC 7517 sections 4 and 5) as PEM, one block for each, followed by its certificates.
 * Places count the blocks and lines of what this returns.
 *
 * @param text an octet per character; a byte order mark may stand before it
 * @returns undefined when the text is neither, or when no key of it can be taken
 */
export function pemOfJwk(text: Buffer): Buffer | undefined {
  if (!text.includes('"kty"')) return undefined
  const value = jsonOf(text.toString('utf8').replace(/^\ufeff/, ''))
  if (!isObject(value)) return undefined
  const blocks = keysIn(value).flatMap(blocksOf)
  return blocks.some(({ taken }) => taken) ? Buffer.from(blocks.map(({ pem }) => pem).join('')) : undefined
}

function keysIn(value: JsonObject): readonly JsonObject[] {
  const { keys } = value
  const all = Array.isArray(keys) ? (keys as readonly Json[]) : [value]
  return all.filter((each): each is JsonObject => isObject(each) && typeof each['kty'] === 'string')
}

interface Block {
  readonly taken: boolean
  readonly pem: string
}

/** The key, and its certificates in base64 as section 4.7 has them. */
function blocksOf(jwk: JsonObject): readonly Block[] {
  const key = keyOfJwk(jwk)
  // without its octets, which may be a secret
  const pem = key ? writePem(key.label, key.der) : writePem(UNREAD_JWK, new Uint8Array(1))
  const { x5c } = jwk
  const chain = Array.isArray(x5c) ? (x5c as readonly Json[]).filter((each) => typeof each === 'string') : []
  const certificates = chain.map((body) => writePem('CERTIFICATE', Buffer.from(body, 'base64')))
  return [
    { taken: key !== undefined, pem },
    ...certificates.map((certificate) => ({ taken: true, pem: certificate })),
  ]
}
