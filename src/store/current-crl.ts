import { setTimeout as delay } from 'node:timers/promises'
import { CertmanError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import { commandOn } from '../base/text.ts'
import { sha256Hex } from '../crypto/digest.ts'
import { isCrlDue, type AuthorityRecord } from '../domain/authority.ts'
import type { Repository } from '../repository/repository.ts'
import { type CrlTools, putCrl } from './authority-crl.ts'
import { authorityOf, getAuthority } from './authority-records.ts'
import { getIndexed } from './change-record.ts'
import type { AuthorityCrl } from './authority-orders.ts'

type CrlRow = Pick<AuthorityCrl['row'], 'id'> & { readonly row: AuthorityCrl['row'] }

/** A CRL with the row of its authority as the index has it. */
export type FoundCrl = Omit<AuthorityCrl, 'row'> & { readonly row: CrlRow }

/** Which CRL is wanted, and how. */
interface Wanted {
  /** Id or name. */
  readonly authority: string
  readonly order: { readonly password?: Secret; readonly renew?: boolean }
}

/**
 * The CRL of an authority: the one that lies beside it as long as it is current, else a new one.
 *
 * @throws {CertmanError} see `AuthorityStore.crl`; `store.damaged` when the file is not the one that was signed
 */
export async function currentCrl(
  repository: Repository,
  { authority, order }: Wanted,
  { now, desk, write }: CrlTools<FoundCrl>,
): Promise<FoundCrl> {
  const record = await getAuthority(repository, authority)
  const isCurrent = record.crl !== undefined && record.crlStale !== true
  if (isCurrent && !order.renew && !isCrlDue(record, now)) return storedCrl(repository, record, [])
  const opened = await desk.openForCrl(repository, record, { password: order.password, now })
  if (opened instanceof CertmanError) {
    if (opened.code === 'policy.refused') throw opened
    const note = dueNote(record, opened)
    const holds = isCurrent && !order.renew && now <= new Date(record.crl!.nextUpdate)
    if (holds) return storedCrl(repository, record, [note])
    throw new CertmanError(opened.code, `${opened.message}: ${why(record, order.renew === true)}`, {
      cause: opened,
      hint: opened.hint,
    })
  }
  return write(async (tx) => {
    const { der, outcome } = await putCrl(tx, opened, now)
    return { der, outcome: 'changed', row: shown(outcome.row, record.id), notes: [] }
  })
}

const why = ({ crl, crlStale, name }: AuthorityRecord, renew: boolean): string => {
  if (!crl) return `${JSON.stringify(name)} has no CRL yet`
  if (crlStale) return 'revocations wait for a new CRL'
  return renew ? 'a new CRL was asked for' : `its last CRL ended on ${crl.nextUpdate}`
}

const dueNote = ({ crl, name }: AuthorityRecord, { message }: CertmanError): string =>
  `the CRL of ${JSON.stringify(name)} ends on ${crl?.nextUpdate ?? ''} and should be signed anew, but ${message}`

const shown = (row: AuthorityCrl['row'] | object, id: string): CrlRow => ({ id, row: { ...row, id } })

// a writer puts the file in place first, then the record; between them lies all that it changes besides
const LOOKS = 50
const LOOK_AGAIN_MS = 10

/** A writer may come between record and file: they are read until they fit. */
async function storedCrl(
  repository: Repository,
  { id, name }: AuthorityRecord,
  notes: readonly string[],
): Promise<FoundCrl> {
  for (let look = 1; ; look++) {
    const found = await getIndexed(repository, 'authority', id)
    const { crl } = authorityOf(found)
    const der = await repository.readAttachment('authority', id)
    if (der && sha256Hex(der) === crl?.fingerprint)
      return { der, outcome: 'unchanged', row: shown(found.row, id), notes }
    if (look < LOOKS) {
      await delay(LOOK_AGAIN_MS)
      continue
    }
    const what = der ? 'is not the one that was signed' : 'is missing'
    throw new CertmanError('store.damaged', `the CRL of the authority ${JSON.stringify(name)} ${what}`, {
      hint: `sign a new one: ${commandOn('ca crl', name, '--renew')}`,
    })
  }
}
