import { CertmanError, isCertmanError, isStateRefusal } from '../../base/errors.ts'
import { openRequestAside } from '../../authority/request.ts'
import { EVERYTHING } from '../../domain/filter.ts'
import { readPem, writePem } from '../../formats/pem.ts'
import type { ServedStore } from '../house.ts'
import { rowOfId } from '../row-of-id.ts'
import { forbidden, invalid, missing, WORDS } from './errors.ts'
import { CSR_LABELS } from './map.ts'
import { done, found, listed, made } from './server-answer.ts'
import { pathId, readBody } from './server-body.ts'
import { placesForNew, type Desk, type Handler } from './server-desk.ts'
import { isAuthorityRequest, wiresOf, wireOf, type Place } from './server-view.ts'

/** Stores of the caller that have requests. @throws {CertmanError} `store.unsupported` when none has */
function requestStores({ access }: Pick<Desk, 'access'>): readonly ServedStore[] {
  const able = access.stores.filter(({ store }) => store.can.list.includes('request'))
  if (able.length > 0) return able
  const names = access.stores.map(({ name }) => JSON.stringify(name)).join(', ')
  throw new CertmanError('store.unsupported', `no store here has certificate requests: ${names}`)
}

/** The request of the path. Those of authorities are not there. @throws {WireFault} 400, 404 */
export async function requestOf(desk: Desk): Promise<Place> {
  const numbered = await desk.numbers.find(requestStores(desk), 'request', pathId(desk.call))
  const row = numbered && (await rowOfId(numbered.served.store, 'request', numbered.id))
  if (!numbered || !row || isAuthorityRequest(row)) throw missing()
  return { served: numbered.served, row }
}

/** `GET /certificate_requests`: all of them, in the order of their ids. */
export const listRequests: Handler = async (desk) => listed(wiresOf(desk, allRequests(requestStores(desk))))

async function* allRequests(stores: readonly ServedStore[]): AsyncIterable<Place> {
  for (const served of stores)
    for await (const row of served.store.list('request', EVERYTHING))
      if (!isAuthorityRequest(row)) yield { served, row }
}

/** `GET /certificate_requests/{id}`. */
export const showRequest: Handler = async (desk) => found({ ...(await wireOf(desk, await requestOf(desk))) })

/** Longer texts than this are no request but a document around one: what is in it is kept, not the text. */
const MOST_TEXT = 8192

/** `POST /certificate_requests`: what is a request in form goes into the queue; its text is kept as it is. */
export const createRequest: Handler = async (desk) => {
  const body = await readBody(desk.call)
  const text = body.text('csr') ?? ''
  const csr = await readCsr(text)
  const served = queueOf(desk)
  const isOwn = text === writePem('CERTIFICATE REQUEST', csr) || text.length > MOST_TEXT
  const own = isOwn ? {} : { text }
  const outcomes = await served.store
    .submit({ csr, ...own, requestedBy: desk.access.user.name })
    .catch((error: unknown) => {
      throw submitFault(error)
    })
  const request = outcomes.find(({ kind }) => kind === 'request')
  if (!request || request.outcome === 'unchanged') throw invalid(WORDS.csrKnown)
  return made(desk.numbers.numberOf(served, 'request', request.id))
}

/** DER of a request that came as PEM, checked in the vendor's order. @throws {WireFault} 400 */
async function readCsr(text: string): Promise<Uint8Array> {
  if (text.trim() === '') throw invalid(WORDS.csrMissing)
  const [block] = readPem(Buffer.from(text)).blocks
  if (!block) throw invalid(WORDS.csrPem)
  if (!CSR_LABELS.includes(block.label)) throw invalid(WORDS.csrType)
  try {
    await openRequestAside(block.der)
  } catch (error) {
    if (isCertmanError(error, 'der.malformed')) throw invalid(WORDS.csrParse)
    // Notary takes a request with a false signature and fails to sign it; here it is refused at once
    if (isCertmanError(error)) throw invalid(`${WORDS.csrRefused}: ${error.message}`)
    throw error
  }
  return block.der
}

function submitFault(error: unknown): unknown {
  // somebody else sent the same before
  if (isStateRefusal(error)) return invalid(WORDS.csrKnown)
  return isCertmanError(error, 'input.invalid', 'der.malformed', 'policy.refused', 'format.unsupported')
    ? invalid(`${WORDS.csrRefused}: ${error.message}`)
    : error
}

/** The store that new requests go to: the first that takes them, or the one that `notary.store` names. */
function queueOf(desk: Desk): ServedStore {
  const able = placesForNew(desk).filter(({ claims }) => claims.includes('create'))
  if (able.length === 0) throw forbidden()
  const served = able.find(({ store }) => store.can.request)
  if (served) return served
  throw new CertmanError('store.unsupported', `the store ${JSON.stringify(able[0]!.name)} takes no requests`)
}

/** `DELETE /certificate_requests/{id}`. */
export const deleteRequest: Handler = async (desk) => {
  const { served, row } = await requestOf(desk)
  await served.store.delete([{ kind: 'request', id: row.id }])
  return done(202)
}

/**
 * `DELETE /certificate_requests/{id}/certificate`: certificate and request go, as with Notary; in a store that has a trash
 * both can be brought back.
 */
export const deleteCertificate: Handler = async (desk) => {
  const { served, row } = await requestOf(desk)
  const { store } = served
  // a revoked certificate is none any more for Notary, and stays for its CRL
  const id = row['state'] === 'issued' ? row['certificateId'] : undefined
  const certificate = typeof id === 'string' ? [{ kind: 'certificate', id } as const] : []
  const request = { kind: 'request', id: row.id } as const
  if (store.can.trash || certificate.length === 0) await store.delete([...certificate, request])
  else {
    await store.delete(certificate)
    if (await rowOfId(served.store, 'request', row.id)) await store.delete([request])
  }
  return done(200)
}
