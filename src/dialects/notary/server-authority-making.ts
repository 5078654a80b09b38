import { sameBytes } from '../../base/bytes.ts'
import { CertmanError, isCertmanError, isStateRefusal } from '../../base/errors.ts'
import { fieldIs } from '../../domain/filter.ts'
import { readPem } from '../../formats/pem.ts'
import type { NewAuthority } from '../../store/authority-orders.ts'
import { describeCertificate } from '../../x509/certificate.ts'
import { parseNameText } from '../../x509/name-text.ts'
import type { ServedStore } from '../house.ts'
import { invalid, missing, WireFault, WORDS } from './errors.ts'
import { done, made } from './server-answer.ts'
import { readBody, type Body } from './server-body.ts'
import {
  allAuthorities,
  authorityAt,
  authorityOf,
  numberOfRequest,
  type FoundAuthority,
} from './server-authorities.ts'
import { placesForNew, type Desk, type Handler } from './server-desk.ts'
import { isCertificate, issuerId, signingOrder } from './server-issue.ts'

/** Members of the body, in the order in which they stand in the subject. */
const SUBJECT = [
  ['C', 'country_name'],
  ['ST', 'state_or_province_name'],
  ['L', 'locality_name'],
  ['O', 'organization_name'],
  ['OU', 'organizational_unit_name'],
  ['CN', 'common_name'],
] as const

/** Until February 2025. */
const OLD_STATE = 'state_or_locality_name'

/** The key lies under the server's own password where it was given one, else in clear, as with Notary's `none`. */
const PROTECTION = { noPassword: true, insecure: true } as const

/** `POST /certificate_authorities`. */
export const createAuthority: Handler = async (desk) => {
  const body = await readBody(desk.call)
  const isRoot = body.flag('self_signed') ?? false
  const commonName = body.text('common_name') ?? ''
  const subject = readSubject(body)
  const notAfter = readEnd(body, desk.house.ambient.now())
  const served = storeFor(desk)
  const name = await freeName(desk, served, commonName)
  const keyType = desk.house.options['notary.key-type'] ?? 'rsa-4096'
  if (isRoot) {
    const order: NewAuthority = {
      name,
      subject,
      keyType,
      protection: PROTECTION,
      ...(notAfter && { notAfter }),
    }
    const { outcomes } = await served.store.createAuthority(order)
    return made(desk.numbers.numberOf(served, 'authority', outcomes[0]!.id))
  }
  const wish = { subject, keyType }
  const { outcomes } = await served.store.authorityCsr({ name, wish, protection: PROTECTION })
  const [first] = outcomes as [(typeof outcomes)[number]]
  const isRequest = first.kind === 'request'
  return made(
    isRequest
      ? numberOfRequest(desk, served, first.id)
      : desk.numbers.numberOf(served, 'authority', first.id),
  )
}

/** Empty members are left out; Notary writes them as empty attributes. @throws {WireFault} 400 */
function readSubject(body: Body): Uint8Array {
  const given = SUBJECT.flatMap(([type, name]) => {
    const value = body.text(name) || (type === 'ST' && body.text(OLD_STATE)) || ''
    return value === '' ? [] : [{ type, value }]
  })
  // `sans_dns` is known, and goes into no certificate
  body.text('sans_dns')
  const country = given.find(({ type }) => type === 'C')
  if (country && !/^[A-Za-z]{2}$/.test(country.value)) throw invalid(WORDS.country)
  const text = given.map(({ type, value }) => `${type}=${escaped(value)}`).toReversed()
  if (text.length === 0) throw invalid('invalid request: common_name is required')
  try {
    return parseNameText(text.join(','))
  } catch (error) {
    if (isCertmanError(error)) throw invalid(`invalid request: ${error.message}`)
    throw error
  }
}

/** RFC 4514 section 2.4. */
const escaped = (value: string): string =>
  value
    .replace(/[\\,+"<>;=]/g, (character) => `\\${character}`)
    .replace(/^[ #]|(?<=.) $/g, (character) => `\\${character}`)

/** @throws {WireFault} 400 */
function readEnd(body: Body, now: Date): Date | undefined {
  const text = body.text('not_valid_after') ?? ''
  if (text === '') return undefined
  const isInstant = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.test(text)
  const end = new Date(isInstant ? text : Number.NaN)
  if (Number.isNaN(end.getTime())) throw invalid(WORDS.dateForm)
  if (end <= now) throw invalid(WORDS.datePast)
  return end
}

function storeFor(desk: Desk): ServedStore {
  const served = placesForNew(desk).find(
    ({ store, claims }) => store.can.createAuthority && claims.includes('create'),
  )
  if (served) return served
  throw new CertmanError('store.unsupported', 'no store here can make authorities')
}

/** A name of ours made of a common name: free, and without the characters that no name has. */
async function freeName(desk: Desk, served: ServedStore, commonName: string): Promise<string> {
  const plain = commonName
    .replace(/[*#&+:<>?/\p{C}]/gu, '-')
    .trim()
    .slice(0, 200)
  const base = plain === '' ? 'authority' : plain
  const taken = new Set(
    (await allAuthorities(desk))
      .filter((each) => each.served === served)
      .map(({ row, request }) => String((row ?? request)?.['name']).toLowerCase()),
  )
  const { store } = served
  for (let at = 1; ; at++) {
    const name = at === 1 ? base : `${base} ${at}`
    const filter = fieldIs('name', name)
    const isFree = !store.can.edit || (await store.count('certificate', { filter })) === 0
    if (isFree && !taken.has(name.toLowerCase())) return name
  }
}

const nameOf = ({ row, request }: FoundAuthority): string =>
  String((row ?? request)?.['name'] ?? (row ?? request)?.id)

/** `POST /certificate_authorities/{id}/certificate`: the answer of a parent elsewhere. */
export const uploadCertificate: Handler = async (desk) => {
  const body = await readBody(desk.call)
  const chain = readChain(body.text('certificate_chain') ?? '')
  const authority = await authorityOf(desk)
  try {
    await authority.served.store.installAuthority(nameOf(authority), chain)
  } catch (error) {
    if (isCertmanError(error, 'policy.refused')) throw invalid(`${WORDS.bad}: ${error.message}`)
    await requireSame(authority, chain, error)
  }
  return done(201)
}

/** The same certificate again is no mistake. @throws {WireFault} 409 for another one; `error` when there is none */
async function requireSame(
  { served: { store }, row }: FoundAuthority,
  chain: readonly Uint8Array[],
  error: unknown,
): Promise<void> {
  // a root has no request, that of another one is issued
  const isClosed = isCertmanError(error, 'record.not-found') || isStateRefusal(error)
  if (!row || !isClosed) throw error
  const { der } = await store.certificate(String(row['certificateId']))
  if (!chain.some((each) => sameBytes(each, der))) throw new WireFault(409, WORDS.certified)
}

function readChain(text: string): readonly Uint8Array[] {
  if (text.trim() === '') throw invalid(WORDS.chainMissing)
  const { blocks } = readPem(Buffer.from(text))
  if (blocks.length === 0) throw invalid(WORDS.chainNone)
  if (blocks.some(({ label }) => label !== 'CERTIFICATE')) throw invalid(WORDS.chainType)
  const broken = blocks.findIndex(({ der }) => !isCertificate(der))
  if (broken >= 0) throw invalid(`${WORDS.chainParse}: certificate ${broken + 1} is malformed`)
  return blocks.map(({ der }) => der)
}

/** `POST /certificate_authorities/{id}/sign`: by another authority of the same store. */
export const signAuthority: Handler = async (desk) => {
  const body = await readBody(desk.call)
  const authority = await authorityOf(desk).catch((error: unknown) => {
    // the vendor's own words for an unknown subject
    throw error instanceof WireFault && error.status === 404 ? invalid(WORDS.authorityId) : error
  })
  const issuer = await authorityAt(desk, issuerId(body, WORDS.id))
  if (!issuer || issuer.served !== authority.served) throw missing()
  if (!issuer.row) throw new WireFault(409, WORDS.waits)
  const order = { ...signingOrder(desk), authority: issuer.row.id, profile: 'intermediate' }
  if (authority.row) await renew(authority, issuer)
  else await signPending(authority, order)
  return done(202)
}

async function signPending(
  { served: { store }, request }: FoundAuthority,
  { profile, ...order }: ReturnType<typeof signingOrder> & { readonly authority: string },
): Promise<void> {
  if (!request) throw missing()
  if (request['pending'] === true)
    return void (await store.sign({ kind: 'authority', id: request.id }, order))
  const name = String(request['name'])
  const signed = { ...order, ...(profile !== undefined && { profile }) }
  const { der, outcomes } = await store.sign({ kind: 'request', id: request.id }, signed)
  const certificate = outcomes.find(({ kind }) => kind === 'certificate')
  const chain = certificate ? await store.issuersOf(certificate.id) : []
  await store.importAuthority({
    name,
    certificate: der,
    chain: chain.map((each) => each.der),
    source: { how: 'issued', from: order.authority },
    // its key was made by this server, which signs by itself
    insecure: PROTECTION.insecure,
  })
}

/** An authority that has a certificate gets a new one from where it had the last one. */
async function renew({ served: { store }, row }: FoundAuthority, issuer: FoundAuthority): Promise<void> {
  const [own, other] = await Promise.all(
    [row!, issuer.row!].map(async (each) =>
      describeCertificate((await store.certificate(String(each['certificateId']))).der),
    ),
  )
  if (own!.issuer !== other!.subject)
    throw new WireFault(409, 'the certificate authority has a certificate of another issuer: make a new one')
  await store.renewAuthority(row!.id, {})
}
