import type { Json } from '../../../src/base/json.ts'
import { Secret } from '../../../src/base/secret.ts'
import { RECORD_KINDS, type RecordKind } from '../../../src/domain/records.ts'
import { parseReference } from '../../../src/domain/reference.ts'
import { checkAuthorities } from '../../../src/store/check-authorities.ts'
import type { NewAuthority, NewRequest, SigningOrder } from '../../../src/store/authority-orders.ts'
import type { ListedRecord, Outcome, Target } from '../../../src/store/store.ts'
import { parseNameText } from '../../../src/x509/name-text.ts'
import { writeCsr } from '../../../src/x509/write-csr.ts'
import { parseGeneralName } from '../../../src/x509/general-name-text.ts'
import { subjectAltName } from '../../../src/x509/write-extensions.ts'
import { openSigner } from '../../../src/crypto/signer.ts'
import { frozenAmbient } from '../../support/ambient.ts'
import { makeKey, type TestKey } from '../../support/make-certificates.ts'
import { rowsOf } from '../../support/worlds.ts'
import type { StoreWorld } from '../store/world.ts'

export type { Cases, StoreWorld } from '../store/world.ts'

/** A key without a password: the tests are not about PBKDF2. */
export const OPEN = { noPassword: true, insecure: true } as const

export const password = new Secret('hunter2')

/** A root as the tests want it. */
export const rootOrder = (more: Partial<NewAuthority> = {}): NewAuthority => ({
  name: 'root',
  subject: parseNameText('CN=Root,O=Example'),
  keyType: 'ec-p256',
  days: 3650,
  protection: OPEN,
  ...more,
})

/** A CSR for these names, `dns:…` and so on. */
export function csrFor(
  names: readonly string[],
  key: TestKey = makeKey(),
  subject = 'CN=web.example',
): Uint8Array {
  const extensions = names.length > 0 ? [subjectAltName(names.map(parseGeneralName))] : []
  return writeCsr({ subject: parseNameText(subject), extensions, signer: openSigner(key.pkcs8) })
}

export const target = (id: string, kind: Target['kind'] = 'request'): Target => ({ kind, id })

/** A store with a root, and the ids of what was signed for each of these names. */
export async function signedStore(
  world: StoreWorld,
  names: readonly string[],
  order: SigningOrder = {},
): Promise<readonly string[]> {
  await world.store.createAuthority(rootOrder())
  const ids: string[] = []
  for (const name of names) ids.push(await signOne(world, { csr: csrFor([`dns:${name}`]), name }, order))
  return ids
}

/** @returns the id of the certificate */
export async function signOne(
  { store }: StoreWorld,
  request: NewRequest,
  order: SigningOrder = {},
): Promise<string> {
  const [queued] = await store.submit(request)
  const { outcomes } = await store.sign(target(queued!.id), order)
  return outcomes[0]!.id
}

export const said = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map(({ kind, id, what }) => `${kind} ${kind === 'key' ? 'K' : id} ${what}`)

export const rows = ({ store }: StoreWorld, kind?: RecordKind): Promise<readonly ListedRecord[]> =>
  rowsOf(store, kind)

export const row = ({ store }: StoreWorld, text: string): Promise<ListedRecord> =>
  store.resolve(parseReference(text))

export const field = (record: ListedRecord, name: string): Json | undefined => record[name]

/** Everything that can be seen, the CRLs as well. */
export async function everything(world: StoreWorld): Promise<unknown> {
  const kinds = await Promise.all(RECORD_KINDS.map(async (kind) => [kind, await rows(world, kind)]))
  const authorities = await rows(world, 'authority')
  const crls = await Promise.all(
    authorities.map(({ id }) => world.repository.readAttachment('authority', id)),
  )
  return {
    kinds,
    crls: crls.map((crl) => crl && Buffer.from(crl).toString('hex')),
    trash: await world.store.trash(),
  }
}

/** What `store check` would have to say about authorities, requests and CRLs. */
export const doubts = async ({ repository }: StoreWorld): Promise<readonly string[]> =>
  (await checkAuthorities(repository, frozenAmbient().now())).map(
    ({ code, message }) => `${code}: ${message}`,
  )
