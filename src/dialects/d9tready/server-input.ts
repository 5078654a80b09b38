import { isCertmanError } from '../../base/errors.ts'
import { isObject, jsonOf, type Json, type JsonObject } from '../../base/json.ts'
import type { Secret } from '../../base/secret.ts'
import { readPem } from '../../formats/pem.ts'
import { readItems } from '../../formats/read-items.ts'
import type { Call } from '../../http/exchange.ts'
import { bodyText } from '../body-text.ts'
import { member } from '../members.ts'
import { badRequest } from './errors.ts'
import { certificateBlocks } from './map.ts'
import { SUBJECT_MEMBERS, type WireSubject } from './wire.ts'

/** The body as an object; no body at all is an empty one. @throws {WireFault} 400, without a word of the body */
export async function objectBody(call: Call): Promise<JsonObject> {
  const text = await bodyText(call)
  if (text === '') return {}
  const body = text === undefined ? undefined : jsonOf(text)
  if (body === undefined) throw badRequest('The payload is not valid JSON.')
  if (isObject(body)) return body
  throw badRequest('The payload must be a JSON object.')
}

/** A member that is text; absent, `null` and blank are one. @throws {WireFault} 400 for another type */
function optionalText(body: Json, name: string): string | undefined {
  const value = member(body, name)
  if (value === undefined) return undefined
  if (typeof value !== 'string') throw badRequest(`${name} must be a string.`)
  return value.trim() === '' ? undefined : value
}

const MAX_NAME = 256

/** `name`. @throws {WireFault} 400 */
export function requiredName(body: Json): string {
  const name = optionalText(body, 'name')?.trim()
  if (name === undefined) throw badRequest('name is required.')
  return checked('name', name, MAX_NAME)
}

function checked(member: string, value: string, longest: number): string {
  if ([...value].length > longest)
    throw badRequest(`${member} must not have more than ${longest} characters.`)
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(value)) throw badRequest(`${member} has control characters.`)
  return value
}

/** The subject of a new certificate. @throws {WireFault} 400 */
export function subjectIn(body: Json, isStrict: boolean): WireSubject {
  const members = SUBJECT_MEMBERS.map(([name, , longest]) => {
    const value = optionalText(body, name)?.trim() ?? ''
    if (value === '' && (isStrict || name === 'common_name')) throw badRequest(`${name} is required.`)
    return [name, checked(name, value, longest)] as const
  })
  const subject = Object.fromEntries(members) as unknown as WireSubject
  const country = subject.country_code.toUpperCase()
  if (country !== '' && !/^[A-Z]{2}$/.test(country)) throw badRequest('country_code must have two letters.')
  if (!/^[\x20-\x7e]*$/.test(subject.email)) throw badRequest('email must be an ASCII address.')
  return { ...subject, country_code: country }
}

/** Certificates that one payload may hold. */
const MAX_CHAIN = 32

/** `ssl_certificate`: PEM, the leaf first; undefined when it is not there. @throws {WireFault} 400 */
export function certificatesIn(body: Json): readonly [Uint8Array, ...Uint8Array[]] | undefined {
  const text = optionalText(body, 'ssl_certificate')
  if (text === undefined) return undefined
  const found = blocksIn(text)
  const [leaf, ...chain] = found
  if (!leaf) throw badRequest('ssl_certificate holds no PEM of a certificate.')
  if (found.length > MAX_CHAIN) throw badRequest(`ssl_certificate holds more than ${MAX_CHAIN} certificates.`)
  return [leaf, ...chain]
}

function blocksIn(text: string): readonly Uint8Array[] {
  try {
    const { blocks } = readPem(Buffer.from(text))
    if (blocks.some(({ label }) => label.includes('PRIVATE KEY')))
      throw badRequest('ssl_certificate holds a private key.')
    return certificateBlocks(blocks)
  } catch (error) {
    if (isCertmanError(error)) throw badRequest('ssl_certificate holds a damaged certificate.')
    throw error
  }
}

/** A private key that was sent. */
export interface SentKey {
  readonly pkcs8: Secret
  readonly spki: Uint8Array
}

/** `key`: PEM of PKCS#8, PKCS#1 or SEC 1; undefined when it is not there. @throws {WireFault} 400, without its words */
export async function keyIn(body: Json): Promise<SentKey | undefined> {
  const text = optionalText(body, 'key')
  if (text === undefined) return undefined
  let isLocked = false
  const password = async (): Promise<undefined> => {
    isLocked = true
    return undefined
  }
  try {
    const { items } = await readItems(Buffer.from(text), { file: 'key', password })
    const keys = items.filter((item) => item.type === 'private-key')
    if (keys.length === 1 && !keys[0]!.wasEncrypted) return keys[0]!
  } catch (error) {
    if (!isCertmanError(error)) throw error
  }
  throw badRequest(isLocked ? 'key is encrypted.' : 'key is not the PEM of one private key.')
}
