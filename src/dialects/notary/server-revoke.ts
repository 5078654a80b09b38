import { isObject } from '../../base/json.ts'
import { isStateRefusal } from '../../base/errors.ts'
import type { Store, Target } from '../../store/store.ts'
import { WireFault, WORDS } from './errors.ts'
import { done } from './server-answer.ts'
import { authorityOf } from './server-authorities.ts'
import type { Handler } from './server-desk.ts'
import { requestOf } from './server-requests.ts'

/** `POST /certificate_requests/{id}/certificate/revoke`. */
export const revokeRequest: Handler = async (desk) => {
  const { served, row } = await requestOf(desk)
  if (row['state'] !== 'issued') throw new WireFault(422, WORDS.notIssued)
  const id = row['certificateId']
  // some vendors behind revoke certificates only
  await revoke(
    served.store,
    typeof id === 'string' ? { kind: 'certificate', id } : { kind: 'request', id: row.id },
  )
  return done(202)
}

/** `POST /certificate_authorities/{id}/revoke`: where Notary answers a bare 500, the answer is that for requests. */
export const revokeAuthority: Handler = async (desk) => {
  const { served, row } = await authorityOf(desk)
  const id = row?.['certificateId']
  if (typeof id !== 'string' || isObject(row?.['revocation'])) throw new WireFault(422, WORDS.notIssued)
  await revoke(served.store, { kind: 'certificate', id })
  return done(202)
}

/** @throws {WireFault} 422 for what no authority of the store has issued, roots among it */
async function revoke(store: Store, target: Target): Promise<void> {
  try {
    await store.revoke([target], { reason: 'unspecified' })
  } catch (error) {
    if (isStateRefusal(error)) throw new WireFault(422, WORDS.notOurs)
    throw error
  }
}
