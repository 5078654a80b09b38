import { isCertmanError } from '../../base/errors.ts'
import { openRequestAside } from '../../authority/request.ts'
import { toBase64 } from '../../base/bytes.ts'
import { defined, type Json } from '../../base/json.ts'
import { orNone } from '../../base/or-none.ts'
import { Secret } from '../../base/secret.ts'
import { readPem } from '../../formats/pem.ts'
import { readItems } from '../../formats/read-items.ts'
import type { Answer } from '../../http/exchange.ts'
import type { NewRequest } from '../../store/authority-orders.ts'
import type { Outcome } from '../../store/store.ts'
import { invalid } from './errors.ts'
import { readMetadata, type Described, labelsIn } from './metadata.ts'
import { ok } from './server-answer.ts'
import { chainWish, outgoing, pemOf, type ChainWish } from './server-chain.ts'
import type { Desk } from './server-desk.ts'
import { certificateExtension } from './server-download.ts'
import { deployEnrolled, storesWanted } from './server-enroll-stores.ts'
import { fileHeader, metadata, type Enrolled, disposition, issuedMembers } from './server-enrolled.ts'
import { certificateOf } from './server-find.ts'
import { chooseIssuance, unknownAuthority, type Issuance } from './server-issuance.ts'
import { keyOfCsr, makeRequest, sansOf } from './server-key.ts'
import { keyFileContent, keyFileWish } from './server-key-file.ts'
import { orBefore } from './server-repeat.ts'
import { isSecondVersion, objectBody, optional, requiredText, shown, optionalText } from './server-request.ts'
import { scopeOf } from './server-scope.ts'
import { HEADER, member } from './wire.ts'

/** `POST /Enrollment/CSR` */
export async function enrollCsr(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  const format = (desk.call.header(HEADER.format)?.trim() || 'PEM').toUpperCase()
  if (format !== 'PEM' && format !== 'DER')
    throw invalid(`The certificate format '${shown(format)}' is not supported here: use PEM or DER.`)
  const extension = certificateExtension(body, format)
  const csr = await csrOf(requiredText(body, 'CSR'))
  const key = await keyOfCsr(body, csr)
  const header = optional(body, 'IncludeSubjectHeader', 'boolean') ?? true
  const wish = chainWish(body, true)
  const issuance = await chooseIssuance(desk, body)
  const request = { csr, ...(key && { key }) }
  const enrolled = await enroll(desk, { body, issuance, request, wish, extra: sansOf(body) })
  const certificates =
    enrolled.state === 'issued'
      ? enrolled.chain.ordered.map((each) => (format === 'DER' ? toBase64(each.der) : pemOf(each, header)))
      : []
  const info = { ...issuedMembers(enrolled, 'KeyfactorID'), Certificates: certificates }
  return ok(
    { CertificateInformation: { ...info, ...disposition(desk, enrolled) }, Metadata: metadata(body) },
    fileHeader(enrolled, extension),
  )
}

/** `POST /Enrollment/PFX`: the key is made here and kept with the certificate. Version 2 speaks of stores too. */
export async function enrollPfx(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  const wish = keyFileWish(desk, body, true)
  const issuance = await chooseIssuance(desk, body)
  const isSecond = isSecondVersion(desk.call)
  const stores = isSecond ? await storesWanted(desk, body, issuance) : []
  const password = optionalText(body, 'Password')
  const made = await makeRequest(body)
  const enrolled = await enroll(desk, { body, issuance, request: made.request, wish, extra: [] })
  const generated = password ?? toBase64(desk.house.ambient.random(15)).replace(/[+/=]/g, 'x')
  const isIssued = enrolled.state === 'issued'
  const blob = isIssued
    ? keyFileContent({ desk, wish, chain: enrolled.chain, key: made.key, password: new Secret(generated) })
    : null
  const info = {
    ...issuedMembers(enrolled, 'KeyfactorId'),
    Pkcs12Blob: blob,
    Password: password === undefined && isIssued ? generated : null,
    StoreIdsInvalidForRenewal: [],
    ChainFailedToBuild: isIssued && enrolled.chain.issuers.length === 0,
    ...disposition(desk, enrolled),
  }
  const answer = {
    ...(isSecond && { SuccessfulStores: await deployEnrolled(desk, enrolled, stores) }),
    CertificateInformation: info,
    Metadata: metadata(body),
  }
  return ok(answer, {
    ...fileHeader(enrolled, wish.extension),
    ...(isIssued && { [HEADER.keyStatus]: 'Saved' }),
  })
}

interface Enrolling {
  readonly body: Json
  readonly issuance: Issuance
  readonly request: NewRequest
  readonly wish: ChainWish
  /** GeneralName DER each, beside those of the request. */
  readonly extra: readonly Uint8Array[]
}

async function enroll(desk: Desk, { body, issuance, request, wish, extra }: Enrolling): Promise<Enrolled> {
  const { served } = issuance
  const described = readMetadata(member(body, 'Metadata'))
  const heritage = await heritageOf(desk, body, issuance)
  const whole = describedRequest(desk, { request, issuance, described })
  if (!issuance.atOnce) {
    if (extra.length > 0) throw invalid('SANs can be added only where a certificate is issued at once.')
    const outcome = await submit(whole, issuance)
    return { state: 'pending', requestNumber: desk.numbers.numberOf(served, 'request', outcome.id) }
  }
  const { id, row } = await orBefore(desk, { issuance, csr: whole.csr, extra }, () =>
    sign(issuance, { request: whole, heritage, extra }),
  )
  const chain = await outgoing({ served, row: { ...row, id }, number: 0 }, wish)
  return { state: 'issued', number: desk.numbers.numberOf(served, 'certificate', id), chain }
}

/** Puts the request into the queue, for the authority that it names. @throws {WireFault} 400 where there is none */
async function submit(request: NewRequest, { served, authority }: Issuance): Promise<Outcome> {
  if (authority === undefined) return (await served.store.submit(request))[0]!
  try {
    return (await served.store.submit({ ...request, authority }))[0]!
  } catch (error) {
    if (isCertmanError(error, 'record.not-found')) throw unknownAuthority(authority)
    throw error
  }
}

/** The request with what its metadata says, and who asked. */
const describedRequest = (
  { access }: Desk,
  asked: {
    readonly request: NewRequest
    readonly issuance: Issuance
    readonly described: Described
  },
): NewRequest => {
  const { profile } = asked.issuance
  return {
    ...asked.request,
    requestedBy: access.user.name,
    ...labelsIn(asked.described),
    ...(profile !== undefined && { profile }),
  }
}

interface Asked {
  readonly request: NewRequest
  /** See `heritageOf`. */
  readonly heritage: string | undefined
  readonly extra: readonly Uint8Array[]
}

/** The certificate's outcome. Only the name that is inherited may be taken from its holder. */
async function sign(
  { served, profile, authority }: Issuance,
  { request, heritage, extra }: Asked,
): Promise<Outcome> {
  const order = {
    ...defined({ authority, profile, friendlyName: request.friendlyName }),
    ...(extra.length > 0 && { subjectAltName: extra }),
    ...(request.name === undefined && heritage !== undefined && { name: heritage }),
    allowChanges: true,
  }
  const options = { replace: heritage !== undefined && (request.name ?? heritage) === heritage }
  const [signing] = await served.store.issue([request], order, options)
  return signing!.outcomes.find(({ kind }) => kind === 'certificate')!
}

/**
 * The name that a renewal takes over from `RenewalCertificateId`: the old certificate is superseded then. 0 is none:
 * clients of release 10 always send a number.
 *
 * @throws {WireFault} 400 for a certificate of another store; 404
 */
async function heritageOf(desk: Desk, body: Json, { served }: Issuance): Promise<string | undefined> {
  const id = optional(body, 'RenewalCertificateId', 'number')
  if (id === undefined || id === 0) return undefined
  const old = await certificateOf(desk, await scopeOf(desk), id)
  if (old.served.number !== served.number)
    throw invalid('The RenewalCertificateId is of another certificate store than the certificate authority.')
  return typeof old.row['name'] === 'string' ? old.row['name'] : undefined
}

/** The one request in a text of PEM or base64. @throws {WireFault} 400 */
export async function csrOf(text: string): Promise<Uint8Array> {
  const bytes = text.includes('-----BEGIN')
    ? new TextEncoder().encode(text)
    : new Uint8Array(Buffer.from(text.replace(/\s+/g, ''), 'base64'))
  const usual = onlyRequest(text, bytes)
  // read as the store will read it, which remembers it; why one is refused is said there
  if (usual && (await orNone(openRequestAside(usual)))) return usual
  const read = await orNone(readItems(bytes, { file: 'CSR', password: async () => undefined }))
  const request = read?.items.find((item) => item.type === 'certificate-request')
  if (request) return request.der
  throw invalid('The CSR is not a certificate request.')
}

/** Nearly every text is one PEM block of a request: nothing else has to be looked for. */
function onlyRequest(text: string, bytes: Uint8Array): Uint8Array | undefined {
  if (!text.includes('-----BEGIN')) return undefined
  const { blocks, damaged } = readPem(bytes)
  const [block] = blocks
  const isAlone = blocks.length === 1 && damaged.length === 0
  return isAlone && block?.label === 'CERTIFICATE REQUEST' ? block.der : undefined
}
