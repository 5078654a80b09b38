import { CertmanError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import { shellWord } from '../../base/text.ts'
import { checkName } from '../../domain/name.ts'
import type { HttpReply } from '../../http/request.ts'
import type { ImportBatch, ListedRecord, NewCertificate, NewKey } from '../../store/store.ts'
import { chainFrom, type ChainMember, poolOf } from '../../path/choose-issuer.ts'
import { knownFacts } from '../../x509/known-facts.ts'
import { spkiHashOf } from '../../x509/public-key.ts'
import { certificateRow } from '../certificate-row.ts'
import { requireUnlocked, refusedBy } from '../refusals.ts'
import { jsonIn } from '../reply-errors.ts'
import { sealedPfx } from '../sealed-pfx.ts'
import { VENDOR, wireCode, type Link } from './client-link.ts'
import { readEntity } from './map.ts'
import { nestsProperties } from './versions.ts'
import { MAX_ID } from './wire.ts'

/** One certificate with its key and issuers, under the id that it gets. */
export interface Parcel {
  readonly id: string
  readonly certificate: NewCertificate
  readonly key: NewKey
  /** DER, the nearest first. */
  readonly chain: readonly Uint8Array[]
  /** What the service has under the id already. */
  readonly before: ListedRecord | undefined
}

/** Looks up what the service has under an id. */
export type Finder = (id: string) => Promise<ListedRecord | undefined>

/**
 * Sorts a batch out; sends nothing that changes. A certificate without a name is called by its thumbprint, so that the
 * same import twice is one certificate.
 *
 * @throws {CertmanError} `store.unsupported` for what the service does not take; `name.taken`, `name.invalid`
 */
export async function packParcels(
  link: Link,
  batch: ImportBatch,
  { find, replace }: { readonly find: Finder; readonly replace: boolean },
): Promise<readonly Parcel[]> {
  const parcels: Parcel[] = []
  for (const { certificate, key, chain } of sealed(batch)) {
    const { thumbprint } = knownFacts(certificate.der)
    const id = checkId(link, certificate.name ?? thumbprint)
    const before = await find(id)
    const isOther = before !== undefined && before['thumbprint'] !== thumbprint
    if (isOther && !replace) throw taken(id, before)
    if ((certificate.tags ?? []).length > 0) link.setup.notice(`${VENDOR} keeps no tags: left out`)
    parcels.push({ id, certificate, key, chain, before })
  }
  return parcels
}

function checkId(link: Link, name: string): string {
  const { form } = link.place
  checkName(name)
  // as a part of a path these mean another one
  if (name === '.' || name === '..')
    throw new CertmanError('name.invalid', `${VENDOR} takes no certificate called ${JSON.stringify(name)}`, {
      field: 'name',
    })
  if ([...name].length <= MAX_ID[form]) return name
  throw new CertmanError(
    'name.invalid',
    `the name has ${[...name].length} characters, ${VENDOR} takes ${MAX_ID[form]}`,
    { hint: 'take a shorter name', field: 'name' },
  )
}

const taken = (id: string, { subject }: ListedRecord): CertmanError =>
  new CertmanError(
    'name.taken',
    `the name ${JSON.stringify(id)} is taken by another certificate${typeof subject === 'string' ? ` (${JSON.stringify(subject)})` : ''}`,
    { hint: 'take another name, or give --replace to replace it', field: 'name' },
  )

type Sealed = Pick<Parcel, 'certificate' | 'key' | 'chain'>

/** Pairs certificates with keys and puts the others where they belong: into a chain. */
function sealed(batch: ImportBatch): readonly Sealed[] {
  requirePlain(batch)
  const keys = new Map(batch.keys.map((key) => [spkiHashOf(key.spki), key]))
  const keyOf = ({ der }: { readonly der: Uint8Array }): NewKey | undefined =>
    keys.get(knownFacts(der).publicKey.spkiHash)
  const members = batch.certificates.map(({ der }) => ({ der, facts: knownFacts(der) }))
  const pool = poolOf(members)
  const used = new Set<string>()
  const parcels: Sealed[] = []
  for (const certificate of batch.certificates) {
    const key = keyOf(certificate)
    if (!key) continue
    const { der } = certificate
    const chain = chainFrom({ der, facts: knownFacts(der) }, pool)
    for (const { facts } of chain) used.add(facts.fingerprint)
    parcels.push({ certificate, key, chain: chain.map(({ der }) => der) })
  }
  requireBelonging(members.filter((each) => !keyOf(each) && !used.has(each.facts.fingerprint)))
  const owned = new Set(members.map(({ facts }) => facts.publicKey.spkiHash))
  if ([...keys.keys()].some((id) => !owned.has(id)))
    throw refusedBy(VENDOR, 'cannot take a private key without its certificate', 'import both together')
  return parcels
}

function requirePlain({ keys, requests = [] }: ImportBatch): void {
  if (requests.length > 0)
    throw refusedBy(
      VENDOR,
      'cannot import requests',
      'make the request in another store, then import the PFX',
    )
  requireUnlocked(VENDOR, keys)
}

function requireBelonging([lone]: readonly ChainMember[]): void {
  if (!lone) return
  const words = `cannot take a certificate without its private key (${JSON.stringify(lone.facts.subject)})`
  throw refusedBy(VENDOR, words, 'import a PFX, or certificate and key together; --only leaves others out')
}

/** Whether there is nothing to send. */
export const isThere = ({ certificate, before }: Parcel): boolean =>
  before !== undefined && before['thumbprint'] === knownFacts(certificate.der).thumbprint

/** The row as it is or will be: what we know of the certificate, and the service's tag. */
export const parcelRow = (link: Link, { id, certificate }: Parcel, tag?: string): ListedRecord => ({
  ...certificateRow(certificate.der, {
    id,
    fields: { name: id, hasPrivateKey: true },
    now: link.now,
  }),
  ...(tag !== undefined && { revision: tag }),
})

/**
 * Sends one parcel.
 *
 * @throws {CertmanError} `name.taken` and `record.changed` when somebody else was faster
 */
export async function sendParcel(link: Link, parcel: Parcel, find: Finder): Promise<ListedRecord> {
  const { id, before } = parcel
  const tag = before?.['revision']
  const reply = await link.ask({
    method: 'PUT',
    id,
    headers: conditionOf(link, before, tag),
    body: bodyOf(link, parcel),
    masked: ['/data', '/password', '/properties/data', '/properties/password'],
  })
  const isTaken =
    reply.status === 409 ||
    (reply.status === 400 && wireCode(reply) !== 'NotSupported' && /already exists/i.test(reply.text()))
  if (isTaken || (reply.status === 412 && !before))
    throw link.refusal(reply, {
      thing: `certificate ${JSON.stringify(id)}`,
      codes: { [reply.status]: 'name.taken' },
      // nobody had the name just now; a server of certman also refuses what it has under another one
      hint: `see what is there by now: certman -s ${shellWord(link.setup.name)} list`,
    })
  link.pass(reply, { thing: `certificate ${JSON.stringify(id)}` })
  return confirmed(link, parcel, { find, reply })
}

/** An update names the tag that was read; a creation must not replace what came meanwhile. */
function conditionOf(link: Link, before: ListedRecord | undefined, tag: unknown): Record<string, string> {
  if (before) return { 'If-Match': typeof tag === 'string' ? tag : '*' }
  // without If-Match the classic API only creates
  return link.place.form === 'arm' ? { 'If-None-Match': '*' } : {}
}

function bodyOf(link: Link, parcel: Parcel): Json {
  const target = link.option('pfx-target') ?? 'modern'
  const { pfx, password } = sealedPfx(parcel, link.setup.ambient.random, { target })
  const contract = { data: pfx, password }
  return link.place.form === 'arm' && nestsProperties(link.place.version)
    ? { properties: contract }
    : contract
}

/** Old versions answer a change without a body: then it is read. What is there must be what was sent. */
async function confirmed(
  link: Link,
  parcel: Parcel,
  { find, reply }: { readonly find: Finder; readonly reply: HttpReply },
): Promise<ListedRecord> {
  const told = readEntity(jsonIn(reply), link.now)
  const tag = reply.header('etag')
  const row = told && tag !== undefined ? { ...told, revision: tag } : await find(parcel.id)
  const { thumbprint } = knownFacts(parcel.certificate.der)
  if (row?.['thumbprint'] === thumbprint) {
    const { revision } = row
    return parcelRow(link, parcel, typeof revision === 'string' ? revision : undefined)
  }
  throw new CertmanError(
    'remote.unexpected',
    `${VENDOR} took certificate ${JSON.stringify(parcel.id)} and shows another one in its place`,
    { hint: `somebody else may have changed it: certman -s ${shellWord(link.setup.name)} show ${parcel.id}` },
  )
}
