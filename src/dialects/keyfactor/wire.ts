import { isObject, type Json, type JsonObject } from '../../base/json.ts'
import type { HttpReply } from '../../http/request.ts'
import { strangeAnswer } from '../reply-errors.ts'

/** Stands in messages. */
export const VENDOR = 'Keyfactor Command'

/** `{ErrorCode, Message}`; `FailedOperations` is an array of objects or absent: the Go client panics on anything else. */
export interface WireError {
  readonly ErrorCode: string
  readonly Message: string
  readonly FailedOperations?: readonly { readonly Reason: string }[]
}

/** Names of headers as the server writes them. */
export const HEADER = {
  file: 'X-CertificateFile',
  total: 'X-Total-Count',
  format: 'x-certificateformat',
  version: 'x-keyfactor-api-version',
  requestedWith: 'x-keyfactor-requested-with',
  product: 'X-Keyfactor-Product-Version',
  supported: 'Api-Supported-Versions',
  correlation: 'X-Keyfactor-Correlation-Id',
  keyStatus: 'X-PrivateKeyStatus',
} as const

/** Members of a collection that say nothing of what it finds. */
export const COLLECTION_MEMBERS = { DuplicationField: 0, ShowOnDashboard: false, Favorite: false } as const

/** Ids are the non-negative part of an Int32. */
export const MAX_ID = 0x7fff_ffff

/** A member by its name in any letter case: `CertID` and `CertId` are both in use. Own members only. */
export function member(value: Json | undefined, name: string): Json | undefined {
  if (!isObject(value)) return undefined
  if (Object.hasOwn(value, name)) return value[name]
  const wanted = name.toLowerCase()
  const key = Object.keys(value).find((each) => each.toLowerCase() === wanted)
  return key === undefined ? undefined : value[key]
}

/** A member that is text; undefined for every other type. */
export function textMember(value: Json | undefined, name: string): string | undefined {
  const found = member(value, name)
  return typeof found === 'string' ? found : undefined
}

/** A member that is a whole number, or the text of one; undefined for everything else. */
export function numberMember(value: Json | undefined, name: string): number | undefined {
  const given = member(value, name)
  const found = typeof given === 'string' && /^-?\d{1,15}$/.test(given) ? Number(given) : given
  return typeof found === 'number' && Number.isSafeInteger(found) ? found : undefined
}

/** A member that is an array; empty when it is absent. */
export function listMember(value: Json | undefined, name: string): readonly Json[] {
  const found = member(value, name)
  return Array.isArray(found) ? (found as readonly Json[]) : []
}

/** The array that an answer must be. @throws {CertmanError} `remote.unexpected` */
export function wireList(reply: HttpReply): readonly Json[] {
  const value = reply.json()
  if (Array.isArray(value)) return value as readonly Json[]
  throw strangeAnswer(VENDOR, reply, 'no array')
}

/** The object that an answer must be. @throws {CertmanError} `remote.unexpected` */
export function wireObject(reply: HttpReply): JsonObject {
  const value = reply.json()
  if (isObject(value)) return value
  throw strangeAnswer(VENDOR, reply, 'no object')
}

/** What a change was answered with: an object with one of the members that say what became of it. @throws {CertmanError} `remote.unexpected` */
export function wireResult(reply: HttpReply, names: readonly string[]): JsonObject {
  const answer = wireObject(reply)
  if (names.some((name) => member(answer, name) !== undefined)) return answer
  throw strangeAnswer(VENDOR, reply, 'no word of what became of it')
}
