import { CertmanError } from '../../base/errors.ts'
import { defined } from '../../base/json.ts'
import { STATE_CODES, type RequestState } from '../../domain/request-state.ts'
import type {
  NewRequest,
  RenewalOrder,
  RevocationOrder,
  Revoking,
  Signing,
  SigningOrder,
} from '../../store/authority-orders.ts'
import type { ListedRecord, MutationOptions, Outcome, Target } from '../../store/store.ts'
import { requestRow } from '../certificate-row.ts'
import { change, changed, signing } from '../remote-changes.ts'
import { RemoteStore } from '../remote-store.ts'
import { readingOf, wireCertificate, requireRow } from './client-certificates.ts'
import { Link } from './client-link.ts'
import {
  certificateOfRequest,
  decide,
  enroll,
  requireEnrollable,
  requirePlainOrder,
  type Enrolled,
} from './client-requests.ts'
import { requirePlainRenewal, requireRenewable, sendRenewal } from './client-renew.ts'
import { RELEASE, revocationCode, sendRevocation } from './client-revoke.ts'
import { readCertificate, rowOf } from './map.ts'

/** The verbs of requests and revocation. */
export abstract class KeyfactorAuthority extends RemoteStore {
  protected readonly link = new Link(this.setup)

  override async submit(request: NewRequest, options?: MutationOptions): Promise<readonly Outcome[]> {
    return change(options, {
      check: async () => requireEnrollable(request),
      foretell: () => [
        changed('request', requestRow(request.csr, 'new', { state: 'outstanding' }), 'created'),
      ],
      send: async () => this.#enrolled(await enroll(this.link, request, request.authority)),
    })
  }

  async #enrolled({ request, certificateId }: Enrolled): Promise<readonly Outcome[]> {
    const outcome = changed('request', request, 'created')
    if (certificateId === undefined) return [outcome]
    const row = await requireRow(this.link, certificateId)
    return [outcome, changed('certificate', row, 'issued')]
  }

  override async issue(
    requests: readonly NewRequest[],
    order: SigningOrder,
    options?: MutationOptions,
  ): Promise<readonly Signing[]> {
    const { authority, profile, friendlyName, ...rest } = order
    requirePlainOrder(rest)
    for (const request of requests) requireEnrollable(request)
    if (options?.dryRun) return requests.map(() => signing([]))
    const signings: Signing[] = []
    for (const request of requests) {
      const asked = { ...request, ...defined({ profile, friendlyName }) }
      const enrolled = await enroll(this.link, asked, authority)
      const id = enrolled.certificateId ?? (await this.#approved(enrolled.request.id))
      signings.push(await this.#signing(id, enrolled.request))
    }
    return signings
  }

  override async sign(target: Target, order: SigningOrder, options?: MutationOptions): Promise<Signing> {
    return change(options, {
      check: async () => {
        requirePlainOrder(order)
        return this.#pending(target)
      },
      foretell: (row) => signing([changed('request', { ...row, state: 'issued' }, 'issued')]),
      send: async (row) => this.#signing(await this.#approved(target.id), row),
    })
  }

  async #approved(requestId: string): Promise<string> {
    await decide(this.link, 'Approve', { ids: [requestId] })
    return readCertificate(await certificateOfRequest(this.link, requestId), readingOf(this.link)).id
  }

  async #signing(certificateId: string, request: ListedRecord): Promise<Signing> {
    const stored = await this.certificate(certificateId)
    const row = await requireRow(this.link, certificateId)
    const issued = { ...request, state: 'issued', certificateId }
    return signing([changed('certificate', row, 'issued'), changed('request', issued, 'issued')], stored.der)
  }

  async #pending({ id }: Target): Promise<ListedRecord> {
    const row = await this.requireById('request', id)
    const state = row['state'] as RequestState
    if (state === 'outstanding') return row
    throw new CertmanError(STATE_CODES[state], `request ${id} is ${state}, not outstanding`)
  }

  override async renew(target: Target, order: RenewalOrder, options?: MutationOptions): Promise<Signing> {
    return change(options, {
      check: async () => {
        requirePlainRenewal(order)
        const row = await requireRow(this.link, target.id)
        await requireRenewable(this.link, target.id)
        return row
      },
      foretell: (row) => signing([changed('certificate', { ...row, id: 'new' }, 'issued')]),
      send: async () => {
        const id = await sendRenewal(this.link, target.id, order)
        const { der } = await this.certificate(id)
        const row = await requireRow(this.link, id)
        return signing([changed('certificate', row, 'issued')], der)
      },
    })
  }

  override async reject(
    targets: readonly Target[],
    reason: string | undefined,
    options?: MutationOptions,
  ): Promise<readonly Outcome[]> {
    const denied = (row: ListedRecord): Outcome => {
      const words = reason === undefined ? {} : { rejectionReason: reason }
      return changed('request', { ...row, state: 'rejected', ...words }, 'rejected')
    }
    return change(options, {
      check: () => Promise.all(targets.map((target) => this.#pending(target))),
      foretell: (rows) => rows.map(denied),
      send: async (rows) => {
        const ids = targets.map(({ id }) => id)
        await decide(this.link, 'Deny', { ids, ...(reason !== undefined && { comment: reason }) })
        return rows.map(denied)
      },
    })
  }

  override async revoke(
    targets: readonly Target[],
    order: RevocationOrder,
    options?: MutationOptions,
  ): Promise<Revoking> {
    const code = revocationCode(order)
    return this.#revoking(
      targets,
      { code, what: 'revoked', ...(order.date && { date: order.date }) },
      options,
    )
  }

  override async release(
    targets: readonly Target[],
    _order: object,
    options?: MutationOptions,
  ): Promise<Revoking> {
    return this.#revoking(targets, { code: RELEASE, what: 'released' }, options)
  }

  async #revoking(
    targets: readonly Target[],
    order: { readonly code: number; readonly date?: Date; readonly what: string },
    options?: MutationOptions,
  ): Promise<Revoking> {
    return change<readonly ListedRecord[], Revoking>(options, {
      check: () => Promise.all(targets.map((target) => this.#revocable(target, order.code))),
      foretell: (rows) => ({
        outcomes: rows.map((row) => changed('certificate', row, order.what)),
        notes: [],
      }),
      send: async (rows) => {
        const notes = await sendRevocation(
          this.link,
          rows.map(({ id }) => id),
          order,
        )
        const outcomes: Outcome[] = []
        for (const row of rows) {
          // some servers show no longer what was revoked
          const wire = await wireCertificate(this.link, row.id)
          const after = wire === undefined ? { ...row, state: 'revoked' } : rowOf(wire, readingOf(this.link))
          outcomes.push(changed('certificate', after, order.what))
        }
        return { outcomes, notes }
      },
    })
  }

  async #revocable({ kind, id }: Target, code: number): Promise<ListedRecord> {
    if (kind !== 'certificate') throw this.cannot('revoke.request', 'revoke by the number of a request')
    const row = await requireRow(this.link, id)
    const revocation = row['revocation'] as { readonly reason: string; readonly date: string } | undefined
    const isOnHold = revocation?.reason === 'certificateHold'
    if (code === RELEASE && !isOnHold)
      throw new CertmanError(
        revocation ? 'state.already-revoked' : 'state.not-on-hold',
        `certificate ${id} is not on hold`,
      )
    if (code !== RELEASE && revocation && !isOnHold)
      throw new CertmanError(
        'state.already-revoked',
        `certificate ${id} is revoked already, since ${revocation.date}`,
      )
    return row
  }
}
