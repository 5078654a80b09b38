import { CertmanError } from '../base/errors.ts'
import { shellWord } from '../base/text.ts'
import { DAY } from '../base/instant.ts'
import { crlRefusal } from '../authority/crl.ts'
import { sha256Hex } from '../crypto/digest.ts'
import { verifySignature } from '../crypto/verify.ts'
import { MOST_CRL_DAYS } from '../domain/authority.ts'
import type { Extension } from '../domain/facts.ts'
import type { WriteTransaction } from '../repository/repository.ts'
import { certificateParts } from '../x509/certificate.ts'
import { openCrl, revokedEntries } from '../x509/crl.ts'
import { extensionValue } from '../x509/extension-value.ts'
import type { IssuingDistributionPoint } from '../x509/extensions/distribution.ts'
import { knownFacts } from '../x509/known-facts.ts'
import { revokedBy } from './authority-filters.ts'
import type { ImportedAuthority } from './authority-orders.ts'
import { authorityOf } from './authority-records.ts'
import { getIndexed, withoutAbsent } from './change-record.ts'
import { crlCommand } from './crl-command.ts'
import type { Outcome } from './store.ts'

/** A new authority, and the CRL that it had before. */
export interface CrlTaking {
  readonly authority: Outcome
  readonly order: ImportedAuthority
}

/**
 * Lets the CRLs of an imported authority go on where they were: the next number, every entry of the last one, and
 * its term unless the order names another.
 *
 * @throws {CertmanError} `policy.refused` for a CRL of somebody else
 */
export async function takeCrl(
  tx: WriteTransaction,
  { authority, order }: CrlTaking,
): Promise<{ readonly outcome: Outcome; readonly notes: readonly string[] }> {
  const { id } = authority
  const found = await getIndexed(tx, 'authority', id)
  const refusal = crlRefusal({ name: order.name, facts: knownFacts(order.certificate) })
  if (refusal && !order.crl)
    return {
      outcome: authority,
      notes: [`${refusal.message}: what is revoked here only this store knows; ${refusal.hint}`],
    }
  const command = await crlCommand(tx, authorityOf(found))
  const note = `the authority ${JSON.stringify(order.name)} needs a CRL: ${command}`
  if (!order.crl)
    return { outcome: authority, notes: order.indexed ? [note] : [note, unknownBefore(order.name)] }
  requireOwn(order.crl, order)
  const { row, isComplete } = await crlFields(tx, id, { crl: order.crl, order })
  const fields = withoutAbsent({
    ...found.row,
    ...row,
    id: undefined,
    crlStale: isComplete ? undefined : true,
  })
  const log = { action: 'import-authority', kind: 'authority', id } as const
  await tx.put({ kind: 'authority', id, fields, attachment: order.crl }, found.revision, log)
  const outcome = { ...authority, row: (await getIndexed(tx, 'authority', id)).row }
  return { outcome, notes: isComplete ? [] : [note] }
}

/** Said at the import, when the CRL is not far. */
const unknownBefore = (name: string): string =>
  `it came without its last CRL: what it revoked before is not known here; take that in with: certman ca import CRL --name ${shellWord(name)}; or add each with: certman revoke --ca ${shellWord(name)} --serial HEX`

/**
 * @param der CRL
 * @throws {CertmanError} `policy.refused` for one of somebody else, and for one that the next one cannot go on from: a
 * delta CRL tells of changes alone (RFC 5280 section 5.2.4), an indirect one of what others issued (section 5.2.5)
 */
export function requireOwn(der: Uint8Array, { certificate, name }: ImportedAuthority): void {
  const { spki } = certificateParts(certificate)
  const { facts, extensions, parts } = openCrl(der)
  const { tbs, signatureAlgorithm, signature } = parts
  const verdict = verifySignature({ algorithm: signatureAlgorithm, signed: tbs, signature, spki })
  if (facts.issuer !== knownFacts(certificate).subject || verdict === 'invalid')
    throw new CertmanError('policy.refused', `the CRL is not one of the authority ${JSON.stringify(name)}`)
  const isDelta = extensions.some((each) => each.name === 'deltaCRLIndicator')
  if (!isDelta && !scopeOf(extensions)?.indirectCRL) return
  throw new CertmanError(
    'policy.refused',
    `the CRL of the authority ${JSON.stringify(name)} is ${isDelta ? 'a delta CRL' : 'an indirect CRL'}, which does not stand for itself`,
    { hint: 'give the last complete one that was published' },
  )
}

const scopeOf = (extensions: readonly Extension[]): IssuingDistributionPoint | undefined =>
  extensionValue(extensions, 'issuingDistributionPoint')

/** Whether it is about some of the certificates or reasons only (RFC 5280 section 5.2.5). */
function isLimited(scope: IssuingDistributionPoint | undefined): boolean {
  if (!scope) return false
  const { onlyContainsUserCerts, onlyContainsCACerts, onlyContainsAttributeCerts, onlySomeReasons } = scope
  return (
    onlyContainsUserCerts ||
    onlyContainsCACerts ||
    onlyContainsAttributeCerts ||
    onlySomeReasons !== undefined
  )
}

async function crlFields(
  tx: WriteTransaction,
  authorityId: string,
  { crl, order }: { readonly crl: Uint8Array; readonly order: ImportedAuthority },
): Promise<{ readonly row: object; readonly isComplete: boolean }> {
  const { facts, extensions } = openCrl(crl)
  const { thisUpdate, nextUpdate, crlNumber, revokedCount } = facts
  const number =
    crlNumber ?? (order.nextCrlNumber === undefined ? '0' : String(BigInt(order.nextCrlNumber) - 1n))
  const known = new Set<string>()
  for await (const { row } of tx.list('certificate', { filter: revokedBy(authorityId), sort: [] }))
    known.add(String(row['serialNumber']))
  const { formerRevocations = [] } = authorityOf(await getIndexed(tx, 'authority', authorityId))
  const others = new Map(formerRevocations.map((entry) => [entry.serialNumber, entry]))
  const unlisted = new Set(others.keys())
  for (const entry of revokedEntries(crl)) {
    unlisted.delete(entry.serialNumber)
    if (!known.delete(entry.serialNumber)) others.set(entry.serialNumber, entry)
  }
  const isWhole = known.size + unlisted.size === 0 && !isLimited(scopeOf(extensions))
  const isComplete = isWhole && nextUpdate !== null
  const state = {
    number,
    thisUpdate,
    nextUpdate: nextUpdate ?? thisUpdate,
    entries: revokedCount,
    fingerprint: sha256Hex(crl),
  }
  const row = {
    crl: state,
    ...(others.size > 0 && { formerRevocations: [...others.values()] }),
    ...(order.settings?.crlDays === undefined && nextUpdate !== null && { crlDays: daysOf(state) }),
  }
  return { row, isComplete }
}

/** Whoever fetches its CRLs twice a year goes on doing so: they hold as long as the last one did. */
function daysOf({ thisUpdate, nextUpdate }: { thisUpdate: string; nextUpdate: string }): number {
  const days = Math.round((Date.parse(nextUpdate) - Date.parse(thisUpdate)) / DAY)
  return Math.min(Math.max(days, 1), MOST_CRL_DAYS)
}
