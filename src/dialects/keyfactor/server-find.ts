import type { Json } from '../../base/json.ts'
import { fieldIs, type Filter } from '../../domain/filter.ts'
import { toPredicate } from '../../query/predicate.ts'
import { invalid, notFound } from './errors.ts'
import { comparableName } from './names.ts'
import type { Desk } from './server-desk.ts'
import { optional, pathNumber } from './server-request.ts'
import { both, findAmong, foundIn, type Found, type Scope, scopeOf } from './server-scope.ts'

/** The certificate of a number. @throws {WireFault} 404 when it is not there, or not in the scope */
export async function certificateOf(desk: Desk, scope: Scope, number: number | undefined): Promise<Found> {
  const found = await findAmong(desk, scope.stores, { kind: 'certificate', number })
  if (found && isWithin(scope, found, desk)) return found
  throw notFound(`Certificate ${number ?? ''} was not found.`.replace('  ', ' '))
}

/** The certificate of the path, in the scope that the query parameters name. @throws {WireFault} 403, 404 */
export const certificateOfPath = async (desk: Desk): Promise<Found> =>
  certificateOf(desk, await scopeOf(desk), pathNumber(desk.call))

/** Most scopes are whole stores. */
const isWithin = ({ filter }: Scope, { row }: Found, desk: Desk): boolean =>
  filter.op === 'all' || toPredicate(filter, 'certificate', desk.house.ambient.now())(row)

/** All of some numbers, each once. @throws {WireFault} 404 when one is not there */
export async function certificatesOf(
  desk: Desk,
  scope: Scope,
  numbers: readonly number[],
): Promise<readonly Found[]> {
  const found: Found[] = []
  for (const number of new Set(numbers)) found.push(await certificateOf(desk, scope, number))
  return found
}

/**
 * The certificate that a Download or Recover names: `CertID`, else `Thumbprint`, else `SerialNumber` with `IssuerDN`.
 *
 * @throws {WireFault} 400 when it names none, 404
 */
export async function namedCertificate(desk: Desk, scope: Scope, body: Json): Promise<Found> {
  const id = optional(body, 'CertID', 'number')
  if (id !== undefined && id > 0) return certificateOf(desk, scope, id)
  const thumbprint = optional(body, 'Thumbprint', 'string')?.replace(/[: ]/g, '')
  if (thumbprint) return byThumbprint(desk, scope, thumbprint)
  const serial = optional(body, 'SerialNumber', 'string')
  const issuer = optional(body, 'IssuerDN', 'string')
  if (serial && issuer) return bySerial(desk, scope, { serial, issuer })
  if (serial) throw invalid('The SerialNumber must be given with the IssuerDN.')
  throw invalid('One of CertID, Thumbprint, or SerialNumber and IssuerDN is required.')
}

function byThumbprint(desk: Desk, scope: Scope, thumbprint: string): Promise<Found> {
  if (!/^[0-9a-f]{40}$/i.test(thumbprint)) throw invalid('The Thumbprint must have 40 hexadecimal digits.')
  return first(desk, { scope, filter: fieldIs('thumbprint', thumbprint) }, () => true)
}

async function bySerial(
  desk: Desk,
  scope: Scope,
  { serial, issuer }: { readonly serial: string; readonly issuer: string },
): Promise<Found> {
  const digits = serial.replace(/^0x|[: ]/gi, '')
  if (!/^[0-9a-f]{1,64}$/i.test(digits)) throw invalid('The SerialNumber must be hexadecimal.')
  const wanted = comparableName(issuer)
  const isIssuer = (found: Found): boolean => comparableName(String(found.row['issuer'] ?? '')) === wanted
  return first(desk, { scope, filter: fieldIs('serialNumber', digits) }, isIssuer)
}

async function first(
  desk: Desk,
  { scope, filter }: { readonly scope: Scope; readonly filter: Filter },
  fits: (found: Found) => boolean,
): Promise<Found> {
  for (const served of scope.stores) {
    const query = { filter: both(scope.filter, filter), sort: [] }
    for await (const row of served.store.list('certificate', query)) {
      const found = foundIn(desk, 'certificate', { served, row })
      if (fits(found)) return found
    }
  }
  throw notFound('The certificate was not found.')
}
