import { RECORD_KINDS, type RecordKind } from '../../domain/records.ts'
import { hasDecimalIds } from '../record-index.ts'
import { SCHEMA_VERSION } from './sqlite-schema.ts'
import { TERMS } from './sqlite-terms.ts'

/**
 * Narrow tables for searching and ordering, wide ones for the JSON rows: a scan of a million rows reads the narrow
 * table only. `n` is the id as a number (keys, whose ids are hashes, count on their own).
 */
const tables = (kind: RecordKind): string => `
CREATE TABLE ${kind}(
  n INTEGER PRIMARY KEY, id TEXT NOT NULL, revision TEXT NOT NULL,
  segment INTEGER, offset INTEGER, length INTEGER,
  name TEXT, nameFolded TEXT, superseded TEXT, revoked TEXT, state TEXT,
  notBefore TEXT, notAfter TEXT, serial TEXT, keyId TEXT,
  thumbprint BLOB, fingerprint BLOB, keyHash BLOB, subjectHash INTEGER, listHashes TEXT,
  subject TEXT, issuer TEXT, san TEXT, tags TEXT, authority TEXT, revocation TEXT, purposes TEXT);
CREATE TABLE ${kind}_row(n INTEGER PRIMARY KEY, row TEXT NOT NULL);
${hasDecimalIds(kind) ? '' : `CREATE UNIQUE INDEX ${kind}_id ON ${kind}(id);`}`

const INDEXED: Readonly<Record<RecordKind, readonly string[]>> = {
  certificate: ['notAfter'],
  request: ['state'],
  key: [],
  authority: [],
  collection: [],
  profile: [],
}

const RARE = ['name', 'nameFolded', 'keyId'] as const
const STATES = ['revoked', 'superseded'] as const

const indexes = (kind: RecordKind): string =>
  [
    ...INDEXED[kind].map((column) => `CREATE INDEX ${kind}_${column} ON ${kind}(${column});`),
    // counts what an authority issued, and finds what it revoked among a million others
    `CREATE INDEX ${kind}_authority ON ${kind}(authority, revoked) WHERE authority IS NOT NULL;`,
    // most records have none of these: they need no place in the index
    ...RARE.map(
      (column) => `CREATE INDEX ${kind}_${column} ON ${kind}(${column}) WHERE ${column} IS NOT NULL;`,
    ),
    ...STATES.map((column) => `CREATE INDEX ${kind}_${column} ON ${kind}(n) WHERE ${column} IS NOT NULL;`),
  ].join('\n')

/** The tables of an empty database, and what is needed for putting records in one after the other. */
export const TABLES = `
${RECORD_KINDS.map(tables).join('\n')}
CREATE TABLE trash(
  kind TEXT NOT NULL, id TEXT NOT NULL, revision TEXT NOT NULL, trashedAt TEXT NOT NULL, row TEXT NOT NULL,
  PRIMARY KEY(kind, id)) WITHOUT ROWID;
CREATE TABLE copies(
  kind TEXT NOT NULL, id TEXT NOT NULL, segment INTEGER NOT NULL,
  PRIMARY KEY(kind, id, segment)) WITHOUT ROWID;
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`

/** What look-ups need besides: made when the tables are full, it costs half as much. */
export const INDEXES = `
${RECORD_KINDS.map(indexes).join('\n')}
${TERMS}
-- all that a CRL says, in the order in which it says it
CREATE INDEX certificate_revocation ON certificate(authority, n, serial, notAfter, revocation, purposes)
  WHERE revocation IS NOT NULL;
CREATE INDEX trash_at ON trash(trashedAt);
CREATE INDEX trash_number ON trash(kind, CAST(id AS INTEGER));
PRAGMA user_version = ${SCHEMA_VERSION};`
