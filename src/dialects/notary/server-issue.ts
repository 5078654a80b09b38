import { sameBytes } from '../../base/bytes.ts'
import { isCertmanError, isStateRefusal } from '../../base/errors.ts'
import { orNoneSync } from '../../base/or-none.ts'
import { readPem } from '../../formats/pem.ts'
import { certificateParts } from '../../x509/certificate.ts'
import { EVERYTHING } from '../../domain/filter.ts'
import type { SigningOrder } from '../../store/authority-orders.ts'
import type { Store, Target } from '../../store/store.ts'
import { invalid, missing, WireFault, WORDS } from './errors.ts'
import { done, made } from './server-answer.ts'
import { pathId, readBody, type Body } from './server-body.ts'
import type { Desk, Handler } from './server-desk.ts'
import { requestOf } from './server-requests.ts'
import { signerAt } from './server-signer.ts'

/** `POST /certificate_requests/{id}/certificate`: a chain that was issued elsewhere. */
export const attachCertificate: Handler = async (desk) => {
  const body = await readBody(desk.call)
  const chain = readChain(body.text('certificate') ?? '')
  const { served, row } = await requestOf(desk).catch((error: unknown) => {
    throw error instanceof WireFault && error.status === 404 ? invalid(WORDS.bad) : error
  })
  const target = { kind: 'request', id: row.id } as const
  try {
    const { outcomes } = await served.store.attach(target, chain)
    const certificate = outcomes.find(({ kind }) => kind === 'certificate')
    return made(desk.numbers.numberOf(served, 'certificate', certificate?.id ?? row.id))
  } catch (error) {
    const same = await attachedBefore(desk, chain, error)
    if (same !== undefined) return made(same)
    // Notary answers 500 without a word to a chain that does not fit
    if (isCertmanError(error, 'policy.refused', 'der.malformed'))
      throw invalid(`${WORDS.bad}: ${error.message}`)
    throw error
  }
}

/** The same chain again is no mistake: the number of the certificate that the request has. */
async function attachedBefore(
  desk: Desk,
  chain: readonly Uint8Array[],
  error: unknown,
): Promise<number | undefined> {
  if (!isStateRefusal(error)) return undefined
  const { served, row } = await requestOf(desk)
  const id = row['certificateId']
  if (row['state'] !== 'issued' || typeof id !== 'string') return undefined
  const { der } = await served.store.certificate(id)
  const isSame = chain.some((each) => sameBytes(each, der))
  return isSame ? desk.numbers.numberOf(served, 'certificate', id) : undefined
}

/** Two certificates at least; a root is sent as itself twice. @throws {WireFault} 400 */
function readChain(text: string): readonly Uint8Array[] {
  if (text.trim() === '') throw invalid(WORDS.certificateMissing)
  const { blocks } = readPem(Buffer.from(text))
  const [first] = blocks
  if (!first) throw invalid(WORDS.certificatePem)
  if (first.label !== 'CERTIFICATE') throw invalid(WORDS.certificateType)
  if (!isCertificate(first.der)) throw invalid(WORDS.certificateParse)
  const others = blocks.slice(1)
  if (others.length === 0 || others.some(({ label, der }) => label !== 'CERTIFICATE' || !isCertificate(der)))
    throw invalid(WORDS.bad)
  return blocks.map(({ der }) => der)
}

/** Whether bytes are a certificate at all. */
export const isCertificate = (der: Uint8Array): boolean =>
  orNoneSync(() => certificateParts(der)) !== undefined

/** The id of an authority, which is text in this one place. @throws {WireFault} 400 */
export function issuerId(body: Body, words: string): number {
  const text = body.text('certificate_authority_id') ?? ''
  if (/^[+-]?\d{1,15}$/.test(text)) return Number(text)
  throw invalid(words)
}

/** What a signature here is: by the options of the server where there are some, else by the authority's own profile. */
export function signingOrder({ house }: Pick<Desk, 'house'>): SigningOrder {
  const { 'notary.profile': profile, 'notary.days': days } = house.options
  return {
    // Notary signs what is asked; what the profile does not grant is left out and not refused
    allowChanges: true,
    ...(profile !== undefined && { profile }),
    ...(days !== undefined && { days: Number(days) }),
  }
}

/** `POST /certificate_requests/{id}/sign`. */
export const signRequest: Handler = async (desk) => {
  const body = await readBody(desk.call)
  const number = pathId(desk.call)
  const method = body.text('signing_method') ?? ''
  if (method === 'acme') throw new WireFault(503, WORDS.acme)
  if (method !== '' && method !== 'ca') throw invalid(WORDS.method)
  const issuer = issuerId(body, WORDS.authorityId)
  const { served, row } = await requestOf(desk)
  if (number < 0) throw missing()
  const order = { ...signingOrder(desk), authority: await signerAt(desk, served, issuer) }
  await signIn(served.store, { kind: 'request', id: row.id }, order)
  return done(202)
}

/** A vendor behind may not let the authority be chosen: that does no harm where it has one only. */
async function signIn(store: Store, target: Target, order: SigningOrder): Promise<void> {
  try {
    await store.sign(target, order)
  } catch (error) {
    const { authority: _only, ...rest } = order
    const isAlone =
      isCertmanError(error, 'store.unsupported') && (await store.count('authority', EVERYTHING)) === 1
    if (!isAlone) throw error
    await store.sign(target, rest)
  }
}

/** `POST /certificate_requests/{id}/reject`. Once more is no mistake. */
export const rejectRequest: Handler = async (desk) => {
  const { served, row } = await requestOf(desk)
  if (row['state'] !== 'rejected') await served.store.reject([{ kind: 'request', id: row.id }], undefined)
  return done(202)
}
