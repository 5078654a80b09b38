import { CertmanError, isCertmanError } from '../base/errors.ts'
import { Secret } from '../base/secret.ts'
import { commandOn } from '../base/text.ts'
import { getProfile } from '../authority/profile.ts'
import { openRequest } from '../authority/request.ts'
import { generateKey, keyTypeOf } from '../crypto/generate-key.ts'
import { openSigner } from '../crypto/signer.ts'
import type { CustomProfile } from '../domain/authority.ts'
import type { CertificateRecord, KeyRecord } from '../domain/records.ts'
import { noRecord } from '../domain/reference.ts'
import { decryptPkcs8, encryptPkcs8 } from '../formats/pkcs8.ts'
import type { Reading, StoredRecord } from '../repository/repository.ts'
import { writeCsr } from '../x509/write-csr.ts'
import { knownFacts } from '../x509/known-facts.ts'
import { renewDueCrl } from './authority-crl.ts'
import type { SigningTools } from './authority-desk.ts'
import type { NewRequest, RenewalOrder, Signing } from './authority-orders.ts'
import { allAuthorities, authorityOf, getAuthority } from './authority-records.ts'
import { getIndexed, requireRevision } from './change-record.ts'
import { pointingTo } from './crl-place.ts'
import type { Body } from './create-authority.ts'
import { repeatCertificate, SUBJECT_ALT_NAME } from './repeat-request.ts'
import { carryOut, planSigning, type Signable } from './sign-request.ts'
import { customProfiles } from './store-profiles.ts'
import type { NewKey, Target } from './store.ts'
import { supersede } from './supersede.ts'

const ACTION = 'renew'

/** Which certificate, and how. */
export interface Renewal {
  readonly target: Target
  readonly order: RenewalOrder
}

/**
 * Prepares the renewal of a certificate: its key and request are made before the store is locked.
 *
 * @throws {CertmanError} `state.refused` for what is revoked or superseded, belongs to an authority, or was issued by none here;
 *   `key.missing` when a new key would be for somebody else; what opening keys throws
 */
export async function renewCertificate(
  reading: Reading,
  { target, order }: Renewal,
  tools: SigningTools,
): Promise<Body<Signing>> {
  const old = await oldCertificate(reading, target)
  const fields = old.fields as unknown as CertificateRecord
  const authority = await getAuthority(reading, order.authority ?? issuerOf(old))
  const opening = { password: order.password, now: tools.ambient.now() }
  await tools.desk.openToIssue(reading, authority, opening)
  const signable = await signableFor(reading, { old, order }, tools)
  return async (tx) => {
    const { now, random, actor } = tools.ambient
    // somebody may have revoked or renewed it meanwhile
    await oldCertificate(tx, target)
    const record = authorityOf(await getIndexed(tx, 'authority', authority.id))
    const opened = pointingTo(await tools.desk.openToIssue(tx, record, opening), order.crlBase)
    const profiles = await customProfiles(tx)
    const desk = { authority: opened, profiles, now: now(), actor, random, replace: true }
    const wish = {
      ...order,
      profile: order.profile ?? fields.profile ?? 'server',
      ...(fields.name !== undefined && { name: fields.name }),
    }
    if (order.profile === undefined) requireProfile(old.id, wish.profile, profiles)
    const plan = await planSigning(tx, signable, { order: wish, desk })
    const signing = await carryOut(tx, plan, desk)
    const heir = signing.outcomes[0]!.id
    const replaced =
      fields.name === undefined ? [await supersede(tx, old.id, { by: heir, action: ACTION })] : []
    const crl = await renewDueCrl(tx, opened, now())
    return { ...signing, outcomes: [...signing.outcomes, ...replaced, ...crl] }
  }
}

/** A profile may be gone since: another one is for a person to choose. */
function requireProfile(id: string, name: string, custom: readonly CustomProfile[]): void {
  try {
    getProfile(name, custom)
  } catch (error) {
    if (!isCertmanError(error, 'profile.not-found')) throw error
    const message = `certificate ${id} has the profile ${JSON.stringify(name)}, which the store no longer has`
    const hint = `choose one with --profile NAME: ${error.hint}`
    throw new CertmanError('profile.not-found', message, { cause: error, field: 'profile', hint })
  }
}

async function oldCertificate(reading: Reading, target: Target): Promise<StoredRecord> {
  const { kind, id } = target
  if (kind !== 'certificate') throw new TypeError(`a ${kind} cannot be renewed`)
  const old = await reading.read('certificate', id)
  if (!old?.pem) throw noRecord('certificate', id)
  requireRevision(target, old.revision)
  const { revocation, supersededBy } = old.fields as unknown as CertificateRecord
  if (revocation)
    throw new CertmanError('state.refused', `certificate ${id} is revoked and is not renewed`, {
      hint: `make a new request: certman request --like ${id}`,
    })
  if (supersededBy !== undefined)
    throw new CertmanError(
      'state.refused',
      `certificate ${id} was superseded by certificate ${supersededBy}`,
      {
        hint: `renew that one: certman renew ${supersededBy}`,
      },
    )
  await requireNoAuthority(reading, id)
  return old
}

/** An authority would go on with the old certificate, and a key of its own kind needs its password. */
async function requireNoAuthority(reading: Reading, id: string): Promise<void> {
  const owner = (await allAuthorities(reading)).find(({ certificateId }) => certificateId === id)
  if (owner)
    throw new CertmanError(
      'state.refused',
      `certificate ${id} belongs to the authority ${JSON.stringify(owner.name)}`,
      { hint: `renew the authority: ${commandOn('ca renew', owner.name)}` },
    )
}

function issuerOf({ id, fields, row }: StoredRecord): string {
  const { authorityId } = fields as unknown as CertificateRecord
  if (authorityId !== undefined) return authorityId
  throw new CertmanError(
    'state.refused',
    `certificate ${id} was issued by no authority of this store, but by ${JSON.stringify(row['issuer'])}`,
    { hint: 'name the authority that shall renew it: --ca NAME' },
  )
}

interface Making {
  readonly old: StoredRecord
  readonly order: RenewalOrder
}

/** The old request once more, or a new one with the same names. */
async function signableFor(reading: Reading, making: Making, tools: SigningTools): Promise<Signable> {
  const { old, order } = making
  const { requestId, tags } = old.fields as unknown as CertificateRecord
  if (
    order.reuseKey &&
    requestId !== undefined &&
    (await reading.find('request', { by: 'id', id: requestId }))[0]
  )
    return { target: { kind: 'request', id: requestId }, again: true }
  const { pkcs8, key } = order.reuseKey ? await oldKey(reading, making) : await newKey(making, tools)
  const { subject, extensions } = repeatCertificate(old.pem!.der, [SUBJECT_ALT_NAME])
  const csr = writeCsr({ subject, extensions, signer: openSigner(pkcs8) })
  const given: NewRequest = { csr, tags, source: { how: 'generated' }, ...(key && { key }) }
  return { request: { given, open: openRequest(csr) } }
}

async function oldKey(reading: Reading, { old, order }: Making): Promise<{ pkcs8: Secret; key?: NewKey }> {
  const { keyId } = old.fields as unknown as CertificateRecord
  const stored = keyId === undefined ? undefined : await reading.read('key', keyId)
  if (!stored?.pem) throw missing(old.id, 'it cannot be used again without its request')
  const { encrypted } = stored.fields as unknown as KeyRecord
  if (!encrypted) return { pkcs8: new Secret(stored.pem.der) }
  const password = order.oldKeyPassword
  if (!password)
    throw new CertmanError('password.required', `the private key of certificate ${old.id} needs its password`)
  return { pkcs8: decryptPkcs8(stored.pem.der, password) }
}

async function newKey({ old, order }: Making, tools: SigningTools): Promise<{ pkcs8: Secret; key: NewKey }> {
  const { keyId, exportable } = old.fields as unknown as CertificateRecord
  if (keyId === undefined)
    throw missing(
      old.id,
      'a new key would be of no use to whoever has it: renew with --reuse-key, or take a new CSR',
    )
  const type = keyTypeOf(knownFacts(old.pem!.der).publicKey) ?? 'ec-p256'
  const { pkcs8, spki } = await generateKey(type)
  const { random } = tools.ambient
  const source = { how: 'generated' } as const
  const limits = exportable === false ? { exportable: false as const } : {}
  if (!order.keyPassword) return { pkcs8, key: { pkcs8, spki, encrypted: false, source, ...limits } }
  const kept = new Secret(encryptPkcs8(pkcs8, order.keyPassword, { random }))
  return { pkcs8, key: { pkcs8: kept, spki, encrypted: true, source, ...limits } }
}

const missing = (id: string, why: string): CertmanError =>
  new CertmanError('key.missing', `the store has no private key for certificate ${id}: ${why}`)
