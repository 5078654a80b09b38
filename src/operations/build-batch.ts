import type { RecordSource } from '../domain/records.ts'
import type { Place } from '../formats/items.ts'
import type { ImportBatch, NewCertificate, NewKey } from '../store/store.ts'
import type { FoundCertificate, FoundKey, FoundRequest, Gathered } from './gather-items.ts'
import type { FileTools, ImportRequest } from './import-files.ts'
import { keyAtRest } from './key-at-rest.ts'

/** What goes into the store, and what was said about it. */
export interface ImportPlan {
  readonly found: Gathered
  readonly request: ImportRequest
  /** Who gets the name and the friendly name that were asked for. */
  readonly bearer: FoundCertificate | FoundRequest | undefined
  readonly tools: FileTools
}

/** One source for all that a file holds. */
function sourcesOf(): (place: Place) => RecordSource {
  const known = new Map<string, RecordSource>()
  return ({ file }) => {
    const source = known.get(file) ?? { how: 'imported', from: file }
    known.set(file, source)
    return source
  }
}

/** One batch of all that was found: the store takes it whole or not at all. */
export function batchOf(plan: ImportPlan): ImportBatch {
  const { found, request, bearer } = plan
  const keyIds = new Set(found.keys.map(({ id }) => id))
  const sourceOf = sourcesOf()
  return {
    certificates: found.certificates.map((certificate) => ({
      ...newCertificate(certificate, plan, keyIds),
      source: sourceOf(certificate.item.place),
    })),
    keys: found.keys.map((key) => ({ ...newKey(key, plan), source: sourceOf(key.item.place) })),
    requests: found.requests.map((each) => ({
      der: each.item.der,
      source: sourceOf(each.item.place),
      ...(each === bearer && request.name !== undefined && { name: request.name }),
    })),
  }
}

function newCertificate(
  certificate: FoundCertificate,
  { request, bearer }: ImportPlan,
  keyIds: ReadonlySet<string>,
): Omit<NewCertificate, 'source'> {
  const { item } = certificate
  const friendlyName = (certificate === bearer ? request.friendlyName : undefined) ?? item.friendlyName
  const bound = request.exportable === false && keyIds.has(certificate.facts.publicKey.spkiHash)
  return {
    der: item.der,
    ...(certificate === bearer && request.name !== undefined && { name: request.name }),
    ...(friendlyName !== undefined && friendlyName !== '' && { friendlyName }),
    ...(request.tags && { tags: request.tags }),
    ...(bound && { exportable: false }),
  }
}

function newKey({ item }: FoundKey, { request, tools }: ImportPlan): Omit<NewKey, 'source'> {
  const { keyPassword: password, dryRun, exportable } = request
  const { random } = tools.ambient
  return {
    spki: item.spki,
    ...(exportable === false && { exportable }),
    ...keyAtRest(item.pkcs8, { password, dryRun, random }),
  }
}
