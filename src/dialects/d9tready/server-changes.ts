import { isCertmanError } from '../../base/errors.ts'
import { orNoneSync } from '../../base/or-none.ts'
import { checkName } from '../../domain/name.ts'
import type { Answer } from '../../http/exchange.ts'
import { requireAbility } from '../../store/abilities.ts'
import type { ListedRecord, NewCertificate, Outcome, Store } from '../../store/store.ts'
import { knownFacts } from '../../x509/known-facts.ts'
import { spkiHashOf } from '../../x509/public-key.ts'
import { badRequest, notFound } from './errors.ts'
import { subjectMembers } from './map.ts'
import {
  keyOf,
  nameOf,
  recordsOf,
  resourceOf,
  resourcesOf,
  type KeyEntry,
  type Resource,
} from './server-book.ts'
import { detailOf } from './server-certificates.ts'
import { json, link, type Desk } from './server-desk.ts'
import { certificatesIn, objectBody, requiredName, subjectIn } from './server-input.ts'
import { contentAgain, contentOf, selfSigned, signerOf, type Content } from './server-make.ts'
import type { ServerOptions } from './server-options.ts'
import { certificatePath, type WireSubject } from './wire.ts'

type Chain = readonly [Uint8Array, ...Uint8Array[]]

/** `POST /rest/privatekeys/<ID>/certificates`. */
export async function create(desk: Desk, options: ServerOptions): Promise<Answer> {
  const { call, access, house, inTurn } = desk
  const key = await keyOf(access, call.params['key'])
  const body = await objectBody(call)
  const name = requiredName(body)
  const subject = subjectIn(body, options.isStrict)
  const sent = certificatesIn(body)
  if (sent) tellDifference(desk, subject, sent[0])
  const chain: Chain = sent ?? [
    selfSigned(contentOf(subject), await signerOf(key), { ambient: house.ambient, days: options.days }),
  ]
  const resource = await inTurn(async () => {
    const rows = await recordsOf(key)
    await requireOfKey(key, rows, chain[0])
    await requireFree(key, { rows, name, der: chain[0] })
    const made = await takeIn(key, chain, name)
    const found = (await resourcesOf(key)).find(({ row }) => row.id === made.id)
    if (found) return found
    throw notFound('certificate')
  })
  const address = link(call, certificatePath(key.number, resource.id), 'self').href
  return json(201, await detailOf(call, key, resource), { Location: address })
}

/** Fields that a certificate does not bear out are not kept: it says itself whose it is. */
function tellDifference({ house }: Desk, subject: WireSubject, der: Uint8Array): void {
  const own = subjectMembers(knownFacts(der))
  const other = Object.keys(subject).filter((name) => subject[name] !== '' && subject[name] !== own[name])
  if (other.length > 0)
    house.log(`d9tready: a certificate was sent whose ${other.join(', ')} differ from the fields`)
}

/** @throws {WireFault} 400 for the certificate of another key */
async function requireOfKey(key: KeyEntry, rows: readonly ListedRecord[], der: Uint8Array): Promise<void> {
  const { spkiHash } = knownFacts(der).publicKey
  if ((await hashOf(key, rows)) === spkiHash) return
  throw badRequest('ssl_certificate does not match the private key.')
}

async function hashOf({ served, id, row }: KeyEntry, rows: readonly ListedRecord[]): Promise<unknown> {
  if (/^[0-9a-f]{64}$/.test(id)) return id
  const own = row?.['spkiHash'] ?? (rows[0]?.['publicKey'] as ListedRecord | undefined)?.['spkiHash']
  if (own !== undefined || !row) return own
  return spkiHashOf((await served.store.key(id)).spki)
}

/** @throws {WireFault} 400 when the name, or the same certificate, is under the key already */
async function requireFree(
  key: KeyEntry,
  {
    rows,
    name,
    der,
  }: { readonly rows: readonly ListedRecord[]; readonly name: string; readonly der: Uint8Array },
): Promise<void> {
  const { fingerprint } = knownFacts(der)
  if (rows.some((row) => row['fingerprint'] === fingerprint))
    throw badRequest('This certificate exists already.')
  if ((await resourcesOf(key)).some(({ row }) => nameOf(row) === name))
    throw badRequest(`The name ${JSON.stringify(name)} is taken.`)
}

const source = { how: 'imported', from: 'd9tready' } as const

/** Takes a chain in. A name that a store does not take, or has elsewhere, becomes the friendly name. */
async function takeIn({ served: { store } }: KeyEntry, chain: Chain, name: string): Promise<Outcome> {
  requireAbility(store, 'import')
  const [der, ...issuers] = chain
  const others = issuers.map((each): NewCertificate => ({ der: each, source }))
  const send = (own: Pick<NewCertificate, 'name' | 'friendlyName'>): Promise<readonly Outcome[]> =>
    store.import({ certificates: [{ der, source, ...own }, ...others], keys: [] })
  if (!isHandle(name)) return leafOf(await send({ friendlyName: name }), der)
  try {
    return leafOf(await send({ name }), der)
  } catch (error) {
    if (!isCertmanError(error, 'name.taken')) throw error
    return leafOf(await send({ friendlyName: name }), der)
  }
}

const isHandle = (name: string): boolean => orNoneSync(() => checkName(name)) === name

function leafOf(outcomes: readonly Outcome[], der: Uint8Array): Outcome {
  const { fingerprint, thumbprint } = knownFacts(der)
  const own = outcomes.filter(({ kind }) => kind === 'certificate')
  const same = own.find(({ row }) => row['fingerprint'] === fingerprint || row['thumbprint'] === thumbprint)
  const found = same ?? own[0]
  if (found) return found
  throw notFound('certificate')
}

/** `PUT …/certificates/<CERT>`: another certificate takes the place; without one, a self-signed one does. */
export async function update(desk: Desk, options: ServerOptions): Promise<Answer> {
  const { call, access, house, inTurn } = desk
  const sent = certificatesIn(await objectBody(call))
  return inTurn(async () => {
    const key = await keyOf(access, call.params['key'])
    const before = await resourceOf(key, call.params['id'])
    const { store } = before.served
    requireAbility(store, 'import')
    const validity = { ambient: house.ambient, days: options.days }
    const chain: Chain = sent ?? [selfSigned(await contentOnceMore(before), await signerOf(key), validity)]
    await requireOfKey(key, [before.row], chain[0])
    if (before.row['fingerprint'] !== knownFacts(chain[0]).fingerprint) await putInPlace(store, before, chain)
    return json(200, await detailOf(call, key, await resourceOf(key, before.id)))
  })
}

/** @throws {WireFault} 400 for the certificate of an authority: what is made here is one for a server */
async function contentOnceMore({ served: { store }, row }: Resource): Promise<Content> {
  requireAbility(store, 'exportCertificate')
  const { der, facts } = await store.certificate(row.id)
  if (facts.basicConstraints?.ca === true)
    throw badRequest('This is the certificate of an authority: ssl_certificate is required.')
  return contentAgain(der)
}

/** The new certificate takes the name, and with it the place; the old one is kept as superseded. */
async function putInPlace(store: Store, { row, id }: Resource, chain: Chain): Promise<void> {
  const [der, ...issuers] = chain
  let name = row['name'] as string | undefined
  if (name === undefined) {
    requireAbility(store, 'edit')
    name = `d9tready-${id}`
    const friendlyName = (row['friendlyName'] as string | undefined) ?? nameOf(row)
    await store.edit({ kind: 'certificate', id: row.id }, { name, friendlyName })
    row = { ...row, friendlyName }
  }
  const { friendlyName, tags, exportable } = row
  const next: NewCertificate = {
    der,
    name,
    source,
    ...(typeof friendlyName === 'string' && { friendlyName }),
    ...(Array.isArray(tags) && { tags: tags as readonly string[] }),
    ...(exportable === false && { exportable }),
  }
  const others = issuers.map((each): NewCertificate => ({ der: each, source }))
  await store.import({ certificates: [next, ...others], keys: [] }, { replace: true })
}

/** `DELETE …/certificates/<CERT>`: the private key stays. */
export async function remove({ call, access, inTurn }: Desk): Promise<Answer> {
  return inTurn(async () => {
    const key = await keyOf(access, call.params['key'])
    const { served, row } = await resourceOf(key, call.params['id'])
    const { store } = served
    const outcomes = await store.delete([{ kind: 'certificate', id: row.id }])
    const gone = outcomes.filter(({ kind, what }) => kind === 'key' && what === 'deleted')
    // a key goes with its last certificate in our stores; the vendor's stays
    if (gone.length > 0 && store.can.trash) await store.restore(gone.map(({ id }) => ({ kind: 'key', id })))
    return { status: 204 }
  })
}
