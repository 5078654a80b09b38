import { CertmanError } from '../base/errors.ts'
import { commandOn } from '../base/text.ts'
import type { AuthorityRecord } from '../domain/authority.ts'
import { fieldIs } from '../domain/filter.ts'
import type { WriteTransaction } from '../repository/repository.ts'
import { certificateParts } from '../x509/certificate.ts'
import { describePublicKey } from '../x509/public-key.ts'
import { knownFacts } from '../x509/known-facts.ts'
import { addAuthority } from './add-authority.ts'
import { adoptIssued } from './adopt-issued.ts'
import type { AuthorityMaking, FormerCertificate, ImportedAuthority } from './authority-orders.ts'
import { authorityOf } from './authority-records.ts'
import { Outcomes } from './change-record.ts'
import { importBatch, type ImportSettings } from './import-batch.ts'
import { scopeNotes } from './scope-notes.ts'
import { isSignedBy } from './signed-by.ts'
import { takeCrl } from './take-crl.ts'
import { takeLaterCrl } from './take-later-crl.ts'
import type { Outcome } from './store.ts'

const ACTION = 'import-authority'

const refused = (message: string, hint?: string): CertmanError =>
  new CertmanError('policy.refused', message, hint === undefined ? {} : { hint })

/**
 * Takes an authority in that exists elsewhere: its certificate and key, everything that it issued and revoked, its
 * last CRL.
 *
 * @throws {CertmanError} `policy.refused` naming what does not belong together, `key.mismatch`, `name.taken`
 */
export async function importAuthority(
  tx: WriteTransaction,
  order: ImportedAuthority,
  settings: ImportSettings,
): Promise<AuthorityMaking> {
  const { fingerprint, subject, selfIssued } = knownFacts(order.certificate)
  const record = await recordHere(tx, fingerprint)
  if (record) return goOn(tx, record, { order, now: settings.now })
  const keyId = await checkKey(tx, order)
  const keyNotes = await earlierPassword(tx, order, keyId)
  checkIssued(order)
  const outcomes = new Outcomes()
  outcomes.addAll(await importAll(tx, order, settings))
  const [certificate] = await tx.find('certificate', { by: 'fingerprint', fingerprint })
  const certificateId = certificate!.id
  const authority = await addAuthority(tx, {
    name: order.name,
    certificateId,
    der: order.certificate,
    keyId,
    settings: order.settings,
    nextCrlNumber: order.nextCrlNumber,
    action: ACTION,
    now: settings.now,
  })
  const adopted = await adoptIssued(tx, { authorityId: authority.id, order, subject, now: settings.now })
  outcomes.addAll(adopted)
  const { outcome, notes } = await takeCrl(tx, { authority, order })
  const scope = scopeNotes(authorityOf(authority), selfIssued)
  return { outcomes: [outcome, ...outcomes.all()], changes: [], notes: [...keyNotes, ...notes, ...scope] }
}

/** @returns the id of its key; undefined when the key is nowhere here */
async function checkKey(tx: WriteTransaction, order: ImportedAuthority): Promise<string | undefined> {
  const { name, certificate, key, insecure } = order
  const { basicConstraints, publicKey, subject } = knownFacts(certificate)
  if (basicConstraints?.ca !== true)
    throw refused(`${JSON.stringify(subject)} is no CA: its certificate has no basicConstraints with cA`)
  const [known] = await tx.find('key', { by: 'id', id: publicKey.spkiHash })
  if (!key) {
    if (known?.row['encrypted'] === false && insecure !== true)
      throw refused(
        `the key of the authority ${JSON.stringify(name)} is in the store without a password`,
        `put it under one first: certman password keys/${known.id.slice(0, 16)}; or insist with --no-password --insecure`,
      )
    return known?.id
  }
  if (describePublicKey(key.spki).spkiHash !== publicKey.spkiHash)
    throw new CertmanError(
      'key.mismatch',
      `the private key is not that of the authority ${JSON.stringify(name)}`,
    )
  if (!key.encrypted && insecure !== true)
    throw refused(
      `the key of the authority ${JSON.stringify(name)} would be kept without a password`,
      'give one with --password-file, or insist with --no-password --insecure',
    )
  return publicKey.spkiHash
}

/** A key that lies here under a password keeps it, whatever was given for the one that came. */
async function earlierPassword(
  tx: WriteTransaction,
  { key, name }: ImportedAuthority,
  keyId: string | undefined,
): Promise<readonly string[]> {
  const [known] = key && keyId !== undefined ? await tx.find('key', { by: 'id', id: keyId }) : []
  if (known?.row['encrypted'] !== true) return []
  return [`its key was here already, and keeps the password that it has: ${commandOn('password', name)}`]
}

/** Every certificate must be of this authority, and no serial number may stand for two of them. */
function checkIssued({ certificate, issued = [] }: ImportedAuthority): void {
  const { spki } = certificateParts(certificate)
  const { subject } = knownFacts(certificate)
  const serials = new Map<string, string>()
  for (const { der } of issued) {
    const facts = knownFacts(der)
    if (facts.issuer !== subject || !isSignedBy(der, spki))
      throw refused(
        `certificate ${facts.serialNumber} (${JSON.stringify(facts.subject)}) was not issued by ${JSON.stringify(subject)}`,
      )
    const twin = serials.get(facts.serialNumber)
    if (twin !== undefined && twin !== facts.fingerprint)
      throw refused(`two certificates have the serial number ${facts.serialNumber}`)
    serials.set(facts.serialNumber, facts.fingerprint)
  }
}

function importAll(
  tx: WriteTransaction,
  { name, certificate, key, chain = [], issued = [], source }: ImportedAuthority,
  settings: ImportSettings,
): Promise<readonly Outcome[]> {
  const others = issued.map(({ der, source: own }: FormerCertificate) => ({ der, source: own ?? source }))
  const certificates = [
    { der: certificate, name, source },
    ...chain.map((der) => ({ der, source })),
    ...others,
  ]
  return importBatch(tx, { certificates, keys: key ? [key] : [] }, settings)
}

/** The authority that has this certificate already. */
async function recordHere(tx: WriteTransaction, fingerprint: string): Promise<AuthorityRecord | undefined> {
  const [certificate] = await tx.find('certificate', { by: 'fingerprint', fingerprint })
  if (!certificate) return undefined
  const filter = fieldIs('certificateId', certificate.id)
  for await (const found of tx.list('authority', { filter, sort: [] })) return authorityOf(found)
  return undefined
}

/** An authority that is here takes a later CRL, and nothing else. */
function goOn(
  tx: WriteTransaction,
  record: AuthorityRecord,
  { order, now }: { readonly order: ImportedAuthority; readonly now: Date },
): Promise<AuthorityMaking> {
  const { crl, key, issued = [] } = order
  if (crl && !key && issued.length === 0)
    return takeLaterCrl(tx, { record, order: { ...order, name: record.name }, crl, now })
  throw new CertmanError(
    'state.refused',
    `this certificate is that of the authority ${JSON.stringify(record.name)} already`,
    { hint: `see it: ${commandOn('ca show', record.name)}` },
  )
}
