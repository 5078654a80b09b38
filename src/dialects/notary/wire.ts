import type { CertmanError } from '../../base/errors.ts'
import { isObject, type Json, type JsonObject } from '../../base/json.ts'
import type { HttpReply } from '../../http/request.ts'
import { strangeAnswer } from '../reply-errors.ts'
import { member } from '../members.ts'

/** How messages name the vendor. */
export const VENDOR = 'Canonical Notary'

/** Name of the session cookie. */
export const COOKIE = 'user_token'

/** Where the API lies. */
export const API = '/api/v1'

/** The four states of a request, as the vendor writes them. */
const WIRE_STATES = ['Outstanding', 'Active', 'Rejected', 'Revoked'] as const
export type WireState = (typeof WIRE_STATES)[number]

/** A certificate request. */
export interface WireRequest {
  readonly id: number
  /** PEM exactly as submitted. */
  readonly csr: string
  /** PEM, the leaf first; `""`: none. */
  readonly certificate_chain: string
  readonly status: WireState
  /** The owner; `username` before 2025-07, absent before 2025-06. */
  readonly email?: string
}

/** A certificate authority. */
export interface WireAuthority {
  readonly id: number
  /** Before 2025-06 there was `status` instead: active, expired, pending, legacy. */
  readonly enabled: boolean
  /** PEM chain; `""` while it waits for its certificate. */
  readonly certificate: string
  readonly csr: string
  /** PEM, or `""`. */
  readonly crl: string
}

/** An account. */
export interface WireAccount {
  readonly id: number
  readonly email: string
  /** 0 admin, 1 certificate manager, 2 certificate requestor, 3 reader. */
  readonly role_id: number
  readonly has_password: boolean
  readonly has_oidc: boolean
  readonly auth_methods: readonly string[]
}

/** What `GET /status` says. */
export interface WireStatus {
  readonly initialized: boolean
  readonly version: string
}

/**
 * What an answer carries: `data`, or `result` as it was called until April 2026. `null` and nothing are undefined.
 * In the old form successes without a result carry a message only.
 */
export const payload = (body: Json): Json | undefined => member(body, 'data') ?? member(body, 'result')

const strange = (reply: HttpReply, what: string): CertmanError => strangeAnswer(VENDOR, reply, what)

/** The id of an object: a JSON number; text in no known version, but it does no harm. */
export function wireId(value: Json | undefined): string | undefined {
  const id = member(value, 'id') ?? member(value, 'certificate_authority_id')
  return (typeof id === 'number' && Number.isInteger(id)) || (typeof id === 'string' && /^\d+$/.test(id))
    ? String(id)
    : undefined
}

/** The id that a create was answered with. @throws {CertmanError} `remote.unexpected` */
export function createdId(reply: HttpReply): string {
  const id = wireId(payload(reply.json()))
  if (id !== undefined) return id
  throw strange(reply, 'no id')
}

/** The objects of a list; `null` is an empty one. @throws {CertmanError} `remote.unexpected` */
export function wireList(reply: HttpReply): readonly Json[] {
  const body = reply.json()
  const found = payload(body)
  if (Array.isArray(found)) return found as readonly Json[]
  if (found === undefined && isObject(body) && ('data' in body || 'result' in body)) return []
  throw strange(reply, 'no list')
}

/** The object that was asked for. @throws {CertmanError} `remote.unexpected` */
export function wireObject(reply: HttpReply): JsonObject {
  const found = payload(reply.json())
  if (isObject(found)) return found
  throw strange(reply, 'no object')
}
