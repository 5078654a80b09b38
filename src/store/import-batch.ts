import { toBase64, toHex } from '../base/bytes.ts'
import type { JsonObject } from '../base/json.ts'
import { sha256 } from '../crypto/digest.ts'
import type { Change, IndexedRecord, NewRecord, WriteTransaction } from '../repository/repository.ts'
import { describeCsr } from '../x509/csr.ts'
import { describePublicKey } from '../x509/public-key.ts'
import { knownFacts } from '../x509/known-facts.ts'
import {
  changeRecord,
  lateOutcome,
  Outcomes,
  requireUnchanged,
  unchanged,
  withoutAbsent,
} from './change-record.ts'
import { describeRecord } from './describe.ts'
import { ImportedCertificate, PLAIN } from './imported-certificate.ts'
import { bindKey, joinKey } from './join-keys.ts'
import { rewriteKey, keyPem } from './rewrite-key.ts'
import { claimName } from './name-taken.ts'
import { OwnAuthorities } from './own-authorities.ts'
import { supersede } from './supersede.ts'
import type { ImportBatch, MutationOptions, NewCertificate, NewKey, Outcome } from './store.ts'

/** Who imports, when, and whether a taken name moves. */
export interface ImportSettings {
  readonly now: Date
  readonly actor: string
  readonly replace: boolean
  readonly progress?: MutationOptions['progress']
  readonly expected?: MutationOptions['expected']
}

const ACTION = 'import'

/** Certificates between two reports of progress. */
const STRIDE = 256

/**
 * Takes a batch in: keys first, so that every certificate finds its own, then certificates, then requests.
 * What is there already is unchanged, except for what it learns: a key, a name, tags.
 *
 * @throws {CertmanError} `name.taken`, `name.invalid`, `der.malformed`, `record.changed`
 */
export async function importBatch(
  tx: WriteTransaction,
  batch: ImportBatch,
  settings: ImportSettings,
): Promise<readonly Outcome[]> {
  await requireUnchanged(tx, settings.expected)
  const importer = new Importer(tx, settings)
  for (const key of batch.keys) await importer.key(key)
  for (const [done, certificate] of batch.certificates.entries()) {
    if (done % STRIDE === 0) settings.progress?.(done, batch.certificates.length)
    await importer.certificate(certificate)
  }
  for (const request of batch.requests ?? []) await importer.request(request)
  return importer.outcomes.all()
}

class Importer {
  readonly outcomes = new Outcomes()
  readonly #tx: WriteTransaction
  readonly #settings: ImportSettings
  readonly #importedAt: string
  readonly #authorities: OwnAuthorities
  /** Whether there is any key at all: a bundle of CA certificates need not look for one a thousand times. */
  #hasKeys: boolean | undefined

  constructor(tx: WriteTransaction, settings: ImportSettings) {
    this.#tx = tx
    this.#settings = settings
    this.#importedAt = settings.now.toISOString()
    this.#authorities = new OwnAuthorities(tx, settings.now)
  }

  async key(key: NewKey): Promise<void> {
    this.#hasKeys = true
    const id = describePublicKey(key.spki).spkiHash
    const [known] = await this.#tx.find('key', { by: 'id', id })
    if (known) {
      const bound = key.exportable === false ? await bindKey(this.#tx, known, ACTION) : []
      // whoever gives it a password wants it protected; one that has a password keeps that
      const isBare = key.encrypted && known.row['encrypted'] === false
      const kept = isBare ? await rewriteKey(this.#tx, known, key) : [unchanged(known)]
      return this.outcomes.addAll([...kept, ...bound])
    }
    const fields = {
      encrypted: key.encrypted,
      publicKey: toBase64(key.spki),
      ...(key.exportable === false && { exportable: false }),
      importedAt: this.#importedAt,
      source: { ...key.source },
    }
    const pem = keyPem(key)
    const log = { action: ACTION, kind: 'key', id } as const
    const added = await this.#create(() => ({ kind: 'key', id, fields, pem }), log)
    this.outcomes.add(added)
    this.outcomes.addAll(await joinKey(this.#tx, added, ACTION))
  }

  async certificate(given: NewCertificate): Promise<void> {
    const facts = knownFacts(given.der)
    const { fingerprint, publicKey } = facts
    const [known] = await this.#tx.find('certificate', { by: 'fingerprint', fingerprint })
    if (known) return this.outcomes.add(await this.#again(known, given))
    const id = await this.#tx.nextId('certificate')
    await this.#takeOver(id, given)
    const key = await this.#keyOf(publicKey)
    const exportable = given.exportable !== false && key?.row['exportable'] !== false
    const issued = await this.#authorities.claim(given.der, facts)
    const own = key || !exportable || issued['authorityId'] ? { keyId: key?.id, exportable, issued } : PLAIN
    const outcome = new ImportedCertificate({ id, given, own, importedAt: this.#importedAt })
    const log = { action: ACTION, kind: 'certificate', id, detail: { fingerprint } } as const
    await this.#tx.put(outcome.record(), 'absent', log)
    this.outcomes.add(outcome)
  }

  async request(given: NonNullable<ImportBatch['requests']>[number]): Promise<void> {
    const fingerprint = toHex(sha256(given.der))
    const [known] = await this.#tx.find('request', { by: 'fingerprint', fingerprint })
    if (known) return this.outcomes.add(unchanged(known))
    const id = await this.#tx.nextId('request')
    if (given.name !== undefined) await this.#takeName('request', id, given.name)
    const fields = withoutAbsent({
      state: 'outstanding',
      name: given.name,
      tags: [],
      keyId: (await this.#keyOf(describeCsr(given.der).publicKey))?.id,
      requestedAt: this.#importedAt,
      requestedBy: this.#settings.actor,
      source: { ...given.source },
    })
    const pem = { label: 'CERTIFICATE REQUEST', der: given.der }
    const log = { action: ACTION, kind: 'request', id, detail: { fingerprint } } as const
    this.outcomes.add(await this.#create(() => ({ kind: 'request', id, fields, pem }), log))
  }

  /** The same certificate once more: it keeps what it has and takes what was asked for. */
  async #again(known: IndexedRecord, given: NewCertificate): Promise<Outcome> {
    const { id, row } = known
    const fields: Record<string, JsonObject[string]> = {}
    if (given.name !== undefined && (given.name !== row['name'] || row['supersededBy'] !== undefined)) {
      await this.#takeOver(id, given)
      fields['name'] = given.name
      fields['supersededBy'] = undefined
    }
    if (given.friendlyName !== undefined && row['friendlyName'] === undefined)
      fields['friendlyName'] = given.friendlyName
    const tags = Array.isArray(row['tags']) ? row['tags'] : []
    const more = (given.tags ?? []).filter((tag) => !tags.includes(tag))
    if (more.length > 0) fields['tags'] = [...tags, ...new Set(more)]
    if (given.exportable === false && row['exportable'] !== false) fields['exportable'] = false
    // it came before its authority did, or by an older certman
    if (row['authorityId'] === undefined)
      Object.assign(fields, await this.#authorities.claim(given.der, knownFacts(given.der)))
    if (fields['exportable'] === false) await this.#bindKeyOf(row)
    if (Object.keys(fields).length === 0) return unchanged(known)
    const what = 'name' in fields ? 'renamed' : 'edited'
    return changeRecord(this.#tx, { kind: 'certificate', id, fields, action: ACTION, what })
  }

  async #takeName(kind: 'certificate' | 'request', id: string, name: string): Promise<void> {
    const replace = this.#settings.replace && kind === 'certificate'
    const holder = await claimName(this.#tx, { kind, name, self: id, replace })
    if (!holder) return
    this.outcomes.add(await supersede(this.#tx, holder.id, { by: id, action: ACTION }))
  }

  /** Takes name and place from those who have them. What had no name gets that of its heir, as all that is superseded. */
  async #takeOver(by: string, { name, supersedes: id }: NewCertificate): Promise<void> {
    if (name !== undefined) await this.#takeName('certificate', by, name)
    if (id === undefined || id === by) return
    const fields = { name, supersededBy: by }
    const change = { kind: 'certificate', id, fields, action: ACTION, what: 'superseded' } as const
    this.outcomes.add(await changeRecord(this.#tx, change))
  }

  async #create(record: () => NewRecord, log: Change): Promise<Outcome> {
    await this.#tx.put(record(), 'absent', log)
    const { kind, id } = log
    // made when it is looked at: the rows of a hundred thousand certificates would fill the memory
    const row = (): JsonObject => describeRecord(record())
    return lateOutcome({ kind, id, outcome: 'changed', what: 'created' }, row)
  }

  async #bindKeyOf(row: JsonObject): Promise<void> {
    const [key] = await this.#tx.find('key', { by: 'id', id: String(row['keyId']) })
    if (key) this.outcomes.addAll(await bindKey(this.#tx, key, ACTION))
  }

  /** The private key, when the store holds it. */
  async #keyOf({ spkiHash }: { readonly spkiHash: string }): Promise<IndexedRecord | undefined> {
    this.#hasKeys ??= (await this.#tx.count('key', { filter: { op: 'all' } })) > 0
    if (!this.#hasKeys) return undefined
    const [key] = await this.#tx.find('key', { by: 'id', id: spkiHash })
    return key
  }
}
