import { CertmanError } from '../../base/errors.ts'
import type { Json, JsonObject } from '../../base/json.ts'
import { orNoneSync } from '../../base/or-none.ts'
import { readPem } from '../../formats/pem.ts'
import { chainFrom, isSelfSigned, poolOf } from '../../path/choose-issuer.ts'
import type { ListedRecord, StoredCertificate } from '../../store/store.ts'
import { knownFacts } from '../../x509/known-facts.ts'
import { bareCertificateRow, certificateRow, remoteCertificate } from '../certificate-row.ts'
import { textMember } from '../members.ts'
import { strangeAnswer } from '../reply-errors.ts'
import type { Link } from './client-link.ts'
import { certificateBlocks } from './map.ts'
import { certificatePath, idOf, keyIdOf, keyPath, listIn, VENDOR } from './wire.ts'

/** A certificate of a list, before its bytes are fetched. */
export interface Item {
  readonly id: string
  readonly keyId: string
  readonly wire: Json
}

/** A certificate with the bytes that the server keeps: the leaf, and what stood behind it. */
export interface Held extends Item {
  readonly name: string | undefined
  readonly der: Uint8Array
  readonly chain: readonly Uint8Array[]
}

const thing = (id: string): string => `certificate ${JSON.stringify(id)}`

/** All certificates of the user; a server without the flat list is asked key by key. */
export async function listItems(link: Link): Promise<readonly Item[]> {
  const reply = await link.find({ method: 'GET', path: '/certificates' })
  if (reply === undefined) return itemsByKey(link)
  const list = listIn(reply)
  const items = list.map((wire) => itemOf(wire, keyIdOf(wire)))
  return items.filter((item) => item !== undefined)
}

async function itemsByKey(link: Link): Promise<readonly Item[]> {
  const items: Item[] = []
  for (const { id } of await listKeys(link)) items.push(...(await itemsOfKey(link, id)))
  return items
}

/** The certificates of one key. */
export async function itemsOfKey(link: Link, key: string): Promise<readonly Item[]> {
  const reply = await link.find({ method: 'GET', path: certificatePath(key) })
  if (reply === undefined) return []
  return listIn(reply).flatMap((wire) => itemOf(wire, key) ?? [])
}

function itemOf(wire: Json, keyId: string | undefined): Item | undefined {
  const id = idOf(wire)
  return id === undefined || keyId === undefined ? undefined : { id, keyId, wire }
}

/** A private key of the list: its bytes are another call. */
export interface KeyItem {
  readonly id: string
  readonly name: string | undefined
}

/** The private keys of the user. */
export async function listKeys(link: Link): Promise<readonly KeyItem[]> {
  const reply = await link.call({ method: 'GET', path: '/privatekeys' })
  return listIn(reply).flatMap((wire) => {
    const id = idOf(wire)
    return id === undefined ? [] : [{ id, name: textMember(wire, 'name') }]
  })
}

/** The certificate as the server gives it alone; undefined when there is none. */
async function detailOf(link: Link, { id, keyId }: Pick<Item, 'id' | 'keyId'>): Promise<Json | undefined> {
  const reply = await link.find({ method: 'GET', path: certificatePath(keyId, id), thing: thing(id) })
  const detail = reply?.json()
  if (!reply || detail === undefined || (idOf(detail) ?? id) === id) return detail
  throw strangeAnswer(VENDOR, reply, 'another certificate than was asked for')
}

/** The certificate with its bytes; undefined when it went meanwhile, or the server keeps none for it. */
export async function holdItem(link: Link, item: Item): Promise<Held | undefined> {
  const detail = await detailOf(link, item)
  const certificates = detail === undefined ? [] : certificatesIn(textMember(detail, 'ssl_certificate') ?? '')
  const [der, ...chain] = certificates
  if (der === undefined) return undefined
  const name = textMember(detail, 'name') ?? textMember(item.wire, 'name')
  return { ...item, name, der, chain }
}

/** The certificates of a PEM text, the leaf first, other blocks left out; none when anything is damaged. */
const certificatesIn = (pem: string): readonly Uint8Array[] =>
  orNoneSync(() => certificateBlocks(readPem(Buffer.from(pem)).blocks)) ?? []

type OwnFields = Pick<JsonObject, string> & { readonly name?: string; readonly keyId: string }

const fieldsOf = (name: string | undefined, keyId: string): OwnFields & { readonly exportable: boolean } => ({
  ...(name !== undefined && name !== '' && { name }),
  keyId,
  exportable: true,
})

/** The row of a certificate with bytes. */
export const rowOf = ({ id, keyId, name, der }: Held, now: Date): ListedRecord =>
  certificateRow(der, { id, fields: fieldsOf(name, keyId), now })

/** The row of a certificate from what a list tells: no names but its own, no hashes. */
export function bareRow({ id, keyId, wire }: Item, now: Date): ListedRecord {
  const [notBefore, notAfter] = [textMember(wire, 'valid_from'), textMember(wire, 'valid_thru')]
  return bareCertificateRow(
    { id, fields: fieldsOf(textMember(wire, 'name'), keyId), notBefore, notAfter },
    now,
  )
}

/** The certificate with everything. */
export const storedOf = ({ id, keyId, name, der }: Held, now: Date): StoredCertificate =>
  remoteCertificate(der, { id, fields: fieldsOf(name, keyId), now })

/** Whether what stands under the key was made by the key itself: no authority has answered yet. A root is its own answer. */
export function isOwnWork({ der }: Held): boolean {
  const facts = knownFacts(der)
  return facts.basicConstraints?.ca !== true && isSelfSigned({ der, facts })
}

/** The issuers that were uploaded behind a certificate, the nearest first. They have no id: their thumbprint stands for it. */
export function issuersIn(held: Held, now: Date): readonly StoredCertificate[] {
  const candidates = held.chain.map((der) => remoteCertificate(der, { id: knownFacts(der).thumbprint, now }))
  return chainFrom(storedOf(held, now), poolOf(candidates))
}

/** Calls that are under way at a time. */
const ABREAST = 8

/** Items with their bytes, some at a time, in their order. What went meanwhile is left out. */
export async function* holdAll(
  link: Link,
  items: readonly Item[],
  most = Infinity,
): AsyncIterable<readonly (Held | Item)[]> {
  const size = Math.max(1, Math.min(ABREAST, most))
  for (let at = 0; at < items.length; at += size) {
    const some = items.slice(at, at + size)
    yield await Promise.all(some.map(async (item) => (await holdItem(link, item)) ?? item))
  }
}

/** The private key of an id as PEM text. @throws {CertmanError} `record.not-found`, `key.missing` */
export async function keyText(link: Link, id: string): Promise<string> {
  const name = `private key ${JSON.stringify(id)}`
  const reply = await link.find({ method: 'GET', path: keyPath(id), thing: name })
  if (reply === undefined) throw new CertmanError('record.not-found', `no ${name}`)
  const text = textMember(reply.json(), 'key')
  if (text !== undefined && text !== '') return text
  throw new CertmanError('key.missing', `${VENDOR} does not give out ${name}`, {
    hint: 'the server may hold its keys back: ask whoever runs it',
  })
}

/** Whether an item has its bytes. */
export const isHeld = (item: Held | Item): item is Held => 'der' in item
