import { CertmanError } from '../base/errors.ts'
import { commandOn } from '../base/text.ts'
import { openAuthority } from '../authority/open-authority.ts'
import { issue } from '../authority/prepared.ts'
import { getProfile } from '../authority/profile.ts'
import { openRequest } from '../authority/request.ts'
import { prepareRoot } from '../authority/self-signed.ts'
import type { AuthorityRecord } from '../domain/authority.ts'
import type { Reading, WriteTransaction } from '../repository/repository.ts'
import { writeCsr } from '../x509/write-csr.ts'
import type { SigningAuthority, SigningTools } from './authority-desk.ts'
import type { AuthorityMaking, Signing } from './authority-orders.ts'
import type { AuthorityStore } from './authority-store.ts'
import { authorityOf, getAuthority } from './authority-records.ts'
import { renewDueCrl } from './authority-crl.ts'
import { getIndexed } from './change-record.ts'
import type { Body } from './create-authority.ts'
import { importBatch } from './import-batch.ts'
import { identifierLike, likeBefore, profileLike, type LikeBefore } from './like-before.ts'
import { asOwn, refuseOwn } from './own-refusal.ts'
import { replaceCertificate } from './replace-certificate.ts'
import { isSignedBy } from './signed-by.ts'
import { leftBehindNotes } from './left-behind.ts'
import { requireUnrevoked } from './require-unrevoked.ts'
import { carryOut, planSigning } from './sign-request.ts'

const ACTION = 'renew-authority'

/** Which authority, and how long it is to go on. */
export interface AuthorityRenewal {
  readonly authority: string
  readonly order: Parameters<AuthorityStore['renewAuthority']>[1]
}

interface Renewing {
  readonly own: SigningAuthority
  readonly before: LikeBefore
  readonly order: AuthorityRenewal['order']
  readonly tools: SigningTools
}

/**
 * A new certificate of the same name, key and powers for an authority: signed by itself when it is a root, else by its
 * parent when that is an authority of this store.
 *
 * @throws {CertmanError} `state.refused` when its parent is elsewhere, or one of both is revoked; what opening the keys and `prepare` throw
 */
export async function renewAuthority(
  reading: Reading,
  { authority, order }: AuthorityRenewal,
  tools: SigningTools,
): Promise<Body<AuthorityMaking>> {
  const now = tools.ambient.now()
  const record = await getAuthority(reading, authority)
  const own = await tools.desk.openToIssue(reading, record, { password: order.password, now })
  const before = likeBefore(own.der)
  const renewing = { own, before, order, tools }
  if (own.open.facts.selfIssued && isSignedBy(own.der, own.open.spki)) return renewRoot(renewing)
  const parent = await parentOf(reading, record.certificateId, record.name)
  const password = order.parentPassword ?? order.password
  await tools.desk.openToIssue(reading, parent, { password, now })
  return renewUnder(parent.id, renewing)
}

async function parentOf(reading: Reading, certificateId: string, name: string): Promise<AuthorityRecord> {
  const { row } = await getIndexed(reading, 'certificate', certificateId)
  const { authorityId } = row
  if (typeof authorityId === 'string') return authorityOf(await getIndexed(reading, 'authority', authorityId))
  throw new CertmanError(
    'state.refused',
    `the parent of the authority ${JSON.stringify(name)} is not in this store`,
    {
      hint: `make a request for it: ${commandOn('ca csr', name)}`,
    },
  )
}

function renewRoot({ own, before, order, tools }: Renewing): Body<AuthorityMaking> {
  const { now, random, actor } = tools.ambient
  const { signer, record, open } = own
  const profile = profileLike(getProfile('root'), before)
  const { pathLen, identifier } = before
  const wish = { ...lifeOf(order, before), pathLen, ...(identifier && { subjectKeyIdentifier: identifier }) }
  const subject = open.subjectDer
  const preparation = asOwn(() => prepareRoot({ subject, signer, profile, wish, now: now(), random }))
  const der = issue(preparation.prepared, signer)
  return async (tx) => {
    const source = { how: 'issued', from: record.name } as const
    const settings = { now: now(), actor, replace: true }
    const batch = { certificates: [{ der, name: record.name, source }], keys: [] }
    const outcomes = await importBatch(tx, batch, settings)
    const { changes, notes } = preparation
    return install(tx, { outcomes, changes, notes, der }, { own, now: now() })
  }
}

function renewUnder(parentId: string, renewing: Renewing): Body<AuthorityMaking> {
  const { own, before, order, tools } = renewing
  return async (tx) => {
    const { now, random, actor } = tools.ambient
    const parent = authorityOf(await getIndexed(tx, 'authority', parentId))
    const password = order.parentPassword ?? order.password
    await requireUnrevoked(tx, own.record)
    const authority = await tools.desk.openToIssue(tx, parent, { password, now: now() })
    const real = await tools.desk.realSigner(tx, own.record, order.password)
    const csr = writeCsr({ subject: own.open.subjectDer, extensions: identifierLike(before), signer: real })
    const profile = profileLike(getProfile('intermediate'), before)
    const desk = { authority, profiles: [], profile, now: now(), actor, random, replace: true }
    const given = { csr, source: { how: 'generated' } } as const
    const wish = { ...lifeOf(order, before), pathLen: before.pathLen, name: own.record.name }
    const signable = { request: { given, open: openRequest(csr) }, again: true } as const
    const plan = await planSigning(tx, signable, { order: wish, desk }).catch(refuseOwn)
    const signing = await carryOut(tx, plan, desk)
    const crl = await renewDueCrl(tx, authority, now())
    const outcomes = [...signing.outcomes, ...crl]
    return install(tx, { ...signing, outcomes }, { own, now: now() })
  }
}

/** As long as before, unless somebody says otherwise. */
const lifeOf = (
  { days, notAfter }: AuthorityRenewal['order'],
  before: LikeBefore,
): { readonly days: number } | { readonly notAfter: Date } =>
  notAfter ? { notAfter } : { days: days ?? before.days }

async function install(
  tx: WriteTransaction,
  signing: Signing,
  { own, now }: { readonly own: SigningAuthority; readonly now: Date },
): Promise<AuthorityMaking> {
  const record = authorityOf(await getIndexed(tx, 'authority', own.record.id))
  const certificate = signing.outcomes.find(
    ({ kind, what }) => kind === 'certificate' && what !== 'superseded',
  )!
  const replacement = { record, certificateId: certificate.id, der: signing.der, action: ACTION }
  const last = {
    authorityId: record.id,
    certificateId: record.certificateId,
    der: own.der,
    next: signing.der,
  }
  const named = await leftBehindNotes(tx, last, now)
  const replaced = await replaceCertificate(tx, replacement)
  // what may sign no CRLs so far may do so from now on
  const { signer } = own
  const open = openAuthority({ certificate: signing.der, signer, name: record.name })
  const crl = await renewDueCrl(tx, { ...own, open }, now)
  const outcomes = [...replaced, ...signing.outcomes, ...crl]
  return { outcomes, changes: signing.changes, notes: [...signing.notes, ...named] }
}
