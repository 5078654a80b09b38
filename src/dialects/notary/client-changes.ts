import { CertmanError } from '../../base/errors.ts'
import { checkAttachment, strayNotes } from '../../authority/attach.ts'
import { openRequest } from '../../authority/request.ts'
import { issueRequest, rejectRequest, revokeRequest } from '../../domain/request-state.ts'
import type { RevocationOrder, Revoking, Signing } from '../../store/authority-orders.ts'
import type { MutationOptions, Outcome, Target } from '../../store/store.ts'
import { knownFacts } from '../../x509/known-facts.ts'
import { allAuthorities, getRequest } from './client-lists.ts'
import { requireRevocable } from './client-orders.ts'
import { NotarySigning, recordOf } from './client-signing.ts'
import {
  authorityRowOf,
  caOfCertificate,
  chainText,
  type ReadAuthority,
  type ReadRequest,
  requestRowOf,
} from './map.ts'
import { change, changed, signing } from '../remote-changes.ts'
import { VENDOR } from './wire.ts'

/** The verbs of requests beyond signing, and revocation. */
export abstract class NotaryChanges extends NotarySigning {
  override async attach(
    target: Target,
    chain: readonly Uint8Array[],
    options?: MutationOptions,
  ): Promise<Signing> {
    return change(options, {
      check: async () => this.#attachable(target, chain),
      foretell: ({ read, ordered }) =>
        signing([changed('request', { ...requestRowOf(read), state: 'issued' }, 'issued')], ordered[0]!),
      send: async ({ read, ordered, notes, changes }) => {
        await this.act(read, 'certificate', { certificate: chainText(ordered) })
        return { ...(await this.signed(read.id, 'attached')), notes, changes }
      },
    })
  }

  /** The chain in order: Notary wants the issuer too, and says only "bad request" or 500 to what does not fit. */
  async #attachable(
    target: Target,
    chain: readonly Uint8Array[],
  ): Promise<Pick<Signing, 'notes' | 'changes'> & { read: ReadRequest; ordered: readonly Uint8Array[] }> {
    const read = await getRequest(this.link, target.id)
    issueRequest(recordOf(read), read.id)
    if (!read.csr) throw new CertmanError('remote.unexpected', `${VENDOR}: request ${read.id} has no CSR`)
    const known = chain.length > 1 ? [] : (await allAuthorities(this.link)).flatMap((each) => each.chain)
    const { chain: found, differences, strays } = checkAttachment(openRequest(read.csr), [...chain, ...known])
    const isRoot = found.length === 1 && knownFacts(found[0]!).selfIssued
    if (found.length === 1 && !isRoot)
      throw new CertmanError('policy.refused', `${VENDOR} takes a certificate with its issuer only`, {
        hint: 'add the CA certificate to the file: cat web.pem ca.pem > chain.pem',
      })
    const given = strays.filter(({ index }) => index < chain.length)
    return {
      read,
      ordered: isRoot ? [found[0]!, found[0]!] : found,
      changes: differences,
      notes: strayNotes(given),
    }
  }

  override async reject(
    targets: readonly Target[],
    reason: string | undefined,
    options?: MutationOptions,
  ): Promise<readonly Outcome[]> {
    const rejected = (read: ReadRequest): Outcome =>
      changed('request', { ...requestRowOf(read), state: 'rejected' }, 'rejected')
    return change<readonly ReadRequest[], readonly Outcome[]>(options, {
      check: async () => {
        const reads = await Promise.all(targets.map(({ id }) => getRequest(this.link, id)))
        // an issued one would lose its certificate without a word on any CRL
        for (const read of reads) rejectRequest(recordOf(read), { at: this.link.now })
        return reads
      },
      foretell: (reads) => reads.map(rejected),
      send: async (reads) => {
        if (reason !== undefined) this.setup.notice(`${VENDOR} keeps no reason of a rejection: left out`)
        for (const read of reads) await this.act(read, 'reject')
        return reads.map(rejected)
      },
    })
  }

  override async revoke(
    targets: readonly Target[],
    order: RevocationOrder,
    options?: MutationOptions,
  ): Promise<Revoking> {
    const notes = requireRevocable(order)
    return change<readonly (ReadRequest | ReadAuthority)[], Revoking>(options, {
      check: () => Promise.all(targets.map((target) => this.#revocable(target))),
      foretell: async (reads) => ({
        outcomes: (await Promise.all(reads.map((each) => this.#revoked(each)))).flat(),
        notes,
      }),
      send: async (reads) => {
        const outcomes: Outcome[] = []
        for (const read of reads) {
          const after = await this.#revoked(read)
          if ('state' in read) await this.act(read, 'certificate/revoke')
          else await this.revokeAuthority(read)
          outcomes.push(...after)
        }
        return { outcomes, notes }
      },
    })
  }

  async #revocable({ kind, id }: Target): Promise<ReadRequest | ReadAuthority> {
    const ca = kind === 'certificate' ? caOfCertificate(id) : kind === 'authority' ? id : undefined
    if (ca !== undefined) return this.authority(ca)
    const read = await getRequest(this.link, id)
    revokeRequest(recordOf(read))
    return read
  }

  /** The certificate is shown as it was: Notary does not give it any more. */
  async #revoked(read: ReadRequest | ReadAuthority): Promise<readonly Outcome[]> {
    if (!('state' in read))
      return [changed('authority', { ...authorityRowOf(read), enabled: false }, 'revoked')]
    const date = `${this.link.now.toISOString().slice(0, 19)}Z`
    const revocation = { date, reason: 'unspecified' }
    const certificate = await this.certificateRow(read)
    const request = { ...requestRowOf({ ...read, chain: [] }), state: 'revoked' }
    return [
      ...(certificate
        ? [changed('certificate', { ...certificate, state: 'revoked', revocation }, 'revoked')]
        : []),
      changed('request', request, 'revoked'),
    ]
  }
}
