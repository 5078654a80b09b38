import { CertmanError } from '../../base/errors.ts'
import { fromBase64, toBase64 } from '../../base/bytes.ts'
import type { Json } from '../../base/json.ts'
import { orNone } from '../../base/or-none.ts'
import { Secret } from '../../base/secret.ts'
import { fieldIs } from '../../domain/filter.ts'
import { sha1Hex } from '../../crypto/digest.ts'
import { readPkcs7 } from '../../formats/pkcs7.ts'
import { readItems } from '../../formats/read-items.ts'
import { chainFrom, poolOf } from '../../path/choose-issuer.ts'
import type { ListedRecord, StoredCertificate, StoredKey } from '../../store/store.ts'
import { remoteCertificate } from '../certificate-row.ts'
import { noRecord } from '../refusals.ts'
import { madeOfSent, strangeAnswer } from '../reply-errors.ts'
import { certificatePages } from './client-lists.ts'
import type { Link } from './client-link.ts'
import { readCertificate, rowOf, type ReadCertificate, type Reading } from './map.ts'
import { textMember, VENDOR } from './wire.ts'

/** How answers are read at this moment. */
export const readingOf = (link: Link): Reading => ({ now: link.now, fields: link.fields })

const thing = (id: string): string => `certificate ${JSON.stringify(id)}`
const chainName = (id: string): string => `the chain of ${thing(id)}`

/** The certificate of an id as the server gives it; undefined when there is none. */
export async function wireCertificate(link: Link, id: string): Promise<Json | undefined> {
  const query = { includeMetadata: true, includeLocations: false, includeHasPrivateKey: true, ...link.scope }
  return link.findNumber({ method: 'GET', path: '/Certificates', id, query, thing: thing(id) })
}

/** The same. @throws {CertmanError} `record.not-found` */
export async function requireCertificate(link: Link, id: string): Promise<Json> {
  const wire = await wireCertificate(link, id)
  if (wire !== undefined) return wire
  throw noRecord('certificate', id)
}

/** The row of it. @throws {CertmanError} `record.not-found` */
export const requireRow = async (link: Link, id: string): Promise<ListedRecord> =>
  rowOf(await requireCertificate(link, id), readingOf(link))

/** A certificate with its bytes; they are downloaded when the record has none. */
export async function storedCertificate(link: Link, id: string): Promise<StoredCertificate> {
  const reading = readingOf(link)
  const read = readCertificate(await requireCertificate(link, id), reading)
  const der = read.der ?? (await downloadDer(link, id))
  return madeOfSent(VENDOR, thing(id), () => remoteCertificate(der, { ...bytesOf(read), now: reading.now }))
}

const bytesOf = ({ id, fields }: ReadCertificate): Pick<ReadCertificate, 'id' | 'fields'> => ({ id, fields })

async function downloadDer(link: Link, id: string): Promise<Uint8Array> {
  return content(link, { CertID: Number(id), IncludeChain: false }, 'DER')
}

async function content(link: Link, body: Json, format: string): Promise<Uint8Array> {
  const reply = await link.call({
    method: 'POST',
    path: '/Certificates/Download',
    query: link.scope,
    body,
    format,
    repeatable: true,
  })
  const text = textMember(reply.json(), 'Content')
  if (text) return fromBase64(text)
  throw strangeAnswer(VENDOR, reply, 'no content')
}

/**
 * The issuers of a certificate, nearest first, out of a PKCS#7 with its chain: in whatever order they stand there, and in
 * BER of indefinite lengths. A server that cannot build the chain has none.
 */
export async function issuersOf(link: Link, id: string): Promise<readonly StoredCertificate[]> {
  const leaf = await storedCertificate(link, id)
  const chain = await downloadChain(link, id)
  const others = chain.filter((der) => sha1Hex(der) !== leaf.facts.thumbprint.toLowerCase())
  if (others.length === 0) return []
  const known = await byThumbprints(
    link,
    others.map((der) => sha1Hex(der).toUpperCase()),
  )
  const { now } = readingOf(link)
  const candidate = (der: Uint8Array): StoredCertificate => {
    const thumbprint = sha1Hex(der).toUpperCase()
    const read = known.get(thumbprint)
    // an issuer outside of the collection has no number that we may know
    return remoteCertificate(der, { id: read?.id ?? thumbprint, fields: read?.fields ?? {}, now })
  }
  const candidates = await madeOfSent(VENDOR, chainName(id), () => others.map(candidate))
  return chainFrom(leaf, poolOf(candidates))
}

async function downloadChain(link: Link, id: string): Promise<readonly Uint8Array[]> {
  const body = { CertID: Number(id), IncludeChain: true, ChainOrder: 'EndEntityFirst' }
  const bytes = await orNone(content(link, body, 'P7B'), 'remote.refused')
  return bytes ? madeOfSent(VENDOR, chainName(id), () => readPkcs7(bytes).certificates) : []
}

async function byThumbprints(
  link: Link,
  thumbprints: readonly string[],
): Promise<ReadonlyMap<string, ReadCertificate>> {
  const reading = readingOf(link)
  const found = new Map<string, ReadCertificate>()
  const values = thumbprints.map((value) => ({ type: 'text', value }) as const)
  const row = (wire: Json): ListedRecord => {
    found.set((textMember(wire, 'Thumbprint') ?? '').toUpperCase(), readCertificate(wire, reading))
    return { id: '' }
  }
  // the rows are wanted for what `row` notes of them
  for await (const _page of certificatePages(link, { op: 'in', field: 'thumbprint', values }, { row }))
    if (thumbprints.every((thumbprint) => found.has(thumbprint))) break
  return found
}

/** The certificate of a thumbprint; undefined when there is none. */
export async function rowByThumbprint(link: Link, thumbprint: string): Promise<ListedRecord | undefined> {
  const reading = readingOf(link)
  const wanted = thumbprint.toUpperCase()
  const filter = fieldIs('thumbprint', wanted)
  for await (const page of certificatePages(link, filter, { row: (wire) => rowOf(wire, reading) }))
    for (const row of page) if (row['thumbprint'] === wanted) return row
  return undefined
}

/**
 * The private key of a certificate: a PFX under a password that lives for this call only.
 *
 * @throws {CertmanError} `key.missing` when the server keeps none
 */
export async function recoverKey(link: Link, id: string, keyId: string): Promise<StoredKey> {
  const password = toBase64(link.setup.ambient.random(24))
  const answer = await link.json({
    method: 'POST',
    path: '/Certificates/Recover',
    query: link.scope,
    body: { CertID: Number(id), Password: password, IncludeChain: false },
    format: 'PFX',
    repeatable: true,
    thing: thing(id),
  })
  const bytes = fromBase64(textMember(answer, 'PFX') ?? '')
  const given = Object.assign(async () => new Secret(password), { given: true })
  const what = `the PFX of ${thing(id)}`
  const { items } = await madeOfSent(VENDOR, what, () => readItems(bytes, { file: 'PFX', password: given }))
  const key = items.find((item) => item.type === 'private-key')
  if (key?.type === 'private-key') return { id: keyId, encrypted: false, pkcs8: key.pkcs8, spki: key.spki }
  throw new CertmanError('key.missing', `${VENDOR} gave no private key for ${thing(id)}`)
}
