import { CertmanError, isCertmanError } from '../../base/errors.ts'
import { sameBytes } from '../../base/bytes.ts'
import { openRequest } from '../../authority/request.ts'
import { writePem } from '../../formats/pem.ts'
import { issueRequest } from '../../domain/request-state.ts'
import type { RequestRecord } from '../../domain/records.ts'
import { isDropped } from '../../http/call-errors.ts'
import type { NewRequest, Signing, SigningOrder } from '../../store/authority-orders.ts'
import type { ListedRecord, MutationOptions, Outcome, Target } from '../../store/store.ts'
import { strangeAnswer, wordsOf } from '../reply-errors.ts'
import { requestRow } from '../certificate-row.ts'
import { NotaryAuthorities } from './client-authorities.ts'
import {
  allAuthorities,
  allRequests,
  authorityIds,
  findRequest,
  getRequest,
  REQUESTS,
} from './client-lists.ts'
import { leftOut, requirePlainSigning, requireSubmittable } from './client-orders.ts'
import {
  authorityRowOf,
  certificateRowOf,
  type ReadAuthority,
  type ReadRequest,
  requestRowOf,
} from './map.ts'
import { change, changed, signing, unchanged } from '../remote-changes.ts'
import { payload, VENDOR, wireId } from './wire.ts'

/** The request as the rules of its states see it: they are the same for every store. */
export const recordOf = ({ id, state }: ReadRequest): RequestRecord => ({
  id,
  state,
  tags: [],
  requestedAt: '',
})

/** Asking and signing. */
export abstract class NotarySigning extends NotaryAuthorities {
  override async submit(request: NewRequest, options?: MutationOptions): Promise<readonly Outcome[]> {
    return change(options, {
      check: async () => {
        requireSubmittable(request)
        openRequest(request.csr)
      },
      foretell: () => [
        changed('request', requestRow(request.csr, 'new', { state: 'outstanding' }), 'created'),
      ],
      send: async () => {
        const lost = leftOut(request)
        if (lost !== undefined) this.setup.notice(lost)
        return [await this.#submitted(request)]
      },
    })
  }

  async #submitted({ csr, text }: NewRequest): Promise<Outcome> {
    const body = { csr: text ?? writePem('CERTIFICATE REQUEST', csr) }
    const reply = await this.link.ask({ method: 'POST', path: REQUESTS, body })
    const isKnown = reply.status === 400 && /already (?:recorded|exists)/i.test(wordsOf(reply) ?? '')
    if (!isKnown) this.link.pass(reply)
    const read = await this.#recorded(
      csr,
      isKnown ? undefined : wireId(reply.body.length === 0 ? undefined : payload(reply.json())),
    )
    if (!read)
      throw isKnown ? this.link.refusal(reply) : strangeAnswer(VENDOR, reply, 'no such request is there')
    const row = requestRowOf(read)
    return isKnown ? unchanged('request', row, 'present') : changed('request', row, 'created')
  }

  /** The request of a CSR. Servers before February 2025 answered with an id that was not the request's. */
  async #recorded(csr: Uint8Array, id: string | undefined): Promise<ReadRequest | undefined> {
    const isIt = (read: ReadRequest): boolean => read.csr !== undefined && sameBytes(read.csr, csr)
    const read = id === undefined ? undefined : await findRequest(this.link, id)
    // a server that keeps no CSR shows none
    if (read?.csrText === '') return { ...read, csr }
    return read && isIt(read) ? read : (await allRequests(this.link)).find(isIt)
  }

  override async sign(target: Target, order: SigningOrder, options?: MutationOptions): Promise<Signing> {
    requirePlainSigning(order)
    if (target.kind === 'authority') return this.#signAuthority(target, order, options)
    return change<{ read: ReadRequest; issuer: ReadAuthority }, Signing>(options, {
      check: async () => {
        const read = await getRequest(this.link, target.id)
        issueRequest(recordOf(read), read.id)
        const issuer = await this.#issuer(order.authority)
        this.requireSigning(issuer)
        return { read, issuer }
      },
      foretell: ({ read }) =>
        signing([changed('request', { ...requestRowOf(read), state: 'issued' }, 'issued')]),
      send: async ({ read, issuer }) => {
        await this.act(read, 'sign', { certificate_authority_id: issuer.id })
        return this.signed(read.id, 'issued')
      },
    })
  }

  async #signAuthority(target: Target, order: SigningOrder, options?: MutationOptions): Promise<Signing> {
    const done = (row: ListedRecord): Signing => signing([changed('authority', row, 'issued')])
    return change<{ row: ListedRecord; issuer: ReadAuthority }, Signing>(options, {
      check: async () => {
        const row = authorityRowOf(await this.authority(target.id))
        const issuer = await this.#issuer(order.authority)
        this.requireSigning(issuer)
        return { row, issuer }
      },
      foretell: ({ row }) => done(row),
      send: async ({ row, issuer }) => {
        const after = await this.signAuthority(row.id, issuer.id)
        return { ...done(after), der: (await this.authority(row.id)).chain[0] ?? new Uint8Array() }
      },
    })
  }

  /** The authority that is named, or the only one that can sign. */
  async #issuer(named: string | undefined): Promise<ReadAuthority> {
    if (named !== undefined) return this.authority(named)
    const able = (await allAuthorities(this.link)).filter(({ enabled, chain }) => enabled && chain.length > 0)
    if (able.length === 1) return able[0]!
    const names = able.map((read) => String(authorityRowOf(read)['name'] ?? read.id))
    throw new CertmanError(
      'state.refused',
      able.length === 0 ? 'no authority can sign' : `several authorities can sign: ${names.join(', ')}`,
      { hint: able.length === 0 ? 'see the authorities: certman ca list' : 'name one with --ca' },
    )
  }

  /** A change of a request. Notary drops the connection over keys that are no RSA keys. */
  protected async act(read: ReadRequest, deed: string, body?: Record<string, string>): Promise<void> {
    const [path, thing] = [`${REQUESTS}/${read.id}/${deed}`, `request ${JSON.stringify(read.id)}`]
    try {
      await this.link.call({ method: 'POST', path, body, thing })
    } catch (error) {
      if (!isCertmanError(error) || !isDropped(error)) throw error
      const type = read.csr ? requestRowOf(read)['publicKey'] : undefined
      if ((type as { readonly type?: string } | undefined)?.type === 'rsa') throw error
      throw new CertmanError(error.code, error.message, {
        hint: `${VENDOR} knows RSA keys only and drops the connection over others: make a request with --key-type rsa-2048`,
        cause: error,
      })
    }
  }

  /** Certificate and request as they are now. */
  protected async signed(id: string, what: string): Promise<Signing> {
    const read = await getRequest(this.link, id)
    const [der] = read.chain
    const row = await this.certificateRow(read)
    if (!der || !row)
      throw new CertmanError(
        'remote.unexpected',
        `${VENDOR}: request ${id} was ${what} and has no certificate`,
      )
    return signing([changed('certificate', row, what), changed('request', requestRowOf(read), 'issued')], der)
  }

  /** The row of a request's certificate. */
  protected async certificateRow(read: ReadRequest): Promise<ListedRecord | undefined> {
    const authorities = await authorityIds(this.link)
    return certificateRowOf(read, { now: this.link.now, authorities })
  }

  override async issue(
    requests: readonly NewRequest[],
    order: SigningOrder,
    options?: MutationOptions,
  ): Promise<readonly Signing[]> {
    requirePlainSigning(order)
    const issuer = await this.#issuer(order.authority)
    this.requireSigning(issuer)
    const done: Signing[] = []
    for (const request of requests) {
      const [submitted] = await this.submit(request, options)
      const target = { kind: 'request', id: submitted!.id } as const
      if (options?.dryRun === true) done.push(signing([submitted!]))
      else done.push(await this.sign(target, { ...order, authority: issuer.id }))
    }
    return done
  }
}
