import type { Answer, Call } from '../../http/exchange.ts'
import { writePem } from '../../formats/pem.ts'
import type { Access } from '../house.ts'
import { missing } from './errors.ts'
import { answerOf, eraOf, found } from './server-answer.ts'
import { pathId } from './server-body.ts'
import { authorityAt, type FoundAuthority } from './server-authorities.ts'
import type { Counter } from './server-desk.ts'

/**
 * `GET /certificate_authorities/{id}/crl`, open to all: JSON around PEM for the vendor's clients, DER for who asks for
 * `application/pkix-crl`. Certificates name this URL as the place of the CRL.
 */
export async function crl(counter: Counter, call: Call): Promise<Answer> {
  pathId(call)
  const authority = await publicAuthority(counter, call)
  if (!authority) throw missing()
  const { served, row } = authority
  const der = row && served.store.can.crl ? (await served.store.crl(row.id)).der : undefined
  if (der && /application\/(?:pkix-crl|x-pkcs7-crl|x-x509-crl)/i.test(call.header('accept') ?? ''))
    return { status: 200, headers: { 'Content-Type': 'application/pkix-crl', Vary: 'Accept' }, body: der }
  const { headers, ...rest } = answerOf(found({ crl: der ? writePem('X509 CRL', der) : '' }), eraOf(call))
  return { ...rest, headers: { ...headers, Vary: 'Accept' } }
}

/** CRLs are for everyone: whatever some user may read. */
async function publicAuthority(counter: Counter, call: Call): Promise<FoundAuthority | undefined> {
  const { gate } = counter.house
  for (const { number } of await gate.accounts.list()) {
    const access = await gate.accessOf(number)
    if (!access || !isReader(access)) continue
    const authority = await authorityAt({ ...counter, call, access, era: 'cookie' }, pathId(call))
    if (authority) return authority
  }
  return undefined
}

const isReader = ({ stores }: Access): boolean => stores.some(({ claims }) => claims.includes('read'))
