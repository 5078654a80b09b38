import { CertmanError } from '../../base/errors.ts'
import type {
  NewAuthority,
  NewRequest,
  RevocationOrder,
  SigningOrder,
  AuthorityWish,
} from '../../store/authority-orders.ts'
import type { JsonObject } from '../../base/json.ts'
import { DerReader } from '../../asn1/reader.ts'
import { readName } from '../../x509/name.ts'
import { refusedBy, saidBeside } from '../refusals.ts'
import { VENDOR } from './wire.ts'

const refused = (words: string, hint: string): CertmanError => refusedBy(VENDOR, words, hint)

/** Refuses what a request on Notary cannot carry. */
export function requireSubmittable({ key }: NewRequest): void {
  if (!key) return
  throw refused(
    'does not keep the private key of a request',
    'keep it in a file or a store of your own: certman request --key-out FILE …',
  )
}

/** What of a request Notary does not keep, in words; undefined: all of it is kept. */
export function leftOut({ name, tags = [], profile, authority }: NewRequest): string | undefined {
  const lost = [
    ...(name === undefined ? [] : ['name']),
    ...(tags.length > 0 ? ['tags'] : []),
    ...(profile === undefined ? [] : ['profile']),
    ...(authority === undefined ? [] : ['authority']),
  ]
  return lost.length === 0 ? undefined : `${VENDOR} keeps no ${lost.join(', no ')} of a request: left out`
}

/** Refuses what Notary decides by itself: it signs for a year, what the request names. */
export function requirePlainSigning(order: SigningOrder): void {
  const said = saidBeside(order, ['authority', 'password', 'crlBase', 'allowChanges', 'name'])
  if (said === undefined) return
  throw refused(
    `signs a request for one year with the names that it has: ${said} cannot be chosen`,
    'sign elsewhere and bring the chain: certman import --request REQUEST FILE',
  )
}

/** Refuses revocations that Notary cannot enter. @returns what is left out of the entry */
export function requireRevocable({ reason, date, invalidityDate }: RevocationOrder): readonly string[] {
  if (reason === 'certificateHold' || reason === 'removeFromCRL')
    throw refused('has no hold', 'its revocations are for good: certman revoke REF --reason unspecified')
  if (date || invalidityDate)
    throw refused('revokes from now on', 'leave the date out: Notary takes the time of the call')
  return reason === 'unspecified' ? [] : [`${VENDOR} keeps no reason of a revocation: ${reason} is left out`]
}

/** RFC 5280 names that an authority of Notary can have, and what they are called on the wire. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  CN: 'common_name',
  C: 'country_name',
  ST: 'state_or_province_name',
  L: 'locality_name',
  O: 'organization_name',
  OU: 'organizational_unit_name',
}

const IGNORED_WISHES = ['name', 'subject', 'keyType', 'notAfter', 'days', 'protection', 'parent']

/**
 * The body that makes an authority.
 *
 * @throws {CertmanError} `store.unsupported` for what Notary's authorities cannot have
 */
export function authorityBody(wish: Omit<NewAuthority, 'protection'>, now: Date): JsonObject {
  requirePlainWish(wish)
  const end = wish.notAfter ?? (wish.days === undefined ? undefined : daysAfter(now, wish.days))
  if (end && wish.parent !== undefined)
    throw refused('signs an authority below another one for one year', 'leave the validity out')
  return {
    self_signed: wish.parent === undefined,
    ...subjectMembers(wish.subject),
    ...(end && { not_valid_after: `${end.toISOString().slice(0, 19)}Z` }),
  }
}

/** The body that makes the request of an authority whose parent is elsewhere. */
export function requestBody(wish: Omit<AuthorityWish, 'name'>): JsonObject {
  requirePlainWish(wish)
  return { self_signed: false, ...subjectMembers(wish.subject) }
}

function requirePlainWish({ settings, ...wish }: Partial<NewAuthority>): void {
  const said = saidBeside({ ...wish, ...settings }, [...IGNORED_WISHES, 'parentPassword'])
  if (said === undefined) return
  throw refused(
    `makes authorities with a subject and an end only: ${said} cannot be chosen`,
    'make it in a store of your own: certman -s STORE ca create …',
  )
}

const daysAfter = (now: Date, days: number): Date => new Date(now.getTime() + days * 86_400_000)

function subjectMembers(subject: Uint8Array): JsonObject {
  const members: Record<string, string> = {}
  for (const { type, value } of readName(new DerReader(subject).read()).flat()) {
    const name = ATTRIBUTES[type]
    if (name === undefined || name in members)
      throw refused(
        `cannot put ${type} into the subject of an authority${name === undefined ? '' : ' twice'}`,
        `it knows ${Object.keys(ATTRIBUTES).join(', ')}, each once`,
      )
    members[name] = value
  }
  return members
}

/** What an order for an authority says that Notary decides by itself. */
export function authorityNotes(
  { name, keyType, subject }: Pick<NewAuthority, 'name' | 'keyType' | 'subject'>,
  id: string,
): readonly string[] {
  const { common_name: commonName } = subjectMembers(subject)
  return [
    ...(/^rsa-?4096$/i.test(keyType) ? [] : [`${VENDOR} made an RSA key of 4096 bits, as it always does`]),
    `${VENDOR} keeps the key of the authority itself, under its own protection`,
    ...(commonName === name
      ? []
      : [
          `${VENDOR} has no names: the authority is found as ${JSON.stringify(commonName ?? id)} or by its id ${id}`,
        ]),
  ]
}
