import { CertmanError } from '../base/errors.ts'
import { shellWord } from '../base/text.ts'
import { sha256Hex } from '../crypto/digest.ts'
import type { AuthorityRecord, FormerRevocation } from '../domain/authority.ts'
import type { WriteTransaction } from '../repository/repository.ts'
import { describeCrl, revokedEntries } from '../x509/crl.ts'
import type { AuthorityMaking, ImportedAuthority } from './authority-orders.ts'
import { editAuthority } from './edit-authority.ts'
import { findAll } from './find-all.ts'
import { planRevocation, revokeCertificates } from './revoke-certificates.ts'
import type { Outcome } from './store.ts'
import { requireOwn, takeCrl } from './take-crl.ts'

/** A CRL that is one of the authority's own, and what it was given with. */
export interface LaterCrl {
  readonly record: AuthorityRecord
  readonly order: ImportedAuthority
  readonly crl: Uint8Array
  readonly now: Date
}

/**
 * Lets an authority of this store go on from a CRL that it signed elsewhere: a store that comes back from a backup knows
 * neither the numbers that were given since nor what was revoked.
 *
 * @throws {CertmanError} `policy.refused` for a CRL of somebody else; `state.refused` for one that is not later than the last
 */
export async function takeLaterCrl(tx: WriteTransaction, later: LaterCrl): Promise<AuthorityMaking> {
  const { record, order, crl, now } = later
  requireOwn(crl, order)
  const target = { kind: 'authority', id: record.id } as const
  const [authority] = (await editAuthority(tx, target, order.settings ?? {})) as [Outcome]
  if (record.crl?.fingerprint === sha256Hex(crl)) return { outcomes: [authority], changes: [], notes: [] }
  requireLater(later)
  const revoked: Outcome[] = []
  for (const entry of revokedEntries(crl)) revoked.push(...(await revokeListed(tx, entry, { record, now })))
  const settings = { ...order.settings, crlDays: order.settings?.crlDays ?? record.crlDays }
  const taken = await takeCrl(tx, { authority, order: { ...order, crl, settings } })
  const outcome = { ...taken.outcome, outcome: 'changed', what: 'crl taken' } as const
  return { outcomes: [outcome, ...revoked], changes: [], notes: taken.notes }
}

function requireLater({ record: { name, crl: last }, crl }: LaterCrl): void {
  const { crlNumber } = describeCrl(crl)
  if (!last || BigInt(crlNumber ?? '0') > BigInt(last.number)) return
  const given = crlNumber === null ? 'none' : `number ${crlNumber}`
  throw new CertmanError(
    'state.refused',
    `the authority ${JSON.stringify(name)} has CRL number ${last.number}; the one that was given has ${given}`,
    {
      hint: `give the last one that was published; what is revoked in an earlier one, and not known here, is added with: certman revoke --ca ${shellWord(name)} --serial HEX`,
    },
  )
}

/** Revokes the certificate of an entry, if it is here and not revoked for this reason yet. */
async function revokeListed(
  tx: WriteTransaction,
  { serialNumber, revocationDate, reason, invalidityDate }: FormerRevocation,
  { record, now }: Pick<LaterCrl, 'record' | 'now'>,
): Promise<readonly Outcome[]> {
  const found = await findAll(tx, 'certificate', { by: 'serialNumber', serialNumber })
  const own = found.find(({ row }) => row['authorityId'] === record.id)
  const before = own?.row['revocation'] as { readonly reason?: string } | undefined
  if (!own || (before && (before.reason !== 'certificateHold' || reason === 'certificateHold'))) return []
  const step = {
    reason: reason ?? 'unspecified',
    date: new Date(revocationDate),
    ...(invalidityDate !== null && { invalidityDate: new Date(invalidityDate) }),
  } as const
  const plan = await planRevocation(tx, [{ kind: 'certificate', id: own.id }], { step, now })
  return (await revokeCertificates(tx, plan)).outcomes
}
