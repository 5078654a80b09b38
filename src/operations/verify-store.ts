import { isCertmanError } from '../base/errors.ts'
import { EVERYTHING, fieldIs } from '../domain/filter.ts'
import { crlIssuersOf } from '../path/crl-scope.ts'
import type { PathMember } from '../path/path-member.ts'
import type { Store, StoredCertificate } from '../store/store.ts'
import { storedMember, type VerifyMember } from './verify-member.ts'

/** What a store knows that helps to judge certificates. */
export interface StoreKnowledge {
  /** Issuers of the certificates in question and those who sign CRLs about them, theirs, and so on. */
  readonly issuers: readonly VerifyMember[]
  /** Ids of the certificates of the store's own authorities. */
  readonly ownCertificates: ReadonlySet<string>
  /** Ids of the store's own authorities: of what they issued the store knows whether it was revoked. */
  readonly ownAuthorities: ReadonlySet<string>
  /** Current CRLs of the store's authorities. */
  readonly crls: readonly Uint8Array[]
}

/** What is known where there is no store. */
export const NO_KNOWLEDGE: StoreKnowledge = {
  issuers: [],
  ownCertificates: new Set(),
  ownAuthorities: new Set(),
  crls: [],
}

/** Certificates of one name that are looked at. */
const MAX_NAMESAKES = 20

/** Names that are followed upwards. */
const MAX_NAMES = 50

/**
 * What the store knows about certificates; of a server only the issuers of the certificate with the id, as its
 * lists cannot be searched at this price.
 */
export async function askStore(
  store: Store,
  members: readonly VerifyMember[],
  isDirectory: boolean,
): Promise<StoreKnowledge> {
  if (!isDirectory) {
    const ids = members.flatMap(({ record }) => (record ? [record.id] : []))
    return { ...NO_KNOWLEDGE, issuers: await remoteIssuers(store, ids) }
  }
  const authorities = store.list('authority', EVERYTHING)
  const [ownCertificates, ownAuthorities] = [new Set<string>(), new Set<string>()]
  for await (const { id, certificateId } of authorities) {
    ownAuthorities.add(id)
    ownCertificates.add(String(certificateId))
  }
  const issuers = await issuersIn(store, members)
  const isAllKnown = [...members, ...issuers].every(({ record }) => record)
  const crls = isAllKnown ? [] : await crlsOf(store, ownAuthorities)
  return { issuers, ownCertificates, ownAuthorities, crls }
}

/** Questions to a server at once: it may limit a client, and a command may be given a thousand certificates. */
const AT_ONCE = 8

async function remoteIssuers(store: Store, ids: readonly string[]): Promise<readonly VerifyMember[]> {
  const issuers: VerifyMember[] = []
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = await Promise.all(ids.slice(at, at + AT_ONCE).map((id) => store.issuersOf(id)))
    issuers.push(...some.flat().map(storedMember))
  }
  return issuers
}

/** The record of a certificate that was found elsewhere, where the store has it too. */
export async function recognise(store: Store, member: VerifyMember): Promise<VerifyMember> {
  const filter = fieldIs('fingerprint', member.facts.fingerprint)
  for await (const { id } of store.list('certificate', { filter, sort: [], limit: 1 })) {
    const { record } = await store.certificate(id)
    return Object.assign(member, { record })
  }
  return member
}

/** Whose certificates it takes to judge one: of its issuer, and of those who sign CRLs about it. */
const namesAround = (member: PathMember): readonly string[] => [member.facts.issuer, ...crlIssuersOf(member)]

/** Issuers that a directory store has of certificates, theirs, and so on. */
export async function issuersIn(
  store: Store,
  members: readonly PathMember[],
): Promise<readonly VerifyMember[]> {
  const found = new Map<string, VerifyMember>()
  const names = new Set(members.flatMap(namesAround))
  // names that are met on the way are followed too: a Set gives what is added while it is read
  for (const name of names) {
    if (names.size > MAX_NAMES) break
    for (const certificate of await namesakes(store, name)) {
      const issuer = storedMember(certificate)
      found.set(issuer.facts.fingerprint, issuer)
      for (const next of namesAround(issuer)) names.add(next)
    }
  }
  return [...found.values()]
}

async function namesakes(store: Store, name: string): Promise<readonly StoredCertificate[]> {
  if (store.named) return store.named(name)
  const query = { filter: fieldIs('subject', name), sort: [], limit: MAX_NAMESAKES } as const
  const found: StoredCertificate[] = []
  for await (const { id } of store.list('certificate', query)) found.push(await store.certificate(id))
  return found
}

/** The CRLs as far as they are there: nothing is signed for a question. */
async function crlsOf(store: Store, authorities: ReadonlySet<string>): Promise<readonly Uint8Array[]> {
  const crls: Uint8Array[] = []
  for (const id of authorities) {
    const crl = await store.crl(id, {}, { dryRun: true }).catch((error: unknown) => {
      if (!isCertmanError(error)) throw error
      return undefined
    })
    if (crl) crls.push(crl.der)
  }
  return crls
}
