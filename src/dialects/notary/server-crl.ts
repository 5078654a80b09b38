import type { Answer, Call } from '../../http/exchange.ts'
import { writePem } from '../../formats/pem.ts'
import { withHeaders } from '../with-headers.ts'
import { missing } from './errors.ts'
import { answerOf, eraOf, found } from './server-answer.ts'
import { pathId } from './server-body.ts'
import { authorityAt, isPending, type FoundAuthority } from './server-authorities.ts'
import type { Counter } from './server-desk.ts'

/**
 * `GET /certificate_authorities/{id}/crl`, open to all: JSON around PEM for the vendor's clients, DER for who asks for
 * `application/pkix-crl`. Certificates name this URL as the place of the CRL.
 */
export async function crl(counter: Counter, call: Call): Promise<Answer> {
  const der = await publicCrl(counter, pathId(call))
  if (der && /application\/(?:pkix-crl|x-pkcs7-crl|x-x509-crl)/i.test(call.header('accept') ?? ''))
    return { status: 200, headers: { 'Content-Type': 'application/pkix-crl', Vary: 'Accept' }, body: der }
  const pem = der ? writePem('X509 CRL', der) : ''
  return withHeaders(answerOf(found({ crl: pem }), eraOf(call)), { Vary: 'Accept' })
}

/**
 * Undefined: the authority has none as long as it waits for its certificate, or its store gives out none.
 *
 * @throws {WireFault} 404 where there is no such authority, or its CRL is missing
 */
async function publicCrl(counter: Counter, number: number): Promise<Uint8Array | undefined> {
  const { crls } = counter.house
  const authority = await publicAuthority(counter, number)
  if (!authority) throw missing()
  const { served, row } = authority
  if (!row || !served.store.can.crl) return undefined
  const crl = await crls.of(served, row.id)
  if (!crl) throw missing()
  return crl.der
}

/** CRLs are for everyone: what the stores permit to read, whoever asks. */
async function publicAuthority(
  { numbers, house: { crls } }: Counter,
  number: number,
): Promise<Pick<FoundAuthority, 'served' | 'row'> | undefined> {
  const stores = crls.stores.filter(({ claims }) => claims.includes('read'))
  const served = numbers.storeOf(stores, number)
  const rows = served && (await crls.authorities(served))
  if (!rows) return authorityAt({ numbers, access: { stores } }, number)
  const row = rows.find(({ id }) => numbers.numberOf(served, 'authority', id) === number)
  return row && (isPending(row) ? { served } : { served, row })
}
