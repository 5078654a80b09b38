import { CertmanError } from '../../base/errors.ts'
import { shellWord } from '../../base/text.ts'
import type { ImportBatch, MutationOptions, NewCertificate, NewKey, Outcome } from '../../store/store.ts'
import { checkName } from '../../domain/name.ts'
import { chainFrom, type ChainMember, type IssuerPool, poolOf } from '../../path/choose-issuer.ts'
import { knownFacts } from '../../x509/known-facts.ts'
import { spkiHashOf } from '../../x509/public-key.ts'
import { certificateRow } from '../certificate-row.ts'
import { refusedBy } from '../refusals.ts'
import { changed, unchanged } from '../remote-changes.ts'
import { foretoldKey, KeyBook, keyRow, requireKeepable, sendKey } from './client-keys.ts'
import type { Link } from './client-link.ts'
import { holdAll, isHeld, listItems, rowOf, type Held } from './client-read.ts'
import { replaceCertificate, sendResource } from './client-send.ts'
import { subjectMembers } from './map.ts'
import { VENDOR } from './wire.ts'

/** A private key of a batch. */
export interface KeyParcel {
  readonly kind: 'key'
  readonly key: NewKey
  readonly name: string
  readonly hash: string
  /** The server's id, when it is there already. */
  readonly known: string | undefined
}

/** A certificate of a batch, with the issuers that go along behind it. */
export interface CertificateParcel {
  readonly kind: 'certificate'
  readonly given: NewCertificate
  readonly chain: readonly Uint8Array[]
  readonly name: string
  readonly hash: string
  /** The same certificate, there already. */
  readonly same: Held | undefined
  /** The one of that name under the same key, which it takes the place of. */
  readonly before: Held | undefined
  /** The server's id of its key; undefined: the key comes with the batch. */
  readonly keyId: string | undefined
}

/** One thing of a batch. */
export type Parcel = KeyParcel | CertificateParcel

/** Everything that the server holds, with bytes. */
export async function holdings(link: Link): Promise<readonly Held[]> {
  const all: Held[] = []
  for await (const page of holdAll(link, await listItems(link))) all.push(...page.filter(isHeld))
  return all
}

/** Sorts a batch out, keys first. Sends nothing that changes. @throws {CertmanError} `store.unsupported`, `name.taken`, `name.invalid` */
export async function packParcels(
  link: Link,
  batch: ImportBatch,
  options: MutationOptions = {},
): Promise<readonly Parcel[]> {
  const { certificates, keys, requests = [] } = batch
  if (requests.length > 0)
    throw refusedBy(
      VENDOR,
      'makes its requests itself and takes none in',
      'make it there, with its key: certman request --subject CN=…',
    )
  requireKeepable(keys)
  const held = await holdings(link)
  const book = new KeyBook(link, held)
  const coming = new Set(keys.map(({ spki }) => spkiHashOf(spki)))
  const leaves = await withKeys(link, { certificates, book, coming })
  const pool = poolOf(certificates.map(memberOf))
  const packed = leaves.map((leaf) => packCertificate(leaf, { pool, held, options }))
  const [chained, rest] = sortOut(packed, certificates)
  if (rest.length > 0) throw noKeyFor(link, rest)
  if (chained > 0)
    link.setup.notice(
      `${VENDOR} keeps issuers behind the certificates that they issued: ${chained} went along that way`,
    )
  return [...(await packKeys(keys, { certificates, book })), ...packed]
}

interface Leaf {
  readonly given: NewCertificate
  readonly hash: string
  readonly keyId: string | undefined
}

/** The certificates of the batch whose private key is there, or comes along. */
async function withKeys(
  link: Link,
  {
    certificates,
    book,
    coming,
  }: {
    readonly certificates: readonly NewCertificate[]
    readonly book: KeyBook
    readonly coming: ReadonlySet<string>
  },
): Promise<readonly Leaf[]> {
  const leaves: Leaf[] = []
  const set = link.option('key')
  for (const given of certificates) {
    const { publicKey, basicConstraints } = knownFacts(given.der)
    const hash = publicKey.spkiHash
    const isAuthority = basicConstraints?.ca === true && certificates.length > 1 && !coming.has(hash)
    const keyId = isAuthority ? undefined : await book.find(hash)
    if (keyId !== undefined || coming.has(hash)) leaves.push({ given, hash, keyId })
    // the person says which key it is for; the server checks it
    else if (set !== undefined && !isAuthority) leaves.push({ given, hash, keyId: set })
  }
  return leaves
}

interface Packing {
  readonly pool: IssuerPool<ChainMember>
  readonly held: readonly Held[]
  readonly options: MutationOptions
}

function packCertificate({ given, hash, keyId }: Leaf, { pool, held, options }: Packing): CertificateParcel {
  const { fingerprint } = knownFacts(given.der)
  const same = held.find(({ der }) => knownFacts(der).fingerprint === fingerprint)
  const own = held.filter((each) => keyId !== undefined && each.keyId === keyId)
  const name = given.name === undefined ? freeName(given, own) : checkName(given.name)
  const before = same ? undefined : own.find((each) => each.name === name)
  if (before && options.replace !== true)
    throw new CertmanError(
      'name.taken',
      `the name ${JSON.stringify(name)} is taken by certificate ${before.id} of the same key`,
      { field: 'name' },
    )
  const chain = chainFrom(memberOf(given), pool).map(({ der }) => der)
  return { kind: 'certificate', given, chain, name, hash, same, before, keyId }
}

/** A name for what was given none: the vendor demands one that is free under its key. */
function freeName(given: NewCertificate, own: readonly Held[]): string {
  const facts = knownFacts(given.der)
  const wanted = given.friendlyName ?? subjectMembers(facts).common_name
  const stem = wanted === '' ? facts.thumbprint : wanted
  return own.some(({ name }) => name === stem) ? `${stem} ${facts.thumbprint.slice(0, 8)}` : stem
}

const memberOf = ({ der }: NewCertificate): ChainMember => ({ der, facts: knownFacts(der) })

/** How many certificates go along behind others, and those that have no place at all. */
function sortOut(
  packed: readonly CertificateParcel[],
  certificates: readonly NewCertificate[],
): readonly [chained: number, rest: readonly NewCertificate[]] {
  const leaves = new Set(packed.map(({ given }) => given))
  const behind = new Set(packed.flatMap(({ chain }) => chain.map((der) => knownFacts(der).fingerprint)))
  const others = certificates.filter((each) => !leaves.has(each))
  const rest = others.filter(({ der }) => !behind.has(knownFacts(der).fingerprint))
  return [others.length - rest.length, rest]
}

const noKeyFor = ({ setup }: Link, rest: readonly NewCertificate[]): CertmanError =>
  new CertmanError(
    'store.unsupported',
    `${VENDOR} keeps certificates under their private key, and has none for ${rest
      .map(({ der }) => JSON.stringify(knownFacts(der).subject))
      .join(', ')}`,
    { hint: `import the key with it, or first: certman -s ${shellWord(setup.name)} import KEYFILE` },
  )

async function packKeys(
  keys: readonly NewKey[],
  { certificates, book }: { readonly certificates: readonly NewCertificate[]; readonly book: KeyBook },
): Promise<readonly KeyParcel[]> {
  const parcels: KeyParcel[] = []
  for (const key of keys) {
    const hash = spkiHashOf(key.spki)
    const owner = certificates.find(({ der }) => knownFacts(der).publicKey.spkiHash === hash)
    const own =
      owner && (owner.name ?? owner.friendlyName ?? subjectMembers(knownFacts(owner.der)).common_name)
    const name = (own === '' ? undefined : own) ?? key.source.from ?? `key ${hash.slice(0, 8)}`
    parcels.push({ kind: 'key', key, name, hash, known: await book.find(hash) })
  }
  return parcels
}

/** What would become of a parcel. */
export function foretell(parcel: Parcel, now: Date): Outcome {
  if (parcel.kind === 'key') {
    const { known, key, name } = parcel
    if (known === undefined) return changed('key', foretoldKey(key, name), 'created')
    // it keeps the name that it has
    return unchanged('key', keyRow({ id: known, name: undefined }), 'present')
  }
  const { same, before, given, name, keyId, hash } = parcel
  if (same) return unchanged('certificate', rowOf(same, now), 'present')
  const fields = { name, keyId: keyId ?? hash }
  const row = certificateRow(given.der, { id: before?.id ?? 'new', fields, now })
  return changed('certificate', row, before ? 'replaced' : 'created')
}

/** Sends a parcel. @param made ids of keys that this batch made, by the hash of their public half */
export async function sendParcel(link: Link, parcel: Parcel, made: Map<string, string>): Promise<Outcome> {
  if (parcel.kind === 'key') {
    const { key, name, known, hash } = parcel
    if (known !== undefined) return foretell(parcel, link.now)
    const id = await sendKey(link, key, name)
    made.set(hash, id)
    return changed('key', keyRow({ id, name }), 'created')
  }
  const { same, before, given, chain, name, keyId, hash } = parcel
  if (same) return foretell(parcel, link.now)
  const certificates = [given.der, ...chain]
  if (before) {
    const after = await replaceCertificate(link, before, certificates)
    return changed('certificate', rowOf(after, link.now), 'replaced')
  }
  const owner = made.get(hash) ?? keyId ?? ''
  const held = await sendResource(link, owner, { name, subject: knownFacts(given.der), certificates })
  return changed('certificate', rowOf(held, link.now), 'created')
}
