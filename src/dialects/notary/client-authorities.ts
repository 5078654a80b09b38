import { CertmanError, isCertmanError } from '../../base/errors.ts'
import type {
  AuthorityCrl,
  AuthorityCsr,
  AuthorityCsrOrder,
  AuthorityEdit,
  AuthorityMaking,
  NewAuthority,
} from '../../store/authority-orders.ts'
import type { ListedRecord, MutationOptions, Outcome, Target } from '../../store/store.ts'
import { knownFacts } from '../../x509/known-facts.ts'
import { describeCrl } from '../../x509/crl.ts'
import { noRecord } from '../refusals.ts'
import { change, changed, unchanged } from '../remote-changes.ts'
import { RemoteStore } from '../remote-store.ts'
import { checkAttachment } from '../../authority/attach.ts'
import { openRequest } from '../../authority/request.ts'
import { textMember } from '../members.ts'
import { Link } from './client-link.ts'
import { AUTHORITIES, findAuthority } from './client-lists.ts'
import { authorityBody, authorityNotes, requestBody } from './client-orders.ts'
import { madeOfSent, unreadable } from '../reply-errors.ts'
import { authorityRowOf, caCertificateId, chainText, crlOf, type ReadAuthority } from './map.ts'
import { createdId, VENDOR, wireObject } from './wire.ts'

/** What a call is about, for its error: where it is missing, it is a record that is, and not the API. */
const thingOf = (id: string): string => `authority ${JSON.stringify(id)}`

/** The verbs of authorities. */
export abstract class NotaryAuthorities extends RemoteStore {
  protected readonly link = new Link(this.setup)

  /** Of an id or a name. @throws {CertmanError} `record.not-found`, `reference.ambiguous` */
  protected async authority(idOrName: string): Promise<ReadAuthority> {
    const known = await findAuthority(this.link, idOrName)
    if (known) return known
    const { id } = await this.resolve({ kind: 'authority', by: 'text', text: idOrName })
    const read = await findAuthority(this.link, id)
    if (read) return read
    throw noRecord('authority', idOrName)
  }

  /** Refuses an authority that cannot sign; Notary itself would answer 500 without a word. */
  protected requireSigning({ id, enabled, chain, isDamaged }: ReadAuthority): void {
    if (isDamaged) throw unreadable(VENDOR, `the certificate of authority ${id}`)
    const [own] = chain
    const why = !own
      ? 'it waits for its own certificate'
      : !enabled
        ? 'it is disabled'
        : Date.parse(knownFacts(own).notAfter) < this.link.now.getTime()
          ? 'its certificate has expired'
          : undefined
    if (why !== undefined)
      throw new CertmanError('state.refused', `authority ${id} cannot sign: ${why}`, {
        hint: 'see the authorities: certman ca list',
      })
  }

  override async createAuthority(order: NewAuthority, options?: MutationOptions): Promise<AuthorityMaking> {
    const { protection: _kept, ...wish } = order
    return change(options, {
      check: async () => {
        const body = authorityBody(wish, this.link.now)
        const parent = order.parent === undefined ? undefined : await this.authority(order.parent)
        if (parent) this.requireSigning(parent)
        return { body, parent }
      },
      foretell: () => this.#making({ id: 'new', name: order.name, enabled: true }, order),
      send: async ({ body, parent }) => {
        const made = await this.#create(body)
        const row = parent ? await this.signAuthority(made, parent.id) : await this.#row(made)
        return this.#making(row, order)
      },
    })
  }

  async #create(body: ReturnType<typeof authorityBody>): Promise<string> {
    try {
      const reply = await this.link.call({ method: 'POST', path: AUTHORITIES, body })
      return createdId(reply)
    } catch (error) {
      if (!isCertmanError(error, 'remote.unreachable', 'remote.timeout', 'remote.unexpected')) throw error
      const { code, message } = error
      // Notary ends an answer after ten seconds, and goes on making the key
      const hint = 'a key of 4096 bits takes its time; see whether it was made: certman ca list'
      throw new CertmanError(code, message, { hint, cause: error })
    }
  }

  #making(row: ListedRecord, order: Pick<NewAuthority, 'name' | 'keyType' | 'subject'>): AuthorityMaking {
    const notes = authorityNotes(order, row.id)
    return { outcomes: [changed('authority', row, 'created')], changes: [], notes }
  }

  async #row(id: string): Promise<ListedRecord> {
    const read = await findAuthority(this.link, id)
    if (read) return authorityRowOf(read)
    throw new CertmanError('remote.unexpected', `${VENDOR}: authority ${id} was made and is not there`)
  }

  /** Gives an authority that waits a certificate by another one of the server. */
  protected async signAuthority(id: string, issuer: string): Promise<ListedRecord> {
    const path = `${AUTHORITIES}/${id}/sign`
    // the id of the issuer is text here, though answers have numbers
    const body = { certificate_authority_id: issuer }
    const hint = `the authority ${id} is there and waits for a certificate: certman ca list`
    await this.link.call({ method: 'POST', path, body, thing: thingOf(id), hint })
    return this.#row(id)
  }

  override async editAuthority(
    { id }: Target,
    edit: AuthorityEdit,
    options?: MutationOptions,
  ): Promise<Outcome> {
    const { enabled, ...others } = edit
    const [other] = Object.entries(others).find(([, value]) => value !== undefined) ?? []
    if (other !== undefined)
      throw this.cannot(
        'editAuthority.settings',
        `change ${other} of an authority; it has only an on and off`,
      )
    const read = await this.authority(id)
    const row = authorityRowOf(read)
    if (enabled === undefined || enabled === row['enabled']) return unchanged('authority', row, 'same')
    if (enabled && read.chain.length === 0)
      throw new CertmanError(
        'state.refused',
        `authority ${id} waits for its certificate: it cannot sign yet`,
        { hint: 'give it one: certman ca install NAME FILE' },
      )
    const what = enabled ? 'enabled' : 'disabled'
    return change(options, {
      check: async () => ({ ...row, enabled }),
      foretell: (after) => changed('authority', after, what),
      send: async () => {
        await this.link.call({
          method: 'PUT',
          path: `${AUTHORITIES}/${read.id}`,
          body: { enabled },
          thing: thingOf(read.id),
          repeatable: true,
        })
        return changed('authority', await this.#row(read.id), what)
      },
    })
  }

  override async authorityCsr(order: AuthorityCsrOrder, options?: MutationOptions): Promise<AuthorityCsr> {
    const { name, wish } = order
    if (!wish) {
      const read = await this.authority(name)
      if (!read.csr) throw new CertmanError('record.not-found', `authority ${read.id} shows no request`)
      return { csr: read.csr, outcomes: [unchanged('authority', authorityRowOf(read), 'present')] }
    }
    return change<ReturnType<typeof requestBody>, AuthorityCsr>(options, {
      check: async () => requestBody(wish),
      foretell: () => {
        throw this.cannot('createAuthority.dry', 'show a request before its key is made')
      },
      send: async (body) => {
        const read = await findAuthority(this.link, await this.#create(body))
        if (!read?.csr)
          throw new CertmanError('remote.unexpected', `${VENDOR}: an authority without its request`)
        return { csr: read.csr, outcomes: [changed('authority', authorityRowOf(read), 'created')] }
      },
    })
  }

  override async installAuthority(
    name: string,
    chain: readonly Uint8Array[],
    options?: MutationOptions,
  ): Promise<AuthorityMaking> {
    const installed = (row: ListedRecord): AuthorityMaking => ({
      outcomes: [changed('authority', row, 'installed')],
      changes: [],
      notes: [],
    })
    return change(options, {
      check: async () => {
        const { id, csr } = await this.authority(name)
        // Notary answers 500 without a word to a chain that does not hang together
        const ordered = csr ? checkAttachment(openRequest(csr), chain).chain : chain
        return { id, ordered }
      },
      foretell: ({ id }) => installed({ id, name, enabled: true }),
      send: async ({ id, ordered }) => {
        const path = `${AUTHORITIES}/${id}/certificate`
        const text = chainText(ordered.length === 1 ? [ordered[0]!, ordered[0]!] : ordered)
        await this.link.call({ method: 'POST', path, body: { certificate_chain: text }, thing: thingOf(id) })
        return installed(await this.#row(id))
      },
    })
  }

  override async crl(authority: string, order: { readonly renew?: boolean } = {}): Promise<AuthorityCrl> {
    if (order.renew === true) throw this.cannot('crl.renew', 'be told to sign a CRL')
    const read = await this.authority(authority)
    const path = `${AUTHORITIES}/${read.id}/crl`
    const reply = await this.link.call({ method: 'GET', path, thing: thingOf(read.id) })
    const text = textMember(wireObject(reply), 'crl') ?? ''
    const der = crlOf(text)
    const what = `the CRL of authority ${read.id}`
    if (!der && text.trim() !== '') throw unreadable(VENDOR, what)
    if (!der)
      throw new CertmanError('record.not-found', `authority ${read.id} has no CRL`, {
        hint: 'an authority that waits for its certificate has none yet: certman ca list',
      })
    const { crlNumber, thisUpdate, nextUpdate } = await madeOfSent(VENDOR, what, () => describeCrl(der))
    const dates = { crlNumber, crlThisUpdate: thisUpdate, crlNextUpdate: nextUpdate }
    return { der, row: { ...authorityRowOf(read), ...dates }, outcome: 'unchanged', notes: [] }
  }

  /** `POST …/revoke` of an authority's own certificate. */
  protected async revokeAuthority(read: ReadAuthority): Promise<void> {
    if (read.chain.length < 2)
      // a root is its own issuer, and Notary drops the connection over it
      throw new CertmanError('state.refused', `authority ${read.id} is a root: ${VENDOR} cannot revoke it`, {
        hint: 'disable it: certman ca disable NAME',
      })
    const thing = `certificate ${JSON.stringify(caCertificateId(read.id))}`
    const hint =
      'an authority can be revoked once, and only where its issuer is an authority of this server: certman ca list'
    await this.link.call({ method: 'POST', path: `${AUTHORITIES}/${read.id}/revoke`, thing, hint })
  }
}
