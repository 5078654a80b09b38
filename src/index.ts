/**
 * certman as a library: read certificates of every format, describe them, keep them in a store, issue and revoke.
 * `docs/library.md` goes on from the example.
 *
 * @example
 * ```ts
 * import { mkdtemp, readFile } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { importBytes, openStore, parseFilter } from 'certman'
 *
 * const folder = await mkdtemp(join(tmpdir(), 'certman-'))
 * const store = await openStore(folder, { create: true })
 * const report = await importBytes(store, await readFile(process.argv[2]!), { tags: ['bundle'] })
 * console.log(report.outcomes.map(({ what, id }) => `${what} ${id}`))
 *
 * const filter = parseFilter('expires > 30d and tag = bundle', 'certificate')
 * for await (const row of store.list('certificate', { filter, sort: [] })) console.log(row.id, row['subject'])
 *
 * const { facts, der } = await store.certificate('1')
 * console.log(facts.notAfter, facts.publicKey.type, der.length)
 * await store.close()
 * ```
 *
 * @module
 */
export {
  CertmanError,
  ERRORS,
  isCertmanError,
  isStateRefusal,
  type CertmanErrorOptions,
  type ErrorCode,
  type StateCode,
} from './base/errors.ts'
export type { Ambient } from './base/ambient.ts'
export type { Json, JsonObject } from './base/json.ts'
export { Secret } from './base/secret.ts'
export type { AuthorityRecord, CrlState, CustomProfile, FormerRevocation } from './domain/authority.ts'
export type * from './domain/facts.ts'
export {
  EVERYTHING,
  type Filter,
  type FilterOperator,
  type FilterValue,
  type Query,
  type Sort,
} from './domain/filter.ts'
export {
  certificateState,
  CLAIMS,
  RECORD_KINDS,
  type CertificateRecord,
  type CertificateState,
  type Claim,
  type KeyRecord,
  type RecordKind,
  type RecordSource,
  type RequestRecord,
  type Revocation,
} from './domain/records.ts'
export type { RevocationReason } from './domain/revocation-reason.ts'
export type { Profile } from './domain/profile.ts'
export { parseReference, type Reference } from './domain/reference.ts'
export type {
  Bundle,
  InputFormat,
  Item,
  LeftItem,
  PasswordSource,
  Place,
  ReadOptions,
} from './formats/items.ts'
export { writePem } from './formats/pem.ts'
export { readItems } from './formats/read-items.ts'
export {
  exportBytes,
  importBytes,
  makeRequest,
  openStore,
  systemAmbient,
  type ExportBytesOptions,
  type ImportBytesOptions,
  type OpenOptions,
} from './library.ts'
export type { ExportFormat } from './operations/export-formats.ts'
export type { FileFailure, ImportOutcome, ImportReport } from './operations/import-files.ts'
export type { RequestReport, RequestWish } from './operations/make-request.ts'
export { parseFilter } from './query/parse.ts'
export { parseSort } from './query/sort.ts'
export type * from './store/authority-orders.ts'
export type { AuthorityStore } from './store/authority-store.ts'
export type {
  Abilities,
  Edit,
  ImportBatch,
  ListedRecord,
  MutationOptions,
  NewCertificate,
  NewKey,
  Outcome,
  Store,
  StoredCertificate,
  StoredKey,
  StoreInfo,
  Target,
} from './store/store.ts'
export { certificateExtensions, describeCertificate } from './x509/certificate.ts'
export { crlExtensions, describeCrl, revokedEntries } from './x509/crl.ts'
export { csrExtensions, csrSignature, describeCsr } from './x509/csr.ts'
export { parseGeneralName } from './x509/general-name-text.ts'
export { parseNameText } from './x509/name-text.ts'
export { describePublicKey } from './x509/public-key.ts'
