import { CertmanError, isCertmanError } from '../src/base/errors.ts'
import { parseReference, type Reference } from '../src/domain/reference.ts'
import { parseFilter } from '../src/query/parse.ts'
import type { ListedRecord, Store, Target } from '../src/store/store.ts'

/** A certificate to be revoked or released, with its row for the preview. */
export interface Revocable {
  readonly target: Target
  readonly row: ListedRecord
}

const ofCertificate = (row: ListedRecord): Revocable => ({ target: { kind: 'certificate', id: row.id }, row })

/** The certificate of a request; a request without one stays as it is: the store says what is the matter. */
async function ofRequest(store: Store, row: ListedRecord): Promise<Revocable> {
  const id = row['certificateId']
  if (typeof id !== 'string') return { target: { kind: 'request', id: row.id }, row }
  return ofCertificate(await store.resolve({ kind: 'certificate', by: 'text', text: id }))
}

async function named(store: Store, reference: Reference): Promise<Revocable> {
  if (reference.kind === 'request') return ofRequest(store, await store.resolve(reference))
  if (reference.kind !== 'certificate')
    throw new CertmanError('cli.usage', `certificates are revoked, not a ${reference.kind}`)
  try {
    return ofCertificate(await store.resolve(reference))
  } catch (error) {
    // the name of a request will do; a number means a certificate and nothing else
    const isName = reference.by === 'text' && !/^\d+$/.test(reference.text)
    if (!isName || !isCertmanError(error, 'record.not-found')) throw error
    const row = await store.resolve({ ...reference, kind: 'request' }).catch(() => undefined)
    if (!row) throw error
    return ofRequest(store, row)
  }
}

/** Certificates by reference, each once. @throws {CertmanError} `record.not-found`, `reference.ambiguous` */
export async function namedRevocables(store: Store, words: readonly string[]): Promise<readonly Revocable[]> {
  const found = new Map<string, Revocable>()
  for (const word of words) {
    const each = await named(store, parseReference(word))
    found.set(`${each.target.kind} ${each.target.id}`, each)
  }
  return [...found.values()]
}

/** What a filter finds: those for which something can be done, and how many others there are. */
export interface Filtered {
  readonly found: readonly Revocable[]
  readonly otherAuthorities: number
  readonly alreadySo: number
}

/**
 * Certificates that fit a filter, superseded ones too. Those of other authorities, and those for which `wanted` says
 * no, are counted only: a filter names a set, not each of them.
 *
 * @throws {CertmanError} `filter.invalid`
 */
export async function filteredRevocables(
  store: Store,
  expression: string,
  wanted: (row: ListedRecord) => boolean,
): Promise<Filtered> {
  const filter = parseFilter(expression, 'certificate')
  const found: Revocable[] = []
  let [otherAuthorities, alreadySo] = [0, 0]
  for await (const row of store.list('certificate', { filter, sort: [] }))
    if (typeof row['authorityId'] !== 'string') otherAuthorities++
    else if (wanted(row)) found.push(ofCertificate(row))
    else alreadySo++
  return { found, otherAuthorities, alreadySo }
}
