import { CertmanError } from '../../base/errors.ts'
import { shellWord } from '../../base/text.ts'
import { checkAttachment, strayNotes } from '../../authority/attach.ts'
import { openRequest } from '../../authority/request.ts'
import type { NewRequest, Signing } from '../../store/authority-orders.ts'
import { requireRevision } from '../../store/change-record.ts'
import type { ImportBatch, ListedRecord, MutationOptions, Outcome, Target } from '../../store/store.ts'
import { knownFacts } from '../../x509/known-facts.ts'
import { spkiHashOf } from '../../x509/public-key.ts'
import { requestRow } from '../certificate-row.ts'
import { change, changed, sendAll } from '../remote-changes.ts'
import { RemoteStore } from '../remote-store.ts'
import { foretell, packParcels, sendParcel, type Parcel } from './client-import.ts'
import { dropKey, foretoldKey, keyRow } from './client-keys.ts'
import type { Link } from './client-link.ts'
import { itemsOfKey, rowOf, type Held } from './client-read.ts'
import { checkRequest, csrOf, requestRowOf, sendRequest, type CheckedRequest } from './client-requests.ts'
import { replaceCertificate } from './client-send.ts'
import { certificatePath, VENDOR } from './wire.ts'

/** The verbs that change something on the server. */
export abstract class D9treadyChanges extends RemoteStore {
  protected abstract readonly link: Link
  /** A certificate resource by its id. @throws {CertmanError} `record.not-found` */
  protected abstract held(id: string): Promise<Held>

  override async import(batch: ImportBatch, options?: MutationOptions): Promise<readonly Outcome[]> {
    return change(options, {
      check: () => packParcels(this.link, batch, options),
      foretell: (parcels) => parcels.map((parcel) => foretell(parcel, this.link.now)),
      send: (parts) => {
        const made = new Map<string, string>()
        const send = (parcel: Parcel): Promise<Outcome> => sendParcel(this.link, parcel, made)
        return sendAll({ parts, called: 'keys and certificates', send }, options)
      },
    })
  }

  /** Makes a certificate resource: its self-signed certificate waits for the one of an authority. */
  override async submit(request: NewRequest, options?: MutationOptions): Promise<readonly Outcome[]> {
    return change(options, {
      check: () => checkRequest(this.link, request),
      foretell: (checked) => foretoldRequest(checked),
      send: async (checked) => {
        const held = await sendRequest(this.link, checked)
        const row = requestRowOf(held, (await csrOf(this.link, held)) ?? request.csr)
        const { key } = request
        const keys =
          key && checked.keyId === undefined ? [keyRow({ id: held.keyId, name: checked.name })] : []
        return [changed('request', row, 'created'), ...keys.map((each) => changed('key', each, 'created'))]
      },
    })
  }

  /** Puts what an authority issued in the place of the self-signed certificate. */
  override async attach(
    target: Target,
    chain: readonly Uint8Array[],
    options?: MutationOptions,
  ): Promise<Signing> {
    const held = await this.#current(target)
    const csr = await csrOf(this.link, held)
    if (!csr) throw noRequest(target.id)
    const row = requestRowOf(held, csr)
    if (row['state'] !== 'outstanding')
      throw new CertmanError(
        'state.already-issued',
        `request ${target.id} is issued: its certificate is there already`,
      )
    const fit = checkAttachment(openRequest(csr), chain)
    const [leaf, ...issuers] = fit.chain as [Uint8Array, ...Uint8Array[]]
    const notes = strayNotes(fit.strays)
    return change(options, {
      check: async () => ({ ...held, der: leaf, chain: issuers }),
      foretell: (after) => this.#attached(after, csr, { changes: fit.differences, notes }),
      send: async () => {
        const after = await replaceCertificate(this.link, held, [leaf, ...issuers])
        return this.#attached(after, csr, { changes: fit.differences, notes })
      },
    })
  }

  #attached(after: Held, csr: Uint8Array, said: Pick<Signing, 'changes' | 'notes'>): Signing {
    const outcomes = [
      changed('certificate', rowOf(after, this.link.now), 'attached'),
      changed('request', requestRowOf(after, csr), 'issued'),
    ]
    return { outcomes, ...said, der: after.der }
  }

  async #current(target: Target): Promise<Held> {
    const held = await this.held(target.id)
    if (target.kind === 'certificate') requireRevision(target, knownFacts(held.der).fingerprint)
    return held
  }

  /** Certificates and requests are one resource. A key goes only when nothing else goes with it unasked. */
  override async delete(targets: readonly Target[], options?: MutationOptions): Promise<readonly Outcome[]> {
    return change(options, {
      check: () => this.#doomed(targets),
      foretell: (doomed) => doomed.map(({ kind, row }) => changed(kind, row, 'deleted')),
      send: async (doomed) => {
        const outcomes: Outcome[] = []
        for (const { kind, row, path } of doomed) {
          if (path === undefined) await dropKey(this.link, row.id)
          else await this.link.call({ method: 'DELETE', path, thing: `${kind} ${JSON.stringify(row.id)}` })
          outcomes.push(changed(kind, row, 'deleted'))
        }
        return outcomes
      },
    })
  }

  async #doomed(targets: readonly Target[]): Promise<readonly Doomed[]> {
    const going = new Set(targets.filter(({ kind }) => kind !== 'key').map(({ id }) => id))
    const doomed: Doomed[] = []
    for (const target of targets) {
      const { kind, id } = target
      if (kind !== 'certificate' && kind !== 'request' && kind !== 'key') throw this.cannotDelete(kind)
      if (kind !== 'key') {
        const held = await this.#current(target)
        const path = certificatePath(held.keyId, held.id)
        doomed.push({ kind, row: rowOf(held, this.link.now), path })
        continue
      }
      const row = await this.requireById('key', id)
      await this.#requireAlone(id, going)
      doomed.push({ kind, row })
    }
    // certificates first: with their key they would be gone before they are named
    return doomed.toSorted((a, b) => Number(a.kind === 'key') - Number(b.kind === 'key'))
  }

  async #requireAlone(keyId: string, going: ReadonlySet<string>): Promise<void> {
    const left = (await itemsOfKey(this.link, keyId)).filter(({ id }) => !going.has(id))
    if (left.length === 0) return
    const ids = left.map(({ id }) => id)
    throw new CertmanError(
      'state.refused',
      `${VENDOR} deletes the certificates of a private key with it: key ${keyId} has ${ids.join(', ')}`,
      {
        hint: `name them too: certman -s ${shellWord(this.setup.name)} delete ${ids.join(' ')} keys/${keyId}`,
      },
    )
  }
}

interface Doomed {
  readonly kind: 'certificate' | 'request' | 'key'
  readonly row: ListedRecord
  /** Absent for a key. */
  readonly path?: string
}

/** A resource whose server gives no request. */
export const noRequest = (id: string): CertmanError =>
  new CertmanError('record.not-found', `${VENDOR} gives no request for certificate ${JSON.stringify(id)}`)

function foretoldRequest({ request, open, name, keyId }: CheckedRequest): readonly Outcome[] {
  const fields = { name, state: 'outstanding', keyId: keyId ?? spkiHashOf(open.spki) }
  const row = requestRow(request.csr, 'new', fields)
  const one = changed('request', row, 'created')
  if (!request.key || keyId !== undefined) return [one]
  return [one, changed('key', foretoldKey(request.key, name), 'created')]
}
