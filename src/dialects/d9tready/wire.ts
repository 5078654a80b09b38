import { isObject, type Json, type JsonObject } from '../../base/json.ts'
import type { HttpReply } from '../../http/request.ts'
import { decode } from '../../http/route-pattern.ts'
import { strangeAnswer } from '../reply-errors.ts'
import { member, textMember } from '../members.ts'

/** How messages name the vendor. */
export const VENDOR = 'd9tready'

/** Where the API lies below its host. */
export const ROOT = '/rest'

/** Rel of the link from a certificate to its request. */
export const CSR_REL = 'certificate-signing-request'

/** A link: its target is an absolute URL. */
export interface WireLink extends JsonObject {
  readonly href: string
  readonly rel: string
}

/** An item of `GET /rest/privatekeys`: its id is a number. */
export interface WireKey extends JsonObject {
  readonly id: number
  readonly name: string
  readonly _links: readonly WireLink[]
}

/** An item of the two lists of certificates: its id is text. */
export interface WireCertificate extends JsonObject {
  readonly id: string
  readonly name: string
  readonly common_name: string
  /** `2014-09-02T12:17:55Z` */
  readonly valid_from: string
  readonly valid_thru: string
  readonly _links: readonly WireLink[]
}

/** The subject of a certificate, member by member; what is not there is empty text. */
export interface WireSubject extends JsonObject {
  readonly common_name: string
  readonly organization_name: string
  readonly organization_unit: string
  readonly locality: string
  readonly state_province: string
  readonly country_code: string
  readonly email: string
}

/** Members of the subject with their attribute type and the longest value (RFC 5280 appendix A.1). */
export const SUBJECT_MEMBERS = [
  ['common_name', '2.5.4.3', 64],
  ['organization_name', '2.5.4.10', 64],
  ['organization_unit', '2.5.4.11', 64],
  ['locality', '2.5.4.7', 128],
  ['state_province', '2.5.4.8', 128],
  ['country_code', '2.5.4.6', 2],
  ['email', '1.2.840.113549.1.9.1', 255],
] as const satisfies readonly (readonly [keyof WireSubject, string, number])[]

/** The path of a private key below the root. */
export const keyPath = (key: string | number): string => `/privatekeys/${encodeURIComponent(String(key))}`

/** The path of a certificate, or of all certificates of a key. */
export const certificatePath = (key: string | number, certificate?: string): string =>
  `${keyPath(key)}/certificates${certificate === undefined ? '' : `/${encodeURIComponent(certificate)}`}`

/** The links of a resource in every shape that the documents show: an array, one object, or an object by rel. */
export function linksOf(value: Json | undefined): readonly WireLink[] {
  const links = member(value, '_links') ?? member(value, 'links')
  if (Array.isArray(links)) return (links as readonly Json[]).flatMap((each) => linkOf(each))
  if (!isObject(links)) return []
  if (typeof links['href'] === 'string') return linkOf(links)
  return Object.entries(links).flatMap(([rel, each]) => linkOf(each, rel))
}

function linkOf(value: Json | undefined, rel?: string): readonly WireLink[] {
  const href = textMember(value, 'href')
  return href === undefined ? [] : [{ href, rel: rel ?? textMember(value, 'rel') ?? 'self' }]
}

/** The last segment of an address, decoded; the host does not matter. */
export function lastSegment(href: string): string | undefined {
  const path = href.replace(/[?#].*$/s, '').replace(/\/+$/, '')
  const last = path.slice(path.lastIndexOf('/') + 1)
  return last === '' ? undefined : decode(last)
}

/** Ids go into paths and messages: what is longer is none. */
const LONGEST_ID = 1024

/** The id of a resource: text or number, else the end of its own address. */
export function idOf(value: Json | undefined): string | undefined {
  const id = saidId(value)
  return id !== undefined && id.length > LONGEST_ID ? undefined : id
}

function saidId(value: Json | undefined): string | undefined {
  const id = member(value, 'id')
  if (typeof id === 'string' && id !== '') return id
  if (typeof id === 'number' && Number.isSafeInteger(id)) return String(id)
  const self = linksOf(value).find(({ rel }) => rel === 'self')
  return self && lastSegment(self.href)
}

/** The key that a certificate belongs to, from its own address. */
export function keyIdOf(value: Json | undefined): string | undefined {
  for (const { href } of linksOf(value)) {
    const key = /\/privatekeys\/([^/?#]+)\/certificates(?:\/|$)/.exec(href)?.[1]
    if (key !== undefined) return decode(key)
  }
  return undefined
}

/** The array that a listing must be. @throws {CertmanError} `remote.unexpected` */
export function listIn(reply: HttpReply): readonly Json[] {
  const value = reply.json()
  if (!Array.isArray(value)) throw strangeAnswer(VENDOR, reply, 'no list')
  const list = value as readonly Json[]
  if (list.every((each) => idOf(each) !== undefined)) return list
  // it would be lost in silence
  throw strangeAnswer(VENDOR, reply, 'an entry without an id')
}
