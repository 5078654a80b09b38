import { CertmanError } from '../../base/errors.ts'
import { Secret } from '../../base/secret.ts'
import { readPem, writePem } from '../../formats/pem.ts'
import { readItems } from '../../formats/read-items.ts'
import type { HttpReply } from '../../http/request.ts'
import type { ListedRecord, NewKey, StoredKey } from '../../store/store.ts'
import { certificateParts } from '../../x509/certificate.ts'
import { knownFacts } from '../../x509/known-facts.ts'
import { describePublicKey, spkiHashOf } from '../../x509/public-key.ts'
import { requireExportable, requireUnlocked } from '../refusals.ts'
import type { Link } from './client-link.ts'
import { holdItem, itemsOfKey, keyText, listKeys, type Held, type KeyItem } from './client-read.ts'
import { idOf, keyPath, lastSegment, VENDOR } from './wire.ts'

/** The row of a key; the list tells its id and name only. */
export const keyRow = ({ id, name }: KeyItem): ListedRecord => ({
  id,
  ...(name !== undefined && { name }),
  encrypted: false,
})

/** The row of one key, with what the certificates under it say of its public half: the key itself is not asked for. */
export async function fullKeyRow(link: Link, id: string): Promise<ListedRecord | undefined> {
  const key = (await listKeys(link)).find((each) => each.id === id)
  if (!key) return undefined
  const held = await anyHeld(link, id)
  return { ...(held && { ...knownFacts(held.der).publicKey }), ...keyRow(key) } as ListedRecord
}

async function anyHeld(link: Link, keyId: string): Promise<Held | undefined> {
  for (const item of await itemsOfKey(link, keyId)) {
    const held = await holdItem(link, item)
    if (held) return held
  }
  return undefined
}

/** The private key as the server keeps it. @throws {CertmanError} `record.not-found`, `key.missing`, `remote.unexpected` */
export async function storedKey(link: Link, id: string): Promise<StoredKey> {
  const text = await keyText(link, id)
  const sealed = readPem(Buffer.from(text)).blocks.find(({ label }) => label === 'ENCRYPTED PRIVATE KEY')
  if (sealed) {
    const held = await anyHeld(link, id)
    if (held) return { id, encrypted: true, pkcs8: new Secret(sealed.der), spki: spkiOf(held.der) }
    throw new CertmanError('format.unsupported', `private key ${id} is encrypted and has no certificate`)
  }
  const { items } = await readItems(Buffer.from(text), {
    file: `private key ${id}`,
    password: async () => undefined,
  })
  const key = items.find(({ type }) => type === 'private-key')
  if (key?.type === 'private-key') return { id, encrypted: false, pkcs8: key.pkcs8, spki: key.spki }
  throw new CertmanError('remote.unexpected', `${VENDOR}: private key ${id} is no PEM of a private key`)
}

const spkiOf = (der: Uint8Array): Uint8Array => certificateParts(der).spki

/** Which key of the server a public key belongs to. */
export class KeyBook {
  readonly #link: Link
  readonly #byHash = new Map<string, string>()
  readonly #seen = new Set<string>()

  constructor(link: Link, held: Iterable<Held>) {
    this.#link = link
    for (const { der, keyId } of held) this.add(knownFacts(der).publicKey.spkiHash, keyId)
  }

  add(spkiHash: string, keyId: string): void {
    this.#byHash.set(spkiHash, keyId)
    this.#seen.add(keyId)
  }

  /** A key without a certificate tells its public half only by being fetched. */
  async find(spkiHash: string): Promise<string | undefined> {
    const known = this.#byHash.get(spkiHash)
    if (known !== undefined) return known
    for (const { id } of await listKeys(this.#link)) {
      if (this.#seen.has(id)) continue
      const hash = await this.#hashOf(id)
      this.#seen.add(id)
      if (hash !== undefined) this.#byHash.set(hash, id)
      if (hash === spkiHash) return id
    }
    return undefined
  }

  async #hashOf(id: string): Promise<string | undefined> {
    try {
      return spkiHashOf((await storedKey(this.#link, id)).spki)
    } catch (error) {
      // a key that cannot be read is not the one that is looked for
      if (error instanceof CertmanError && !error.code.startsWith('remote.')) return undefined
      throw error
    }
  }
}

/** Refuses keys that the vendor cannot keep as they are. */
export function requireKeepable(keys: readonly NewKey[]): void {
  requireUnlocked(VENDOR, keys)
  requireExportable(VENDOR, keys)
}

/** `POST /privatekeys`. @returns the id of the new key */
export async function sendKey(link: Link, key: NewKey, name: string): Promise<string> {
  const pem = key.pkcs8.use((der) => writePem('PRIVATE KEY', der))
  const thing = `private key ${JSON.stringify(name)}`
  return newId(await link.call({ method: 'POST', path: '/privatekeys', body: { name, key: pem }, thing }))
}

/** The id of what was made: the end of `Location`, else the body's. @throws {CertmanError} `remote.unexpected` */
export function newId(reply: HttpReply): string {
  const id =
    lastSegment(reply.header('location') ?? '') ?? (reply.body.length > 0 ? idOf(reply.json()) : undefined)
  if (id !== undefined) return id
  throw new CertmanError(
    'remote.unexpected',
    `${VENDOR}: ${reply.call} was answered with ${reply.status} and no word of where the new resource is`,
    { hint: 'it was made all the same: look for it before you try again' },
  )
}

/** `DELETE /privatekeys/ID`: its certificates go with it. */
export async function dropKey(link: Link, id: string): Promise<void> {
  await link.call({ method: 'DELETE', path: keyPath(id), thing: `private key ${JSON.stringify(id)}` })
}

/** The public half of a key in short, for rows that are foretold. */
export const foretoldKey = (key: NewKey, name: string): ListedRecord =>
  ({ ...describePublicKey(key.spki), id: 'new', name, encrypted: false }) as unknown as ListedRecord
