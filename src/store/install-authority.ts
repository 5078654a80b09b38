import { CertmanError } from '../base/errors.ts'
import { commandOn } from '../base/text.ts'
import { crlRefusal } from '../authority/crl.ts'
import type { AuthorityRecord } from '../domain/authority.ts'
import type { RequestRecord } from '../domain/records.ts'
import { maySignCrls } from '../path/judge-certificate.ts'
import { knownFacts } from '../x509/known-facts.ts'
import type { IndexedRecord, WriteTransaction } from '../repository/repository.ts'
import { addAuthority } from './add-authority.ts'
import { attachChain, isAnsweredBy } from './attach-chain.ts'
import type { AuthorityMaking, AuthoritySettings, Signing } from './authority-orders.ts'
import { authorityOf } from './authority-records.ts'
import { Outcomes, unchanged } from './change-record.ts'
import { crlCommand } from './crl-command.ts'
import { editAuthority } from './edit-authority.ts'
import { findAll } from './find-all.ts'
import type { ImportSettings } from './import-batch.ts'
import { leftBehindNotes } from './left-behind.ts'
import { replaceCertificate } from './replace-certificate.ts'
import { scopeNotes } from './scope-notes.ts'

const ACTION = 'install-authority'

/** What the parent of an authority answered. */
export interface InstallOrder {
  readonly name: string
  /** DER each, in any order. */
  readonly chain: readonly Uint8Array[]
  readonly settings?: AuthoritySettings
}

/**
 * Makes an authority of a request that waits under its name, or gives an authority the certificate that it asked for.
 * The same answer once more changes nothing; a new one renews it.
 *
 * @throws {CertmanError} `record.not-found` when nothing waits; what `attachChain` throws; `policy.refused` when the
 *   certificate is no CA's
 */
export async function installAuthority(
  tx: WriteTransaction,
  order: InstallOrder,
  settings: ImportSettings,
): Promise<AuthorityMaking> {
  const [known] = await tx.find('authority', { by: 'name', name: order.name })
  const record = known && authorityOf(known)
  const { request, again } = await waitingRequest(tx, order, record)
  const target = { kind: 'request', id: request.id } as const
  const chain = { target, chain: order.chain, name: order.name, ...(again && { again }) }
  const signing = await attachChain(tx, chain, { ...settings, replace: record !== undefined })
  requireAuthority(signing)
  const certificateId = signing.outcomes[0]!.id
  const isSame = request.row['state'] === 'issued' && record?.certificateId === certificateId
  const made = isSame
    ? [unchanged(known!)]
    : record
      ? await replaceCertificate(tx, { record, certificateId, der: signing.der, action: ACTION })
      : [await added(tx, { order, request, signing, now: settings.now })]
  const refusal = crlRefusal({ name: order.name, facts: knownFacts(signing.der) })
  const crlNote =
    (refusal && `${refusal.message}; ${refusal.hint}`) ??
    `the authority needs a CRL: ${await crlCommand(tx, authorityOf(made[0]!))}`
  const notes = record ? await notesOf(tx, record, { signing, crlNote, now: settings.now }) : [crlNote]
  const { settings: given = {} } = order
  const isEdited = record && Object.keys(given).length > 0
  const edited = isEdited ? await editAuthority(tx, { kind: 'authority', id: record.id }, given) : []
  const scope = scopeNotes(authorityOf((edited[0] ?? made[0])!))
  const outcomes = new Outcomes()
  outcomes.addAll([...made, ...edited, ...signing.outcomes])
  const said = [...signing.notes, ...notes, ...scope]
  return { outcomes: outcomes.all(), changes: signing.changes, notes: said }
}

interface Followed {
  readonly signing: Signing
  readonly crlNote: string
  readonly now: Date
}

/** What the certificate that an authority has so far leaves behind, where another one follows it, and whether CRLs begin or end. */
async function notesOf(
  tx: WriteTransaction,
  { id: authorityId, certificateId }: AuthorityRecord,
  { signing, crlNote, now }: Followed,
): Promise<readonly string[]> {
  const last = await tx.read('certificate', certificateId)
  if (!last?.pem || certificateId === signing.outcomes[0]!.id) return []
  const { der } = last.pem
  const [before, after] = [der, signing.der].map((each) => maySignCrls({ facts: knownFacts(each) }))
  const left = await leftBehindNotes(tx, { authorityId, certificateId, der, next: signing.der }, now)
  return before === after ? left : [...left, crlNote]
}

function requireAuthority({ der }: Signing): void {
  const { basicConstraints, subject, keyUsage } = knownFacts(der)
  if (basicConstraints?.ca === true && (keyUsage === null || keyUsage.includes('keyCertSign'))) return
  throw new CertmanError(
    'policy.refused',
    `the certificate of ${JSON.stringify(subject)} may not sign certificates`,
    {
      hint: 'ask the parent for a CA certificate: basicConstraints with cA, key usage keyCertSign and cRLSign',
    },
  )
}

interface Added {
  readonly order: InstallOrder
  readonly request: IndexedRecord
  readonly signing: Signing
  readonly now: Date
}

/** What was said when the request was made holds, unless something else is said now. */
function added(
  tx: WriteTransaction,
  { order, request, signing, now }: Added,
): ReturnType<typeof addAuthority> {
  const [{ id: certificateId, row }] = signing.outcomes as [Signing['outcomes'][number]]
  const keyId = typeof row['keyId'] === 'string' ? row['keyId'] : undefined
  const { signature, ...asked } = (request.row as unknown as RequestRecord).authoritySettings ?? {}
  const settings = { ...asked, ...order.settings }
  const authority = { name: order.name, certificateId, der: signing.der, keyId, settings, signature }
  return addAuthority(tx, { ...authority, action: ACTION, now })
}

interface Waiting {
  readonly request: IndexedRecord
  /** It was answered before, and has a new answer. */
  readonly again?: true
}

/** The outstanding request of a new authority bears its name; that of an old one has its key. Else the one that was answered. */
async function waitingRequest(
  tx: WriteTransaction,
  { name, chain }: InstallOrder,
  record: AuthorityRecord | undefined,
): Promise<Waiting> {
  const found =
    record?.keyId === undefined
      ? await tx.find('request', { by: 'name', name })
      : await findAll(tx, 'request', { by: 'keyId', keyId: record.keyId })
  const waiting = found.findLast(({ row }) => row['state'] === 'outstanding')
  if (waiting) return { request: waiting }
  for (const request of found) {
    const { row } = request
    // an earlier answer would bring an earlier certificate back
    const isCurrent = record === undefined || row['certificateId'] === record.certificateId
    if (isCurrent && (await isAnsweredBy(tx, row as unknown as RequestRecord, chain))) return { request }
  }
  const answered = found.findLast(({ row }) => row['state'] === 'issued')
  if (answered && record && (await isNews(tx, record, chain))) return { request: answered, again: true }
  const authority = `the authority ${JSON.stringify(name)}`
  const hint = `make one with: ${commandOn('ca csr', name)}`
  if (found.length === 0)
    throw new CertmanError('record.not-found', `no request waits for ${authority}`, { hint })
  throw new CertmanError('state.refused', `no request waits for ${authority}: the last one was answered`, {
    hint,
  })
}

/**
 * Whether the store has never seen the authority's certificate in this chain (DER each): with keys whose signatures are not
 * random (RSA, Ed25519) what is asked for once more is the same request.
 */
async function isNews(
  tx: WriteTransaction,
  { keyId }: AuthorityRecord,
  chain: readonly Uint8Array[],
): Promise<boolean> {
  const own = chain.map(knownFacts).filter(({ publicKey }) => publicKey.spkiHash === keyId)
  for (const { fingerprint } of own)
    if ((await tx.find('certificate', { by: 'fingerprint', fingerprint })).length > 0) return false
  return own.length > 0
}
