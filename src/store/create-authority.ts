import { CertmanError } from '../base/errors.ts'
import { addPolicies } from '../authority/granted-template.ts'
import { issue } from '../authority/prepared.ts'
import { getProfile } from '../authority/profile.ts'
import { openRequest } from '../authority/request.ts'
import { prepareRoot } from '../authority/self-signed.ts'
import { drySigner, openSigner, type SignatureChoice, type Signer } from '../crypto/signer.ts'
import type { AuthorityRecord } from '../domain/authority.ts'
import type { Profile } from '../domain/profile.ts'
import type { Reading, WriteTransaction } from '../repository/repository.ts'
import { writeCsr } from '../x509/write-csr.ts'
import { addAuthority } from './add-authority.ts'
import { putCrl, renewDueCrl } from './authority-crl.ts'
import { openStored, type SigningTools } from './authority-desk.ts'
import type { AuthorityMaking, AuthorityWish, NewAuthority, Signing } from './authority-orders.ts'
import { authorityOf, getAuthority } from './authority-records.ts'
import { importBatch } from './import-batch.ts'
import { makeAuthorityKey, type MadeKey } from './make-key.ts'
import { asOwn, refuseOwn } from './own-refusal.ts'
import { scopeNotes } from './scope-notes.ts'
import { carryOut, planSigning } from './sign-request.ts'
import { customProfiles } from './store-profiles.ts'
import type { MutationOptions } from './store.ts'

/** What a transaction is to do. */
export type Body<T> = (tx: WriteTransaction) => Promise<T>

interface Making {
  readonly order: NewAuthority
  readonly options: MutationOptions
}

/** How a wish says that the key signs; undefined when that follows from the key. */
export function signatureOf({
  pss,
  digest,
}: Pick<AuthorityWish, 'pss' | 'digest'>): AuthorityRecord['signature'] {
  if (!pss && digest === undefined) return undefined
  return { ...(pss && { pss }), ...(digest !== undefined && { digest }) }
}

/**
 * Makes key and certificate of an authority before the store is locked; what is returned writes them, with a first
 * CRL.
 *
 * @throws {CertmanError} what `prepareRoot` and `prepare` throw; `password.required`, `password.wrong` (of the parent)
 */
export async function makeAuthority(
  reading: Reading,
  { order, options }: Making,
  tools: SigningTools,
): Promise<Body<AuthorityMaking>> {
  const { random } = tools.ambient
  const key = await makeAuthorityKey(order.keyType, order.protection, random)
  const real = openSigner(key.pkcs8, signatureOf(order) as SignatureChoice | undefined)
  const signer = options.dryRun ? drySigner(real) : real
  const maker = { order, key, signer, csrSigner: real, replace: options.replace === true, tools }
  if (order.parent === undefined) return rootMaker(await profileOf(reading, order), maker)
  const parent = await getAuthority(reading, order.parent)
  const by = { password: order.parentPassword, now: tools.ambient.now() }
  requireOtherSubject(order, (await tools.desk.openToIssue(reading, parent, by)).open.subjectDer)
  return subordinateMaker(parent.id, maker)
}

/** RFC 5280 section 4.1.2.4: the issuer's name tells who signed; two authorities of one name in a chain tell nothing. */
function requireOtherSubject({ subject }: NewAuthority, parent: Uint8Array): void {
  if (Buffer.compare(subject, parent) !== 0) return
  throw new CertmanError('policy.refused', 'an authority needs another subject than the one that signs it', {
    field: 'subject',
  })
}

interface Maker {
  readonly order: NewAuthority
  readonly key: MadeKey
  readonly signer: Signer
  /** A request is signed even in a rehearsal: its signature is checked. */
  readonly csrSigner: Signer
  readonly replace: boolean
  readonly tools: SigningTools
}

/** The profile of an authority's certificate, with the policies of the wish. @throws {CertmanError} `policy.refused` */
async function profileOf(reading: Reading, { profile, parent, policies }: NewAuthority): Promise<Profile> {
  const name = profile ?? (parent === undefined ? 'root' : 'intermediate')
  const found = getProfile(name, await customProfiles(reading))
  if (found.ca === null)
    throw new CertmanError('policy.refused', `the profile ${found.name} is for end entities`, {
      hint: 'take one for authorities: certman ca profile list',
      field: 'profile',
    })
  if (parent === undefined || !policies) return found
  return { ...found, policies: addPolicies(found.policies, policies) }
}

function rootMaker(profile: Profile, maker: Maker): Body<AuthorityMaking> {
  const { order, signer, tools } = maker
  const { now, random, actor } = tools.ambient
  const { subject } = order
  const preparation = asOwn(() => prepareRoot({ subject, signer, profile, wish: order, now: now(), random }))
  const der = issue(preparation.prepared, signer)
  return async (tx) => {
    const source = { how: 'issued', from: order.name } as const
    const certificate = { der, name: order.name, source }
    const settings = { now: now(), actor, replace: maker.replace }
    const batch = { certificates: [certificate], keys: [maker.key.stored] }
    const outcomes = await importBatch(tx, batch, settings)
    const { changes, notes } = preparation
    return finish(tx, { outcomes, changes, notes, der }, maker)
  }
}

function subordinateMaker(parentId: string, maker: Maker): Body<AuthorityMaking> {
  const { order, key, csrSigner, tools, replace } = maker
  const csr = writeCsr({ subject: order.subject, extensions: [], signer: csrSigner })
  return async (tx) => {
    const { now, random, actor } = tools.ambient
    const parent = authorityOf((await tx.find('authority', { by: 'id', id: parentId }))[0]!)
    const at = { password: order.parentPassword, now: now() }
    const authority = await tools.desk.openToIssue(tx, parent, at)
    const keys = await importBatch(
      tx,
      { certificates: [], keys: [key.stored] },
      { ...at, actor, replace: false },
    )
    const given = { csr, name: order.name, source: { how: 'generated' } } as const
    const profile = await profileOf(tx, order)
    const desk = { authority, profiles: [], profile, now: now(), actor, random, replace }
    const signable = { request: { given, open: openRequest(csr) } }
    const plan = await planSigning(tx, signable, { order, desk }).catch(refuseOwn)
    const signing = await carryOut(tx, plan, desk)
    const crl = await renewDueCrl(tx, authority, now())
    return finish(tx, { ...signing, outcomes: [...signing.outcomes, ...keys, ...crl] }, maker)
  }
}

/** The record of the authority, and its first CRL: nobody has to look whether there is one. */
async function finish(tx: WriteTransaction, signing: Signing, maker: Maker): Promise<AuthorityMaking> {
  const { order, signer, tools } = maker
  const now = tools.ambient.now()
  const certificate = signing.outcomes.find(({ kind }) => kind === 'certificate')!
  const keyId = String(certificate.row['keyId'])
  const { settings } = order
  const added = { name: order.name, certificateId: certificate.id, der: signing.der, keyId, settings }
  const signature = signatureOf(order)
  const made = await addAuthority(tx, { ...added, signature, action: 'create-authority', now })
  const record = authorityOf(made)
  const { outcome } = await putCrl(
    tx,
    { record, signer, ...(await openStored(tx, record, { signer, now })) },
    now,
  )
  const authority = { ...made, row: outcome.row }
  const notes = [...signing.notes, ...scopeNotes(record, order.parent === undefined)]
  return { outcomes: [authority, ...signing.outcomes], changes: signing.changes, notes }
}
