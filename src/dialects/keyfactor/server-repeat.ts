import { requireOneValue } from '../../asn1/gate.ts'
import { isStateRefusal } from '../../base/errors.ts'
import { sha256Hex } from '../../crypto/digest.ts'
import type { GeneralName } from '../../domain/facts.ts'
import { fieldIs } from '../../domain/filter.ts'
import { isOwn } from '../../store/abilities.ts'
import type { ListedRecord } from '../../store/store.ts'
import { rowOfId } from '../row-of-id.ts'
import type { Desk } from './server-desk.ts'
import { describeCsr } from '../../x509/csr.ts'
import { readGeneralName } from '../../x509/general-name.ts'
import type { Issuance } from './server-issuance.ts'

/** What decides which certificate an enrollment gets. */
interface Repeated {
  readonly issuance: Issuance
  readonly csr: Uint8Array
  /** GeneralName DER each, beside those of the request. */
  readonly extra: readonly Uint8Array[]
}

/** The vendor's clients give up after 60 s, and send the same call up to five times more. */
const PATIENCE_MS = 5 * 60_000

/**
 * An enrollment with a CSR, where the same call may have come before and its answer was lost: the certificate that the
 * caller got for that CSR a moment ago, from that authority, with that profile and those names, is the answer then.
 */
export async function orBefore<T extends { readonly id: string; readonly row: object }>(
  desk: Desk,
  repeated: Repeated,
  enroll: () => Promise<T>,
): Promise<T | { readonly id: string; readonly row: ListedRecord }> {
  try {
    return await enroll()
  } catch (error) {
    if (!isStateRefusal(error)) throw error
    const before = await issuedBefore(desk, repeated)
    if (before) return { id: before.id, row: before }
    throw error
  }
}

async function issuedBefore(
  { access, house }: Desk,
  { issuance, csr, extra }: Repeated,
): Promise<ListedRecord | undefined> {
  const { served, authority, profile } = issuance
  const { store } = served
  if (!store.can.list.includes('request')) return undefined
  const filter = fieldIs('fingerprint', sha256Hex(csr))
  for await (const request of store.list('request', { filter, sort: [], limit: 1 })) {
    const { certificateId, requestedBy } = request
    if (typeof certificateId !== 'string' || requestedBy !== access.user.name) return undefined
    // a store elsewhere may not say of which profile and authority: what is absent is unknown there
    if (isOwn(store) && request['profile'] !== profile) return undefined
    const row = await rowOfId(store, 'certificate', certificateId)
    if ((row?.['authorityId'] ?? authority) !== authority || row?.['revocation'] !== undefined)
      return undefined
    if (!hasNames(row, csr, extra)) return undefined
    const since = house.ambient.now().getTime() - Date.parse(String(row?.['importedAt']))
    return since <= PATIENCE_MS ? row : undefined
  }
  return undefined
}

/** Whether a certificate has the names that are asked for and no other; its common name may be one of them. */
function hasNames(row: ListedRecord | undefined, csr: Uint8Array, extra: readonly Uint8Array[]): boolean {
  const given = row?.['subjectAltName'] as unknown as readonly GeneralName[] | null | undefined
  if (given === undefined) return extra.length === 0
  const { subjectAltName, subjectAttributes } = describeCsr(csr)
  const added = extra.map((der) => readGeneralName(requireOneValue(der, 'name')))
  const asked = new Set([...(subjectAltName ?? []), ...added].map(textOf))
  const has = new Set(given?.map(textOf))
  const common = subjectAttributes.flat().find(({ type }) => type === 'CN')?.value
  const isAsked = (name: GeneralName): boolean => asked.has(textOf(name)) || name.value === common
  return (given ?? []).every(isAsked) && [...asked].every((name) => has.has(name))
}

const textOf = ({ type, value }: GeneralName): string => `${type}:${value}`
