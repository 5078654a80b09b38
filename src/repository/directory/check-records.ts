import { isCertmanError } from '../../base/errors.ts'
import { EVERYTHING } from '../../domain/filter.ts'
import { RECORD_KINDS, type RecordKind } from '../../domain/records.ts'
import type { IndexEntry, IndexReading, TrashEntry } from '../record-index.ts'
import { DERIVED_FIELDS } from '../record-text.ts'
import type { Describe, Finding } from '../repository.ts'
import type { Files } from './files.ts'
import { recordPath, segmentPath, trashPath, type StorePath } from './paths.ts'
import { understand, type FoundRecord, type FoundText } from './scan.ts'

/** What the records are compared with, and who takes the findings. */
export interface RecordCheck {
  readonly files: Files
  readonly index: IndexReading
  readonly describe: Describe
  readonly add: (finding: Finding) => void
}

const REINDEX = 'if the change is wanted: certman store reindex; if not, bring the file back from a backup'
const BACKUP = 'bring the file back from a backup, or accept the loss with: certman store reindex'

/** Compares every record that a scan finds with the index, and the records with each other. */
export class RecordChecker {
  readonly #check: RecordCheck
  readonly #seen = { live: 0, trash: 0 }
  /** Names of current certificates -> the ids that bear them. */
  readonly #names = new Map<string, string[]>()
  /** By the first 48 bits of their fingerprints: all of a million would take 200 MB. */
  readonly #certificates = new Map<number, number>()
  readonly #keys = new Set<string>()
  /** Kinds whose folders this user may not read: nothing is known of their files. */
  readonly #closed = new Set<RecordKind>()
  readonly #needed: { readonly path: StorePath; readonly keyId: string; readonly what: string }[] = []

  constructor(check: RecordCheck) {
    this.#check = check
  }

  /** Takes note that records of this kind lie where this user may not look. */
  closed(kind: RecordKind): void {
    this.#closed.add(kind)
  }

  /** Takes one record text of the scan. */
  found(found: FoundText): void {
    const { files, describe, index } = this.#check
    const known =
      found.where === 'trash' ? index.getTrashed(found.kind, found.id) : index.get(found.kind, found.id)
    if (!this.#isCurrent(found, known)) return
    if (known) this.#seen[found.where === 'trash' ? 'trash' : 'live']++
    try {
      const record = understand(found, describe, files.absolute(found.path))
      if (!known) return this.#unknown(found)
      this.#compare(found, record, known)
      this.#relate(found, record)
    } catch (error) {
      if (!isCertmanError(error)) throw error
      this.#add(damageCode(found), found.path, { message: error.message, hint: BACKUP })
    }
  }

  /**
   * Reports what only the whole shows: missing files, names borne twice, owners without keys. A key without an owner is
   * no fault: keys may be imported before their certificates.
   */
  finish(): void {
    this.#findMissing()
    for (const [name, ids] of this.#names)
      if (ids.length > 1)
        this.#add('duplicate-name', recordPath('certificate', ids[1]!), {
          message: `the name ${JSON.stringify(name)} is borne by the certificates ${ids.join(', ')}`,
          hint: `give the others another name: certman edit ${ids[1]} --name NAME`,
        })
    for (const { path, keyId, what } of this.#needed)
      if (!this.#keys.has(keyId) && !this.#closed.has('key'))
        this.#add('key-missing', path, {
          message: `${what} names the private key ${keyId}, which is not there`,
          hint: 'import the key again, or bring its file back from a backup',
        })
  }

  /** Whether the text is the copy that counts: outdated ones in segments are no concern. */
  #isCurrent({ kind, id, where }: FoundText, known: IndexEntry | TrashEntry | undefined): boolean {
    if (where === 'loose' || where === 'trash') return true
    const { index } = this.#check
    const place = (known as IndexEntry | undefined)?.place
    if (place === undefined) return !index.copies(kind, id).includes(where.segment)
    return place !== 'loose' && place.segment === where.segment && place.offset === where.offset
  }

  #unknown({ kind, id, path }: FoundText): void {
    this.#add('record-unknown', path, {
      message: `the index does not know the ${kind} ${id}`,
      hint: 'take it in with: certman store reindex',
    })
  }

  #compare(
    found: FoundText,
    { entry, parsed }: FoundRecord,
    known: Pick<IndexEntry, 'revision' | 'row'>,
  ): void {
    const { path, kind, id } = found
    // the same text to the last octet is what the index was made from
    const isAltered =
      entry.revision !== known.revision &&
      ['fingerprint', 'spkiHash'].some((field) => entry.row[field] !== known.row[field])
    if (isAltered)
      return this.#add(`${kind}-altered`, path, {
        message: `this is not the ${kind} ${id} that was stored`,
        hint: REINDEX,
      })
    if (entry.revision !== known.revision)
      this.#add('record-edited', path, {
        message: `the text of ${kind} ${id} was edited by hand, or an old copy was brought back`,
        hint: REINDEX,
      })
    for (const name of parsed.pem ? DERIVED_FIELDS : [])
      if (JSON.stringify(parsed.derived[name]) !== JSON.stringify(entry.row[name]))
        this.#add('text-disagrees', path, {
          message: `the line ${name} does not say what the ${kind} ${id} says`,
          hint: 'the bytes count, the line is for people: any edit of the record writes it anew',
        })
  }

  #relate({ kind, id, path, where }: FoundText, { entry: { row } }: FoundRecord): void {
    if (kind === 'key') {
      if (where !== 'trash') this.#keys.add(id)
      return
    }
    if (where === 'trash') return
    if (typeof row['keyId'] === 'string')
      this.#needed.push({ path, keyId: row['keyId'], what: `${kind} ${id}` })
    if (kind === 'certificate') this.#relateCertificate(id, row, path)
  }

  #relateCertificate(id: string, row: IndexEntry['row'], path: StorePath): void {
    const name = row['name']
    if (typeof name === 'string' && (row['supersededBy'] ?? undefined) === undefined)
      this.#names.set(name, [...(this.#names.get(name) ?? []), id])
    const fingerprint = String(row['fingerprint'])
    const head = Number.parseInt(fingerprint.slice(0, 12), 16)
    const other = this.#certificates.get(head)
    if (other === undefined) this.#certificates.set(head, Number(id))
    else if (this.#check.index.get('certificate', String(other))?.row['fingerprint'] === fingerprint)
      this.#add('duplicate-certificate', path, {
        message: `certificate ${id} is the same as ${other}`,
        hint: `delete one of them: certman delete ${id}`,
      })
  }

  /** The index knows more than there is: looks for each file. */
  #findMissing(): void {
    const { index } = this.#check
    const total = RECORD_KINDS.map((kind) => index.count(kind, EVERYTHING.filter, new Date(0)))
    const known = total.reduce((sum, count) => sum + count, 0)
    if (known > this.#seen.live)
      for (const kind of RECORD_KINDS)
        for (const entry of index.list(kind, EVERYTHING, new Date(0))) this.#findLive(entry)
    const trashed = index.trashed()
    if (trashed.length > this.#seen.trash)
      for (const { kind, id } of trashed) this.#expectFile(kind, id, trashPath(kind, id))
  }

  #findLive({ kind, id, place }: IndexEntry): void {
    if (place === 'loose') return this.#expectFile(kind, id, recordPath(kind, id))
    const path = segmentPath(kind, place.segment)
    const facts = this.#check.files.facts(path)
    if (!facts || facts.size < place.offset + place.length) this.#missing(kind, id, path)
  }

  #expectFile(kind: RecordKind, id: string, path: StorePath): void {
    if (!this.#closed.has(kind) && !this.#check.files.facts(path)) this.#missing(kind, id, path)
  }

  #missing(kind: RecordKind, id: string, path: StorePath): void {
    this.#add(`${kind}-missing`, path, { message: `the file of ${kind} ${id} is missing`, hint: BACKUP })
  }

  #add(code: string, path: StorePath, words: Pick<Finding, 'message' | 'hint'>): void {
    this.#check.add({ code, path, ...words })
  }
}

const damageCode = ({ kind, where }: FoundText): string =>
  where === 'trash' ? 'trash-damaged' : `${kind}-damaged`
