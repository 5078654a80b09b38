import { isCertmanError } from '../../base/errors.ts'
import { sha256Hex } from '../../crypto/digest.ts'
import type { ListedRecord } from '../../store/store.ts'
import { rowOfId } from '../row-of-id.ts'
import type { Desk } from './server-desk.ts'
import type { Issuance } from './server-issuance.ts'

/** The vendor's clients give up after 60 s, and send the same call up to five times more. */
const PATIENCE_MS = 5 * 60_000

/**
 * An enrollment with a CSR, where the same call may have come before and its answer was lost: the certificate that the
 * caller got for that CSR a moment ago, from that authority and with that profile, is the answer then.
 */
export async function orBefore<T extends { readonly id: string; readonly row: object }>(
  desk: Desk,
  { issuance, csr }: { readonly issuance: Issuance; readonly csr: Uint8Array },
  enroll: () => Promise<T>,
): Promise<T | { readonly id: string; readonly row: ListedRecord }> {
  try {
    return await enroll()
  } catch (error) {
    if (!isCertmanError(error, 'state.refused')) throw error
    const before = await issuedBefore(desk, issuance, csr)
    if (before) return { id: before.id, row: before }
    throw error
  }
}

async function issuedBefore(
  { access, house }: Desk,
  { served: { store }, authority, profile }: Issuance,
  csr: Uint8Array,
): Promise<ListedRecord | undefined> {
  if (!store.can.list.includes('request')) return undefined
  const value = { type: 'text', value: sha256Hex(csr) } as const
  const filter = { op: 'compare', field: 'fingerprint', operator: '=', value } as const
  for await (const request of store.list('request', { filter, sort: [], limit: 1 })) {
    const { certificateId, requestedBy } = request
    if (typeof certificateId !== 'string' || requestedBy !== access.user.name) return undefined
    // a store elsewhere may not say of which profile and authority: what is absent is unknown there
    if (store.can.profiles && request['profile'] !== profile) return undefined
    const row = await rowOfId(store, 'certificate', certificateId)
    if ((row?.['authorityId'] ?? authority) !== authority || row?.['revocation'] !== undefined)
      return undefined
    const since = house.ambient.now().getTime() - Date.parse(String(row?.['importedAt']))
    return since <= PATIENCE_MS ? row : undefined
  }
  return undefined
}
