import { RECORD_KINDS, type RecordKind } from '../../../src/domain/records.ts'
import { parseReference } from '../../../src/domain/reference.ts'
import type { Repository } from '../../../src/repository/repository.ts'
import type {
  ImportBatch,
  ListedRecord,
  NewCertificate,
  NewKey,
  Outcome,
  Store,
} from '../../../src/store/store.ts'
import { makeCertificate, type TestCertificate, type TestKey } from '../../support/make-certificates.ts'
import { rowsOf } from '../../support/worlds.ts'

export { rowsOf as listed } from '../../support/worlds.ts'

/** A store of the contract suite and, where there is one, what stands under it. */
export interface StoreWorld {
  readonly store: Store
  readonly repository: Repository
  readonly cleanUp?: () => Promise<void>
}

/** Scenarios by their sentence. */
export type Cases = Readonly<Record<string, (world: StoreWorld) => Promise<void>>>

const source = { how: 'imported', from: 'test.pem' } as const

export const root = makeCertificate({ cn: 'Root', ca: true, notAfter: '2036-01-01T00:00:00Z' })
export const issuing = makeCertificate({ cn: 'Issuing', ca: true, issuer: root })
export const web = makeCertificate({ cn: 'web.example', issuer: issuing, dns: ['web.example'] })
export const renewed = makeCertificate({
  cn: 'web.example',
  issuer: issuing,
  notAfter: '2028-01-01T00:00:00Z',
})
/** Another certificate with the key of `web`. */
export const twin = makeCertificate({ cn: 'twin.example', issuer: issuing, key: web })
export const mail = makeCertificate({ cn: 'mail.example', issuer: issuing })
export const expired = makeCertificate({
  cn: 'old.example',
  issuer: issuing,
  notBefore: '2020-01-01T00:00:00Z',
  notAfter: '2021-01-01T00:00:00Z',
})

export const certificate = (
  { der }: TestCertificate,
  more: Partial<NewCertificate> = {},
): NewCertificate => ({ der, source, ...more })

export const key = ({ pkcs8, spki }: TestKey, more: Partial<NewKey> = {}): NewKey => ({
  pkcs8,
  spki,
  encrypted: false,
  source,
  ...more,
})

export const batch = (
  certificates: readonly NewCertificate[],
  keys: readonly NewKey[] = [],
): ImportBatch => ({
  certificates,
  keys,
})

/** `created`, `keyed` … of each record, as `certificate 1 created`. */
export const said = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map(({ kind, id, what }) => `${kind} ${kind === 'key' ? 'K' : id} ${what}`)

export const resolve = (
  store: Store,
  text: string,
  kind: RecordKind = 'certificate',
): Promise<ListedRecord> => store.resolve(parseReference(text, kind))

/** Everything that can be seen of a store, to tell whether anything changed. */
export async function everything(store: Store): Promise<unknown> {
  const kinds = await Promise.all(RECORD_KINDS.map(async (kind) => [kind, await rowsOf(store, kind)]))
  return { kinds, trash: await store.trash() }
}
