import type { JsonObject } from '../base/json.ts'
import { collect } from '../base/lists.ts'
import { fieldIs } from '../domain/filter.ts'
import type { Reference } from '../domain/reference.ts'
import type { ListedRecord, Store, StoredCertificate } from '../store/store.ts'
import { certificateTail, chainLink, fullCertificate } from './full-facts.ts'

/**
 * Everything about one record, as `show --json` prints it: a certificate's record, facts, `state`, `extensions`,
 * `hasPrivateKey`, `chain` (`[{id, subject, fingerprint, state}]`, issuer first), `key` and `pem`; a request with its
 * `signature` (proof of possession: valid, invalid, unsupported); a key's facts with the ids of its certificates.
 *
 * @throws {CertmanError} `record.not-found`, `reference.ambiguous`, `store.damaged`
 */
export async function showRecord(store: Store, reference: Reference): Promise<JsonObject> {
  const row = await store.resolve(reference)
  switch (reference.kind) {
    case 'certificate':
      if (!store.can.exportCertificate) return { kind: 'certificate', ...row }
      return withRest(row, await showCertificate(store, await store.certificate(row.id)))
    case 'request':
      if (!store.can.exportRequest) return { kind: 'request', ...row }
      return showRequest(store, row)
    case 'key':
      return { kind: 'key', ...row, certificates: await idsWithKey(store, row.id) }
    default:
      return { kind: reference.kind, ...row }
  }
}

/** What a server says of a record beside what certman knows comes last. */
function withRest(row: ListedRecord, shown: JsonObject): JsonObject {
  const rest = Object.entries(row).filter(([field]) => !Object.hasOwn(shown, field))
  return { ...shown, ...Object.fromEntries(rest) }
}

async function showCertificate(store: Store, stored: StoredCertificate): Promise<JsonObject> {
  const { record, facts, state, der } = stored
  const issuers = await store.issuersOf(record.id)
  const key = record.keyId === undefined ? undefined : await keyOf(store, record.keyId)
  return {
    kind: 'certificate',
    ...(record as unknown as JsonObject),
    ...fullCertificate(der, facts),
    state,
    hasPrivateKey: record.keyId !== undefined,
    key: key ?? null,
    chain: issuers.map((issuer) => ({
      id: issuer.record.id,
      ...(issuer.record.name !== undefined && { name: issuer.record.name }),
      ...chainLink(issuer),
    })),
    ...certificateTail(der),
  }
}

async function keyOf(store: Store, keyId: string): Promise<JsonObject | undefined> {
  if (!store.can.list.includes('key')) return { id: keyId }
  const row = await store.resolve({ kind: 'key', by: 'text', text: keyId })
  return { id: keyId, encrypted: row['encrypted'], exportable: row['exportable'] !== false }
}

async function showRequest(store: Store, row: ListedRecord): Promise<JsonObject> {
  const { fullRequest, requestTail } = await import('./full-request.ts')
  const { der } = await store.request(row.id)
  return {
    kind: 'request',
    ...row,
    ...fullRequest(der),
    hasPrivateKey: row['keyId'] !== undefined,
    ...requestTail(der),
  }
}

async function idsWithKey(store: Store, keyId: string): Promise<readonly string[]> {
  const filter = fieldIs('keyId', keyId)
  return (await collect(store.list('certificate', { filter, sort: [], limit: 1000 }))).map(({ id }) => id)
}
