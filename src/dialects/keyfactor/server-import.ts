import { CertmanError } from '../../base/errors.ts'
import type { Json, JsonObject } from '../../base/json.ts'
import { Secret } from '../../base/secret.ts'
import { sha1Hex } from '../../crypto/digest.ts'
import { MAX_SERVED, PbeWork } from '../../crypto/pbe-work.ts'
import type { Item, PasswordSource } from '../../formats/items.ts'
import { readItems } from '../../formats/read-items.ts'
import type { Answer } from '../../http/exchange.ts'
import type { MutationOptions } from '../../store/store.ts'
import { knownFacts } from '../../x509/known-facts.ts'
import type { ServedStore } from '../house.ts'
import { keyedPair, uploadBatch, type CertificateItem } from '../upload.ts'
import { invalid } from './errors.ts'
import { labelsIn, readMetadata, type Described } from './metadata.ts'
import { ok } from './server-answer.ts'
import { requireNow, storeOfGuid } from './server-deploy.ts'
import type { Desk } from './server-desk.ts'
import { describe } from './server-metadata.ts'
import { objectBody, optional, requiredText } from './server-request.ts'
import { firstThat, permitted } from './server-scope.ts'
import { listMember, member } from './wire.ts'

/** `POST /Certificates/Import`: the first certificate of a PEM file, everything of a PFX or PKCS#7. */
export async function importCertificate(desk: Desk): Promise<Answer> {
  permitted(desk, desk.access, 'import')
  const body = await objectBody(desk.call)
  const bytes = certificateBytes(requiredText(body, 'Certificate'))
  const items = await itemsOf(bytes, optional(body, 'Password', 'string'))
  requireNow(desk, member(body, 'Schedule'))
  const { stores, unknown } = targetStores(desk, body)
  const leaf = leafOf(items)
  const arrivals: boolean[] = []
  for (const served of stores) arrivals.push(await takeIn(served, { items, leaf, ...labelsOf(body) }))
  return ok({
    ImportStatus: arrivals[0] ? 1 : 2,
    JobStatus: jobStatus(stores.length, unknown.length),
    InvalidKeystores: unknown.map(invalidKeystore),
    Thumbprint: sha1Hex(leaf.der).toUpperCase(),
  })
}

/** The vendor's enumeration begins with 1: nothing failed; 2: some did; 3: nothing came in. */
const jobStatus = (taken: number, failed: number): number => (failed === 0 ? 1 : taken > 0 ? 2 : 3)

interface Load {
  readonly items: readonly Item[]
  readonly leaf: CertificateItem
  readonly described: Described
  readonly options: MutationOptions
}

/** Whether the certificate is new in the store. */
async function takeIn(served: ServedStore, { items, leaf, described, options }: Load): Promise<boolean> {
  const batch = uploadBatch(items, { leaf, labels: labelsIn(described), from: 'Keyfactor API' })
  const outcomes = await served.store.import(batch, options)
  const thumbprint = sha1Hex(leaf.der).toUpperCase()
  const own = outcomes.find(({ kind, row }) => kind === 'certificate' && row['thumbprint'] === thumbprint)
  const isNew = own?.what === 'created'
  if (own && !isNew) await describe(served, { ...own.row, id: own.id }, { described, options })
  return isNew
}

/** What is said about the certificate: metadata, unless `ImportMetadata` is false, and the alias of `StoreTypes`. */
function labelsOf(body: Json): Pick<Load, 'described' | 'options'> {
  const isWanted = optional(body, 'ImportMetadata', 'boolean') ?? true
  const metadata = isWanted ? readMetadata(member(body, 'Metadata')) : {}
  const [type = null] = listMember(body, 'StoreTypes')
  const alias = optional(type, 'Alias', 'string') ?? ''
  const replace = optional(type, 'Overwrite', 'boolean') ?? false
  const isNamed = typeof metadata.name === 'string' || alias === ''
  return { described: isNamed ? metadata : { ...metadata, name: alias }, options: { replace } }
}

interface Targets {
  readonly stores: readonly ServedStore[]
  /** What in `StoreIds` no store is. */
  readonly unknown: readonly Json[]
}

/** All of `StoreIds`, else the first store that takes imports. */
function targetStores(desk: Desk, body: Json): Targets {
  const wanted = listMember(body, 'StoreIds').map((guid) => [guid, storeOfGuid(desk, guid)] as const)
  const stores = wanted.flatMap(([, served]) => served ?? [])
  const unknown = wanted.filter(([, served]) => !served).map(([guid]) => guid)
  const taking = stores.length > 0 ? [...new Set(stores)] : [firstThat(desk, (can) => can.import)]
  return { stores: taking, unknown }
}

const invalidKeystore = (guid: Json): JsonObject => ({
  KeystoreId: guid,
  ClientMachine: null,
  StorePath: null,
  Alias: null,
  Reason: 0,
  Explanation: 'The certificate store was not found.',
})

/**
 * What `Certificate` holds: plain PEM, or base64 of DER, PEM, PKCS#7 or PFX, with headers and line breaks as they come.
 *
 * @throws {WireFault} 400
 */
export function certificateBytes(text: string): Uint8Array {
  if (/-----BEGIN [A-Z0-9 ]+-----[\s\S]*-----END /.test(text)) return new TextEncoder().encode(text)
  const body = text.replace(/-----[A-Z0-9 ]+-----/g, '').replace(/\s+/g, '')
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(body) || body === '')
    throw invalid('The Certificate is neither PEM nor base64.')
  return new Uint8Array(Buffer.from(body, 'base64'))
}

/** Everything that was sent; a PEM file counts for its first certificate only. @throws {WireFault} 400 */
export async function itemsOf(bytes: Uint8Array, password: string | undefined): Promise<readonly Item[]> {
  const source: PasswordSource = async ({ attempt }) =>
    attempt === 1 && password !== undefined ? new Secret(password) : undefined
  const work = new PbeWork(MAX_SERVED)
  const options = { file: 'Certificate', password: source, lockedKeys: 'leave', work } as const
  const { format, items } = await readItems(bytes, options)
  const certificates = items.filter((item) => item.type === 'certificate')
  if (certificates.length === 0) throw invalid('The Certificate holds no certificate.')
  if (format === 'pem') return certificates.slice(0, 1)
  return items.filter(({ type }) => type === 'certificate' || type === 'private-key')
}

/** The certificate that the call is about: the one with a key, else the one that issued no other. */
function leafOf(items: readonly Item[]): CertificateItem {
  const certificates = items.filter((item) => item.type === 'certificate')
  const issuers = new Set(
    certificates
      .map(({ der }) => knownFacts(der))
      .filter((facts) => !facts.selfIssued)
      .map(({ issuer }) => issuer),
  )
  const [keyed] = keyedPair(items) ?? []
  const leaf =
    keyed ?? certificates.find(({ der }) => !issuers.has(knownFacts(der).subject)) ?? certificates[0]
  if (leaf) return leaf
  throw new CertmanError('input.empty', 'there is no certificate')
}
