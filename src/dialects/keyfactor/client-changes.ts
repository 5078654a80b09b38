import { defined, type JsonObject } from '../../base/json.ts'
import type {
  CollectionEdit,
  Edit,
  ImportBatch,
  ListedRecord,
  MutationOptions,
  NewCollection,
  Outcome,
  Target,
} from '../../store/store.ts'
import { requireRevision } from '../../store/change-record.ts'
import { change, changed, deleteEach, sendAll, unchanged } from '../remote-changes.ts'
import { noRecord } from '../refusals.ts'
import { KeyfactorAuthority } from './client-authority.ts'
import { readingOf, requireCertificate, requireRow } from './client-certificates.ts'
import { changeCollection, sendCollection, wireCollection, wireQuery } from './client-collections.ts'
import {
  changeOf,
  foretold,
  metadataFor,
  packParcels,
  putMetadata,
  sendParcel,
  type Parcel,
} from './client-import.ts'
import { readCertificate, rowOf } from './map.ts'

/** The verbs that change something on the server. */
export abstract class KeyfactorChanges extends KeyfactorAuthority {
  /** Id of the certificate that has a key. */
  protected abstract keyHolder(keyId: string): Promise<string | undefined>

  override async import(batch: ImportBatch, options?: MutationOptions): Promise<readonly Outcome[]> {
    return change(options, {
      check: () => packParcels(this.link, batch),
      foretell: (parcels) => parcels.map((parcel) => this.#taken(parcel, foretold(this.link, parcel))),
      send: (parts) => sendAll({ parts, called: 'certificates', send: (each) => this.#sent(each) }, options),
    })
  }

  async #sent(parcel: Parcel): Promise<Outcome> {
    const isNews = changeOf(parcel) !== undefined
    return this.#taken(parcel, isNews ? await sendParcel(this.link, parcel) : parcel.before!)
  }

  #taken(parcel: Parcel, row: ListedRecord): Outcome {
    const what = changeOf(parcel)
    return what === undefined ? unchanged('certificate', row, 'present') : changed('certificate', row, what)
  }

  override async edit(target: Target, edit: Edit, options?: MutationOptions): Promise<Outcome> {
    if (target.kind !== 'certificate') throw this.cannot('edit.kind', `edit a ${target.kind}`)
    if (edit.exportable === false) throw this.cannot('edit.exportable', 'hold back a private key')
    const wire = await this.#current(target)
    const row = rowOf(wire, readingOf(this.link))
    const tags = editedTags(row, edit)
    const isSame = (field: 'name' | 'friendlyName'): boolean =>
      edit[field] === undefined || edit[field] === (row[field] ?? null)
    if (isSame('name') && isSame('friendlyName') && tags === undefined)
      return unchanged('certificate', row, 'present')
    return change(options, {
      check: () =>
        metadataFor(this.link, defined({ name: edit.name, friendlyName: edit.friendlyName, tags })),
      foretell: () => changed('certificate', { ...row, ...edited(edit, tags) }, whatOf(edit)),
      send: async (metadata) => {
        const { metadata: before } = readCertificate(wire, readingOf(this.link))
        await putMetadata(this.link, target.id, { ...before, ...metadata })
        return changed('certificate', await requireRow(this.link, target.id), whatOf(edit))
      },
    })
  }

  async #current(target: Target): ReturnType<typeof requireCertificate> {
    const wire = await requireCertificate(this.link, target.id)
    const { fingerprint } = rowOf(wire, readingOf(this.link))
    if (typeof fingerprint === 'string') requireRevision(target, fingerprint)
    return wire
  }

  override async delete(targets: readonly Target[], options?: MutationOptions): Promise<readonly Outcome[]> {
    return deleteEach(targets, options, {
      find: (target) => this.#doomed(target),
      remove: async ({ kind, id }) => {
        const path = await this.#pathOf(kind, id)
        await this.link.call({ method: 'DELETE', path, query: this.link.scope })
        return []
      },
    })
  }

  async #doomed({ kind, id }: Target): Promise<ListedRecord> {
    if (kind !== 'certificate' && kind !== 'collection' && kind !== 'key') throw this.cannotDelete(kind)
    return this.requireById(kind, id)
  }

  async #pathOf(kind: Target['kind'], id: string): Promise<string> {
    if (kind === 'key') return `/Certificates/PrivateKey/${(await this.keyHolder(id)) ?? ''}`
    return `${kind === 'collection' ? '/CertificateCollections' : '/Certificates'}/${id}`
  }

  override async addCollection(collection: NewCollection, options?: MutationOptions): Promise<Outcome> {
    return change(options, {
      check: async () => wireQuery(collection.filter),
      foretell: () => changed('collection', { id: 'new', ...collection }, 'created'),
      send: async () => changed('collection', await sendCollection(this.link, collection), 'created'),
    })
  }

  override async editCollection(
    { id }: Target,
    edit: CollectionEdit,
    options?: MutationOptions,
  ): Promise<Outcome> {
    return change(options, {
      check: async () => {
        const wire = await wireCollection(this.link, id)
        if (wire !== undefined) return wire
        throw noRecord('collection', id)
      },
      foretell: () => changed('collection', { id, ...edit }, 'edited'),
      send: async (wire) =>
        changed('collection', await changeCollection(this.link, id, { wire, edit }), 'edited'),
    })
  }
}

const whatOf = (edit: Edit): string => (edit.name === undefined ? 'edited' : 'renamed')

/** The tags after an edit; undefined when they stay as they are. */
function editedTags(
  row: ListedRecord,
  { addTags = [], removeTags = [] }: Edit,
): readonly string[] | undefined {
  const now = (row['tags'] ?? []) as readonly string[]
  const after = [...new Set([...now, ...addTags])].filter((tag) => !removeTags.includes(tag))
  return after.length === now.length && after.every((tag) => now.includes(tag)) ? undefined : after
}

const edited = ({ name, friendlyName }: Edit, tags: readonly string[] | undefined): JsonObject => ({
  ...(name !== undefined && { name: name ?? undefined }),
  ...(friendlyName !== undefined && { friendlyName: friendlyName ?? undefined }),
  ...(tags && { tags }),
})
