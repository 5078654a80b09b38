import { CertmanError } from '../../base/errors.ts'
import { toBase64 } from '../../base/bytes.ts'
import { defined, type Json, type JsonObject } from '../../base/json.ts'
import { commandOn } from '../../base/text.ts'
import { checkName } from '../../domain/name.ts'
import type { ImportBatch, ListedRecord, NewCertificate, NewKey } from '../../store/store.ts'
import { knownFacts } from '../../x509/known-facts.ts'
import { spkiHashOf } from '../../x509/public-key.ts'
import { certificateRow } from '../certificate-row.ts'
import { requireExportable, requireUnlocked, refusedBy } from '../refusals.ts'
import { sealedPfx } from '../sealed-pfx.ts'
import { readingOf, requireCertificate, rowByThumbprint, requireRow } from './client-certificates.ts'
import type { Link } from './client-link.ts'
import { readCertificate } from './map.ts'
import type { MetadataField, Described } from './metadata.ts'
import { listMember, numberMember, textMember, VENDOR } from './wire.ts'

/** One certificate of a batch with its key, and the row that the server has of it already. */
export interface Parcel {
  readonly certificate: NewCertificate
  readonly key: NewKey | undefined
  readonly before: ListedRecord | undefined
  readonly metadata: JsonObject
}

/** Sorts a batch out: what can be sent, and what is there already. Sends nothing that changes. */
export async function packParcels(link: Link, batch: ImportBatch): Promise<readonly Parcel[]> {
  requireSendable(batch)
  const keys = new Map(batch.keys.map((key) => [spkiHashOf(key.spki), key]))
  const parcels: Parcel[] = []
  for (const certificate of batch.certificates) {
    const { publicKey, thumbprint } = knownFacts(certificate.der)
    const before = await rowByThumbprint(link, thumbprint)
    const metadata = await metadataFor(link, newsOf(certificate, before))
    parcels.push({ certificate, key: keys.get(publicKey.spkiHash), before, metadata })
  }
  return parcels
}

type Labels = Pick<NewCertificate, 'name' | 'friendlyName' | 'tags'>

/** Of what is said about a certificate, what the server does not say already; tags join those that are there. */
function newsOf({ name, friendlyName, tags = [] }: Labels, before: ListedRecord | undefined): Labels {
  const known = (before?.['tags'] ?? []) as readonly string[]
  const all = [...new Set([...known, ...tags])]
  return {
    ...(name !== undefined && name !== before?.['name'] && { name }),
    ...(friendlyName !== undefined && before?.['friendlyName'] === undefined && { friendlyName }),
    ...(all.length > known.length && { tags: all }),
  }
}

function requireSendable({ certificates, keys, requests = [] }: ImportBatch): void {
  const spkis = new Set(certificates.map(({ der }) => knownFacts(der).publicKey.spkiHash))
  if (requests.length > 0)
    throw refusedBy(VENDOR, 'cannot import requests', 'enrol with one: certman request --csr FILE')
  if (keys.some(({ spki }) => !spkis.has(spkiHashOf(spki))))
    throw refusedBy(VENDOR, 'cannot take a private key without its certificate', 'import both together')
  requireUnlocked(VENDOR, keys)
  requireExportable(VENDOR, keys)
}

/**
 * Metadata for what the server has fields for. A friendly name or tags without a field are told to the person; a name
 * without a field is refused: somebody counts on it.
 *
 * @throws {CertmanError} `name.invalid`, `store.unsupported`
 */
export async function metadataFor(link: Link, said: Described): Promise<JsonObject> {
  if (typeof said.name === 'string') checkName(said.name)
  const wanted: readonly (readonly [MetadataField, string | null | undefined])[] = [
    ['Name', said.name],
    ['FriendlyName', said.friendlyName],
    ['Tags', said.tags?.join(',')],
  ]
  const metadata: Record<string, Json> = {}
  for (const [field, value] of wanted) {
    if (value === undefined || (value === '' && field !== 'Tags')) continue
    const name = link.fields[field]
    if ((await link.metadataFields()).has(name.toLowerCase())) metadata[name] = value ?? ''
    else if (field === 'Name') throw noField(link, name)
    else if (value)
      link.setup.notice(`${VENDOR} has no metadata field ${JSON.stringify(name)}: not kept there`)
  }
  return metadata
}

const noField = (link: Link, name: string): CertmanError =>
  refusedBy(
    VENDOR,
    `has no metadata field ${JSON.stringify(name)} for names`,
    `say which one holds names: ${commandOn('store add', link.setup.name, '--replace … --set name-field=FIELD')}, or leave the name out`,
  )

/** The row as it would be. */
export const foretold = (link: Link, { certificate, key, before }: Parcel): ListedRecord =>
  before ??
  certificateRow(certificate.der, {
    id: 'new',
    fields: defined({ name: certificate.name, keyId: key && spkiHashOf(key.spki) }),
    now: readingOf(link).now,
  })

/** What sending a parcel would change. */
export function changeOf({ key, before, metadata }: Parcel): 'created' | 'keyed' | 'edited' | undefined {
  if (!before) return 'created'
  if (key && before['keyId'] === undefined) return 'keyed'
  return Object.keys(metadata).length > 0 ? 'edited' : undefined
}

/** Sends one parcel and reads back what became of it. */
export async function sendParcel(link: Link, parcel: Parcel): Promise<ListedRecord> {
  const { certificate, before } = parcel
  const metadata = await wholeMetadata(link, parcel)
  if (before && changeOf(parcel) === 'edited') {
    await putMetadata(link, before.id, metadata)
    return requireRow(link, before.id)
  }
  const answer = await link.json({
    method: 'POST',
    path: '/Certificates/Import',
    body: {
      ...sealed(link, parcel),
      ...(Object.keys(metadata).length > 0 && { Metadata: metadata }),
    },
    masked: ['/Certificate', '/Password'],
  })
  const { thumbprint } = knownFacts(certificate.der)
  const row = await rowByThumbprint(link, thumbprint)
  if (row) return row
  const status = numberMember(answer, 'ImportStatus')
  const reasons = listMember(answer, 'InvalidKeystores').map(
    (each) => textMember(each, 'Explanation') ?? textMember(each, 'Reason') ?? '',
  )
  throw new CertmanError(
    'remote.unexpected',
    `${VENDOR} took certificate ${thumbprint} (status ${status ?? '?'}) and does not list it${reasons.length > 0 ? `: ${reasons.join('; ')}` : ''}`,
    { hint: 'your account may lack the permission to read it' },
  )
}

/** What an import or a change of metadata leaves out is emptied: what is there goes along. */
async function wholeMetadata(link: Link, { before, metadata }: Parcel): Promise<JsonObject> {
  if (!before) return metadata
  const wire = await requireCertificate(link, before.id)
  return { ...readCertificate(wire, readingOf(link)).metadata, ...metadata }
}

/** `PUT /Certificates/Metadata`: all of it is sent. */
export async function putMetadata(link: Link, id: string, metadata: JsonObject): Promise<void> {
  const body = { Id: Number(id), Metadata: metadata }
  const call = { method: 'PUT', path: '/Certificates/Metadata', query: link.scope, body } as const
  await link.call({ ...call, repeatable: true })
}

/** What is imported: the certificate alone, or a PFX with its key. */
function sealed(link: Link, { certificate, key }: Parcel): JsonObject {
  if (!key) return { Certificate: toBase64(certificate.der) }
  const { random } = link.setup.ambient
  const { pfx, password } = sealedPfx({ certificate, key, chain: [] }, random, { keysFirst: true })
  return { Certificate: pfx, Password: password }
}
