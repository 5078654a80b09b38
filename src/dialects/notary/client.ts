import { CertmanError } from '../../base/errors.ts'
import { commandOn } from '../../base/text.ts'
import type { Filter, Query } from '../../domain/filter.ts'
import type { RecordKind } from '../../domain/records.ts'
import { requireRevision } from '../../store/change-record.ts'
import type { ListedRecord, MutationOptions, Outcome, StoredCertificate, Target } from '../../store/store.ts'
import { certificateRow } from '../certificate-row.ts'
import type { DialectFace, ProbeResult, RemoteConnection, RemoteSetup } from '../dialect.ts'
import { countRows, listRows } from '../listing.ts'
import { changed, deleteEach } from '../remote-changes.ts'
import { unreadable } from '../reply-errors.ts'
import { noRecord } from '../refusals.ts'
import { member, textMember } from '../members.ts'
import { NotaryChanges } from './client-changes.ts'
import {
  allAuthorities,
  AUTHORITIES,
  certificatePages,
  chainOfCertificate,
  findAuthority,
  findRequest,
  getRequest,
  paged,
  requestPages,
  REQUESTS,
} from './client-lists.ts'
import { authorityRowOf, caOfCertificate, requestRowOf, ROLES } from './map.ts'
import { VENDOR, wireList, wireObject } from './wire.ts'

/** A connection to Canonical Notary; see `docs/dialects/notary.md` for what each verb sends. */
export const notaryClient = (face: DialectFace, setup: RemoteSetup): RemoteConnection =>
  new NotaryStore(face, setup)

class NotaryStore extends NotaryChanges {
  async probe(): Promise<ProbeResult> {
    const status = await this.link.status()
    const version = textMember(status, 'version')
    const server = `${VENDOR}${version === undefined ? '' : ` ${version}`}`
    if (member(status, 'initialized') === false && this.setup.options['first-account'] !== 'create')
      throw new CertmanError('auth.failed', `${VENDOR} has no account yet: nobody can log in`, {
        hint: `make the first one from this store's user and password: ${commandOn('store add', this.setup.name, '… --set first-account=create')}`,
      })
    const { facts: role, ...who } = await this.#whoAmI()
    const facts = { ...role, ...(await this.#protection()) }
    return { server, ...who, ...(Object.keys(facts).length > 0 && { facts }) }
  }

  /** How the keys of authorities lie on the server; releases before July 2025 do not say. */
  async #protection(): Promise<Readonly<Record<string, string>>> {
    const reply = await this.link.ask({ method: 'GET', path: '/config' })
    if (reply.status !== 200) return {}
    const backend = textMember(wireObject(reply), 'encryption_backend_type')
    return backend === undefined ? {} : { 'key encryption': backend }
  }

  /** Servers before 2026 show accounts to admins only: there the list of requests proves the credential. */
  async #whoAmI(): Promise<Pick<ProbeResult, 'user' | 'facts'>> {
    const reply = await this.link.ask({ method: 'GET', path: '/accounts/me' })
    const user = this.setup.credential?.user
    if (reply.status === 401 || reply.status >= 500 || reply.status < 300) {
      const account = wireObject(this.link.pass(reply))
      const email = textMember(account, 'email') ?? textMember(account, 'username') ?? user
      const role = ROLES[Number(member(account, 'role_id'))]
      return { ...(email !== undefined && { user: email }), ...(role !== undefined && { facts: { role } }) }
    }
    wireList(await this.link.call({ method: 'GET', path: REQUESTS }))
    return user === undefined ? {} : { user }
  }

  override async *list(kind: RecordKind, query: Query): AsyncIterable<ListedRecord> {
    yield* listRows(this.#pages(kind, query.filter), query, { kind, now: this.link.now })
  }

  override async count(kind: RecordKind, query: Pick<Query, 'filter'>): Promise<number> {
    return countRows(this.#pages(kind, query.filter), query, { kind, now: this.link.now })
  }

  #pages(kind: RecordKind, filter: Filter): AsyncIterable<readonly ListedRecord[]> {
    switch (kind) {
      case 'certificate':
        return certificatePages(this.link, filter)
      case 'request':
        return requestPages(this.link)
      case 'authority':
        return this.#authorities()
      default:
        throw this.cannotList(kind)
    }
  }

  async *#authorities(): AsyncIterable<readonly ListedRecord[]> {
    yield* paged(await allAuthorities(this.link), authorityRowOf)
  }

  protected async byId(kind: RecordKind, id: string): Promise<ListedRecord | undefined> {
    if (kind === 'authority') {
      const read = await findAuthority(this.link, id)
      return read && authorityRowOf(read)
    }
    if (kind === 'certificate' && caOfCertificate(id) !== undefined) return this.#authorityCertificate(id)
    const read = await findRequest(this.link, id)
    if (!read) return undefined
    if (kind === 'request') return requestRowOf(read)
    const row = await this.certificateRow(read)
    if (!row && (read.isDamaged || read.chain.length > 0))
      throw unreadable(VENDOR, `certificate ${JSON.stringify(id)}`)
    return row
  }

  async #authorityCertificate(id: string): Promise<ListedRecord | undefined> {
    const [own] = await chainOfCertificate(this.link, id)
    return own && certificateRow(own.der, { id, now: this.link.now })
  }

  override async certificate(id: string): Promise<StoredCertificate> {
    const [leaf] = await chainOfCertificate(this.link, id)
    if (leaf) return leaf
    throw new CertmanError('record.not-found', `no certificate ${JSON.stringify(id)}`, {
      hint: `${VENDOR} gives certificates of issued requests only: certman list requests`,
    })
  }

  override async issuersOf(id: string): Promise<readonly StoredCertificate[]> {
    const chain = await chainOfCertificate(this.link, id)
    if (chain.length > 0) return chain.slice(1)
    throw noRecord('certificate', id)
  }

  override async request(id: string): Promise<{ readonly row: ListedRecord; readonly der: Uint8Array }> {
    const read = await getRequest(this.link, id)
    const { csr, csrText } = read
    if (!csr) throw new CertmanError('remote.unexpected', `${VENDOR}: the CSR of request ${id} is no PEM`)
    return { row: { ...requestRowOf(read), submittedText: csrText }, der: csr }
  }

  override async delete(targets: readonly Target[], options?: MutationOptions): Promise<readonly Outcome[]> {
    return deleteEach(targets, options, {
      find: (target) => this.#doomed(target),
      remove: (target) => this.#remove(target),
    })
  }

  async #doomed(target: Target): Promise<ListedRecord> {
    const { kind, id } = target
    const isOwn = kind === 'certificate' && caOfCertificate(id) !== undefined
    if (isOwn) throw this.cannot('delete.authorityCertificate', 'delete the certificate of an authority')
    if (!this.can.list.includes(kind)) throw this.cannotDelete(kind)
    const row = await this.requireById(kind, id)
    const { fingerprint } = row
    if (typeof fingerprint === 'string') requireRevision(target, fingerprint)
    return row
  }

  /** What goes with a record. */
  async #remove({ kind, id }: Target): Promise<readonly Outcome[]> {
    const path =
      kind === 'authority'
        ? `${AUTHORITIES}/${id}`
        : `${REQUESTS}/${id}${kind === 'certificate' ? '/certificate' : ''}`
    const request = kind === 'certificate' ? await findRequest(this.link, id) : undefined
    const thing = `${kind} ${JSON.stringify(id)}`
    await this.link.call({ method: 'DELETE', path, thing })
    // with the certificate its request goes: every Notary so far deletes the whole row
    if (!request || (await findRequest(this.link, id))) return []
    return [changed('request', requestRowOf(request), 'deleted')]
  }
}
