import { CertmanError } from '../base/errors.ts'
import { Recent } from '../base/recent.ts'
import { collect } from '../base/lists.ts'
import type { CertificateFacts, Extension } from '../domain/facts.ts'
import { fieldIs } from '../domain/filter.ts'
import { certificateState, type CertificateRecord, type CertificateState } from '../domain/records.ts'
import { sha256Hex } from '../crypto/digest.ts'
import {
  chooseIssuer,
  isSelfSigned,
  MAX_CANDIDATES,
  MAX_CHAIN,
  type ChainMember,
} from '../path/choose-issuer.ts'
import { FIND_LIMIT } from '../repository/record-index.ts'
import type { IndexedRecord, Reading, StoredRecord } from '../repository/repository.ts'
import { certificateExtensions } from '../x509/certificate.ts'
import { storedFacts } from './certificate-facts.ts'
import type { StoredCertificate } from './store.ts'

/** A stored record as the certificate that it is; facts come from the bytes, never from the index. */
export function openCertificate(stored: StoredRecord, now: Date): StoredCertificate {
  if (!stored.pem) throw new CertmanError('store.damaged', `certificate ${stored.id} has no bytes`)
  return new OpenedCertificate(stored, stored.pem.der, now)
}

/** By the SHA-256 of the bytes: authorities stand in the chain of every certificate that is asked for. */
const opened = new Recent<CertificateFacts>(1000)

/** Bytes. No authority is longer, and a thousand with ten thousand names each would fill the memory. */
const LONGEST = 16_384

/** What the bytes say is read when somebody looks: a download hands most of them on as they are. */
class OpenedCertificate implements StoredCertificate {
  readonly der: Uint8Array
  readonly #stored: StoredRecord
  readonly #now: Date
  #facts: CertificateFacts | undefined
  #record: CertificateRecord | undefined
  #extensions: readonly Extension[] | undefined

  constructor(stored: StoredRecord, der: Uint8Array, now: Date) {
    this.#stored = stored
    this.der = der
    this.#now = now
  }

  get revision(): string {
    return this.#stored.revision
  }

  /** @throws {CertmanError} `der.malformed` */
  get facts(): CertificateFacts {
    return (this.#facts ??=
      this.der.length > LONGEST
        ? storedFacts(this.der)
        : opened.of(sha256Hex(this.der), () => storedFacts(this.der)))
  }

  get record(): CertificateRecord {
    return (this.#record ??= this.#whole())
  }

  get extensions(): readonly Extension[] {
    return (this.#extensions ??= certificateExtensions(this.der))
  }

  get state(): CertificateState {
    return certificateState(this.record, this.facts, this.#now)
  }

  /** A file that was put into the folder by hand may lack the fields that certman always writes. */
  #whole(): CertificateRecord {
    const { id } = this.#stored
    const fields = this.#stored.fields as unknown as Partial<Omit<CertificateRecord, 'id'>>
    const { tags = [], exportable = true, importedAt = this.facts.notBefore } = fields
    return { id, ...fields, tags, exportable, importedAt } as CertificateRecord
  }
}

/** What looking for issuers needs. */
type IssuerReading = Pick<Reading, 'find' | 'list' | 'read'>

/**
 * The certificate whose issuers are looked for: its facts are those of its row, which was made from the same bytes. To take
 * it apart once more costs as much as all the looking.
 */
function leafOf({ id, pem, row }: StoredRecord): ChainMember {
  if (!pem) throw new CertmanError('store.damaged', `certificate ${id} has no bytes`)
  return { der: pem.der, facts: row as unknown as CertificateFacts }
}

/**
 * Issuers that the store holds, the nearest first; stops at a self-signed certificate or where one is missing. Goes
 * through none that is revoked where there is another way up that holds: by another certificate of one below it.
 */
export async function storedIssuers(
  reading: IssuerReading,
  leaf: StoredRecord,
  now: Date,
): Promise<readonly StoredCertificate[]> {
  const without = new Set<string>()
  const first = await wayUp(reading, leaf, { without, now })
  if (first.every(({ state }) => state !== 'revoked')) return first
  let reach = 0
  for (let chain = first, tried = 0; tried < MAX_CANDIDATES; tried++) {
    const dead = chain.findIndex(({ state, facts }) => state === 'revoked' || now > new Date(facts.notAfter))
    // one that ends earlier has nothing but what was left out above it
    const end = chain.length < reach ? chain.length : dead
    if (end < 0) return chain
    const below = chain[end - 1]
    if (!below) break
    without.add(below.facts.fingerprint)
    reach = end
    chain = await wayUp(reading, leaf, { without, now })
  }
  return first
}

interface Way {
  /** Fingerprints of certificates through which it does not go. */
  readonly without: Iterable<string>
  readonly now: Date
}

async function wayUp(
  reading: IssuerReading,
  leaf: StoredRecord,
  { without, now }: Way,
): Promise<readonly StoredCertificate[]> {
  const chain: StoredCertificate[] = []
  const seen = new Set(without)
  let child = leafOf(leaf)
  while (chain.length < MAX_CHAIN) {
    seen.add(child.facts.fingerprint)
    const candidates = await candidatesFor(reading, child, { seen, now })
    // most roots have no namesake: then it does not matter whether they signed themselves, which takes longer to say
    if (candidates.length === 0 || isSelfSigned(child)) break
    const issuer = chooseIssuer(child, candidates)
    if (!issuer) break
    chain.push(issuer)
    child = issuer
  }
  return chain
}

/**
 * What a store offers as issuers of these certificates: another text when one has come, gone or been revoked. Costs a
 * look into the index for each.
 */
export async function issuersOffered(
  reading: IssuerReading,
  certificates: readonly StoredCertificate[],
): Promise<string> {
  const offered: string[] = []
  for (const certificate of certificates)
    for (const { id, revision } of await namesakes(reading, certificate)) offered.push(`${id} ${revision}`)
  return offered.join()
}

async function candidatesFor(
  reading: IssuerReading,
  child: ChainMember,
  { seen, now }: { readonly seen: ReadonlySet<string>; readonly now: Date },
): Promise<readonly StoredCertificate[]> {
  const candidates: StoredCertificate[] = []
  for (const { id, row } of await namesakes(reading, child)) {
    if (seen.has(String(row['fingerprint']))) continue
    const stored = await reading.read('certificate', id)
    if (stored) candidates.push(openCertificate(stored, now))
  }
  return candidates
}

/** Certificates with the name of the issuer; where `find` may have cut them off, those with its key identifier. */
async function namesakes(reading: IssuerReading, child: ChainMember): Promise<readonly IndexedRecord[]> {
  const { issuer, authorityKeyIdentifier } = child.facts
  const found = await reading.find('certificate', { by: 'subject', subject: issuer })
  const keyIdentifier = authorityKeyIdentifier?.keyIdentifier
  if (found.length < FIND_LIMIT || typeof keyIdentifier !== 'string') return found
  const terms = [fieldIs('subject', issuer), fieldIs('subjectKeyIdentifier', keyIdentifier)]
  const query = { filter: { op: 'and', terms }, sort: [], limit: 50 } as const
  return collect(reading.list('certificate', query))
}
