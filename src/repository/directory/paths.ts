import type { RecordKind } from '../../domain/records.ts'
import { checkId } from '../ids.ts'

/** A path inside the store: `/` between names, no leading slash. The file module alone joins it to the store's folder. */
export type StorePath = string

/** How the files of a kind lie. Kinds with a PEM label have bytes; the others are JSON. */
interface KindLayout {
  readonly folder: string
  readonly suffix: '.pem' | '.json'
  /** Spread over folders of at most 1,000 entries. */
  readonly spread: boolean
  /** Labels that the PEM block of a record may have (RFC 7468), the usual one first. */
  readonly labels: readonly string[]
  readonly segments: boolean
  /** What the file beside a record ends with, for kinds that have one. */
  readonly attachment?: '.crl'
}

/** The layout of format 1, one row per kind. */
export const LAYOUT: Readonly<Record<RecordKind, KindLayout>> = {
  certificate: {
    folder: 'certificates',
    suffix: '.pem',
    spread: true,
    labels: ['CERTIFICATE', 'X509 CERTIFICATE'],
    segments: true,
  },
  request: {
    folder: 'requests',
    suffix: '.pem',
    spread: true,
    labels: ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'],
    segments: true,
  },
  key: {
    folder: 'keys',
    suffix: '.pem',
    spread: true,
    labels: ['PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'],
    segments: false,
  },
  authority: {
    folder: 'authorities',
    suffix: '.json',
    spread: false,
    labels: [],
    segments: false,
    attachment: '.crl',
  },
  collection: { folder: 'collections', suffix: '.json', spread: false, labels: [], segments: false },
  profile: { folder: 'profiles', suffix: '.json', spread: false, labels: [], segments: false },
}

/** What the store is. */
export const HEAD: StorePath = 'store.json'
/** The transaction that is under way; empty when none is. */
export const JOURNAL: StorePath = 'journal'
/** The index; derived, may be deleted. */
export const INDEX: StorePath = 'index.sqlite'
/** The write lock: an empty SQLite database that nobody ever writes to. */
export const LOCK: StorePath = 'lock.sqlite'
/** Who holds the lock. A file of its own: closing a descriptor of the lock file would drop the lock (POSIX). */
export const LOCK_HOLDER: StorePath = 'lock.json'
/** There while somebody waits for the lock: its holder then makes way now and then. Says nothing else. */
export const LOCK_WANTED: StorePath = 'lock.wanted'
/** The folder of the change log. */
export const LOGS: StorePath = 'log'
/** The folder of removed records; below it everything lies as it does above. */
export const TRASH: StorePath = 'trash'

/**
 * The fan-out folder of a record. Decimal ids: thousands, at least two digits (`00` has 1 to 999, `12` has 12000 to
 * 12999). Keys: the first three hex digits, so about 244 files in each of 4,096 folders at a million keys.
 */
function fanOut(kind: RecordKind, id: string): string {
  if (kind === 'key') return id.slice(0, 3)
  return id.slice(0, -3).padStart(2, '0')
}

function place(kind: RecordKind, id: string): string {
  const { folder, suffix, spread } = LAYOUT[kind]
  return spread ? `${folder}/${fanOut(kind, id)}/${id}${suffix}` : `${folder}/${id}${suffix}`
}

/** The file of a live record. @throws {CertmanError} `input.invalid` */
export const recordPath = (kind: RecordKind, id: string): StorePath => place(kind, checkId(kind, id))

/** The file of a record in the trash. @throws {CertmanError} `input.invalid` */
export const trashPath = (kind: RecordKind, id: string): StorePath =>
  `${TRASH}/${place(kind, checkId(kind, id))}`

/** The file beside a record's; undefined for kinds that have none. */
export function attachmentPath(kind: RecordKind, record: StorePath): StorePath | undefined {
  const { suffix, attachment } = LAYOUT[kind]
  return attachment && `${record.slice(0, -suffix.length)}${attachment}`
}

/** The folder of a kind's segments. */
export const segmentsFolder = (kind: RecordKind): StorePath => `${LAYOUT[kind].folder}/segments`

/** The n-th segment of a kind. */
export const segmentPath = (kind: RecordKind, n: number): StorePath => `${segmentsFolder(kind)}/${n}.pem`

/** The number of a segment from its file name; undefined when it is none. */
export function segmentNumber(name: string): number | undefined {
  const digits = /^([1-9]\d{0,8})\.pem$/.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** The change log of a month. */
export const logPath = (month: string): StorePath => `${LOGS}/${month}.jsonl`

/** The folder that `path` lies in; '' is the store's own. */
export const folderOf = (path: StorePath): StorePath => path.slice(0, Math.max(0, path.lastIndexOf('/')))

/**
 * The name under which the next content of `path` is prepared: same folder, hidden, one writer at a time.
 *
 * @param mark for a content that a journal names: no other content may lie there, whenever that journal is read
 */
export function preparedPath(path: StorePath, mark?: string): StorePath {
  const folder = folderOf(path)
  const name = path.slice(folder === '' ? 0 : folder.length + 1)
  return `${folder === '' ? '' : `${folder}/`}.${name}${mark === undefined ? '' : `.${mark}`}.new`
}

/** A database and the files that SQLite keeps beside it; one of them beside another database would be played into it. */
export const withCompanions = (path: StorePath): StorePath[] =>
  ['', '-wal', '-shm', '-journal'].map((suffix) => `${path}${suffix}`)

/** Whether a file name is one that `preparedPath` gives, or one that SQLite keeps beside such a file. */
export const isPrepared = (name: string): boolean => /^\..*\.new(?:-wal|-shm|-journal)?$/s.test(name)

/** Whether a path read from a file (the journal) stays inside the store. */
export const isInside = (path: string): boolean =>
  /^[\w.-]+(?:\/[\w.-]+)*$/.test(path) && !path.split('/').some((name) => name === '.' || name === '..')
