import { CertmanError } from '../../base/errors.ts'
import { isObject, type Json } from '../../base/json.ts'
import { openRequest, type OpenRequest } from '../../authority/request.ts'
import { readPem } from '../../formats/pem.ts'
import type { HttpReply } from '../../http/request.ts'
import type { NewRequest } from '../../store/authority-orders.ts'
import type { ListedRecord } from '../../store/store.ts'
import { spkiHashOf } from '../../x509/public-key.ts'
import { requestRow } from '../certificate-row.ts'
import { refusedBy } from '../refusals.ts'
import { dropKey, KeyBook, requireKeepable, sendKey } from './client-keys.ts'
import { holdings } from './client-import.ts'
import type { Link } from './client-link.ts'
import { isOwnWork, type Held, type Item } from './client-read.ts'
import { sendResource } from './client-send.ts'
import { attributesLost, subjectMembers } from './map.ts'
import { certificatePath, VENDOR } from './wire.ts'

const ACCEPT = 'application/json, application/pkcs10;q=0.9, text/plain;q=0.8'

/** The request of a certificate resource, DER; undefined where the server gives none. Its form is not documented. */
export async function csrOf(
  link: Link,
  { id, keyId }: Pick<Item, 'id' | 'keyId'>,
): Promise<Uint8Array | undefined> {
  const path = `${certificatePath(keyId, id)}/csr`
  const reply = await link.ask({ method: 'GET', path, accept: ACCEPT })
  // 400: the server cannot sign with that key
  if ([400, 404, 405].includes(reply.status)) return undefined
  return csrIn(link.pass(reply, { thing: `request of certificate ${JSON.stringify(id)}` }))
}

function csrIn(reply: HttpReply): Uint8Array | undefined {
  const text = reply.text()
  const found = text.trimStart().startsWith('-') ? text : pemIn(reply.json())
  const block = found === undefined ? undefined : readPem(Buffer.from(found)).blocks[0]
  return block && /^(?:NEW )?CERTIFICATE REQUEST$/.test(block.label) ? block.der : undefined
}

/** The first text that is a request, wherever it stands. */
function pemIn(value: Json | undefined, depth = 0): string | undefined {
  if (typeof value === 'string')
    return /^\s*-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----/.test(value) ? value : undefined
  if (depth > 3 || typeof value !== 'object' || value === null) return undefined
  const inner = isObject(value) ? Object.values(value) : (value as readonly Json[])
  for (const each of inner) {
    const found = pemIn(each, depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

/** A certificate resource as a request: outstanding while what stands there is self-signed. */
export function requestRowOf(held: Held, csr: Uint8Array): ListedRecord {
  const { id, name, keyId } = held
  const isOpen = isOwnWork(held)
  return requestRow(csr, id, {
    ...(name !== undefined && { name }),
    keyId,
    state: isOpen ? 'outstanding' : 'issued',
    ...(!isOpen && { certificateId: id }),
  })
}

/** A request that was checked before anything is sent. */
export interface CheckedRequest {
  readonly request: NewRequest
  readonly open: OpenRequest
  readonly name: string
  /** The server's id of its key; undefined: the key is sent. */
  readonly keyId: string | undefined
}

/**
 * Checks that the vendor can make the same request again: it makes its own, of the subject alone.
 *
 * @throws {CertmanError} `store.unsupported`, `key.missing`, `name.taken`
 */
export async function checkRequest(link: Link, request: NewRequest): Promise<CheckedRequest> {
  const open = openRequest(request.csr)
  requireSimple(open)
  if (request.key) requireKeepable([request.key])
  const hash = spkiHashOf(open.spki)
  const held = await holdings(link)
  const keyId = await new KeyBook(link, held).find(hash)
  if (keyId === undefined && !request.key)
    throw new CertmanError('key.missing', `${VENDOR} makes requests itself and has not the key of this one`, {
      hint: 'make the request there: certman request --subject CN=…, or import its key first',
    })
  const name = request.name ?? (subjectMembers(open.facts).common_name || `request ${hash.slice(0, 8)}`)
  const holder = held.find((each) => each.keyId === keyId && each.name === name)
  if (holder)
    throw new CertmanError(
      'name.taken',
      `the name ${JSON.stringify(name)} is taken by certificate ${holder.id}`,
      { field: 'name' },
    )
  return { request, open, name, keyId }
}

/** Refuses what would be lost in silence. */
function requireSimple({ facts }: OpenRequest): void {
  const lost = attributesLost(facts.subjectAttributes).map(({ type }) => type)
  const { common_name: common } = subjectMembers(facts)
  const names = (facts.subjectAltName ?? []).filter(
    ({ type, value }) => (type !== 'dns' && type !== 'ip') || value.toLowerCase() !== common.toLowerCase(),
  )
  lost.push(...names.map(({ type, value }) => `${type}:${value}`))
  if (facts.keyUsage) lost.push('keyUsage')
  if (facts.extendedKeyUsage?.some((usage) => usage !== 'serverAuth')) lost.push('extendedKeyUsage')
  if (lost.length === 0) return
  throw refusedBy(
    VENDOR,
    `makes requests of CN, O, OU, L, ST, C and emailAddress alone; it would lose ${lost.join(', ')}`,
    'make the request in another store, then import the certificate with its key',
  )
}

/** Sends the key, where it is not there, and makes the resource. A key that came to nothing is taken back. */
export async function sendRequest(link: Link, checked: CheckedRequest): Promise<Held> {
  const { request, open, name, keyId } = checked
  const owner = keyId ?? (await sendKey(link, request.key!, name))
  try {
    return await sendResource(link, owner, { name, subject: open.facts })
  } catch (error) {
    if (keyId === undefined) await takeBack(link, owner, name)
    throw error
  }
}

async function takeBack(link: Link, id: string, name: string): Promise<void> {
  try {
    await dropKey(link, id)
  } catch {
    link.setup.notice(`the new private key ${id} (${JSON.stringify(name)}) was left at ${VENDOR}`)
  }
}
