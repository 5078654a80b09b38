import { CertmanError } from '../base/errors.ts'
import { foldWholeName } from '../base/fold-name.ts'
import { commandOn } from '../base/text.ts'
import { DEFAULT_CRL_DAYS, DEFAULT_CRL_OVERLAP_HOURS, type AuthorityRecord } from '../domain/authority.ts'
import { knownFacts } from '../x509/known-facts.ts'
import type { WriteTransaction } from '../repository/repository.ts'
import type { AuthoritySettings } from './authority-orders.ts'
import { allAuthorities } from './authority-records.ts'
import { withoutAbsent } from './change-record.ts'
import { checkSettings } from './edit-authority.ts'
import { findAll } from './find-all.ts'
import { claimName } from './name-taken.ts'
import type { Outcome } from './store.ts'

/** An authority whose certificate and key are in the store already. */
export interface AddedAuthority {
  readonly name: string
  readonly certificateId: string
  readonly der: Uint8Array
  readonly keyId: string | undefined
  readonly settings?: AuthoritySettings | undefined
  readonly nextCrlNumber?: string | undefined
  readonly signature?: AuthorityRecord['signature'] | undefined
  readonly action: string
  readonly now: Date
}

/**
 * Makes the record of an authority; it is enabled.
 *
 * @throws {CertmanError} `name.taken`, `name.invalid`, `input.invalid`; `state.refused` when one of its name and key is here
 */
export async function addAuthority(tx: WriteTransaction, added: AddedAuthority): Promise<Outcome> {
  const { name, certificateId, keyId, settings = {}, action, now } = added
  await claimName(tx, { kind: 'authority', name })
  await checkSettings(tx, settings)
  await requireNoTwin(tx, added.der)
  const id = await tx.nextId('authority')
  const fields = withoutAbsent({
    name,
    certificateId,
    keyId,
    enabled: true,
    createdAt: now.toISOString(),
    ...certificateFields(added.der),
    crlDays: DEFAULT_CRL_DAYS,
    crlOverlapHours: DEFAULT_CRL_OVERLAP_HOURS,
    ...withoutAbsent({ ...settings }),
    signature: added.signature,
    nextCrlNumber: added.nextCrlNumber,
  })
  await tx.put({ kind: 'authority', id, fields }, 'absent', { action, kind: 'authority', id })
  return { kind: 'authority', id, outcome: 'changed', what: 'created', row: { id, ...fields } }
}

/**
 * Readers know who signed a CRL by name and key alone. A second authority of both would use the numbers of the first for
 * CRLs of its own, and neither would list what the other revoked.
 */
async function requireNoTwin(tx: WriteTransaction, der: Uint8Array): Promise<void> {
  const { subject, publicKey } = knownFacts(der)
  const sameKey = await findAll(tx, 'certificate', { by: 'keyId', keyId: publicKey.spkiHash })
  const ids = new Set(sameKey.map(({ id }) => id))
  const name = foldWholeName(subject)
  const twin = (await allAuthorities(tx)).find(
    (one) => ids.has(one.certificateId) && foldWholeName(one.subject) === name,
  )
  if (!twin) return
  const [csr, install] = [commandOn('ca csr', twin.name), commandOn('ca install', twin.name, 'FILE')]
  throw new CertmanError(
    'state.refused',
    `the authority ${JSON.stringify(twin.name)} has this name and key already`,
    { hint: `its new certificate is taken in by: ${csr}; then ${install}` },
  )
}

/** What an authority's record repeats of its certificate, for listings. */
export function certificateFields(
  der: Uint8Array,
): Pick<AuthorityRecord, 'subject' | 'notBefore' | 'notAfter'> {
  const { subject, notBefore, notAfter } = knownFacts(der)
  return { subject, notBefore, notAfter }
}
