import type { JsonObject } from '../base/json.ts'
import type { NewRecord } from '../repository/repository.ts'
import { LeanOutcome, withoutAbsent } from './change-record.ts'
import { describeRecord } from './describe.ts'
import type { NewCertificate } from './store.ts'

/** What the store adds to a certificate of which it knows nothing else. */
export interface Own {
  readonly keyId: string | undefined
  readonly exportable: boolean
  /** See `OwnAuthorities.claim`. */
  readonly issued: JsonObject
}

/** Most have neither their key nor their authority here: one object does for all of them. */
export const PLAIN: Own = { keyId: undefined, exportable: true, issued: {} }

/** A new certificate. What was asked for is there anyway: the record is made from it again when somebody looks. */
export class ImportedCertificate extends LeanOutcome {
  readonly id: string
  readonly #given: NewCertificate
  readonly #own: Own
  readonly #importedAt: string

  constructor({
    id,
    given,
    own,
    importedAt,
  }: {
    id: string
    given: NewCertificate
    own: Own
    importedAt: string
  }) {
    super()
    this.id = id
    this.#given = given
    this.#own = own
    this.#importedAt = importedAt
  }

  get kind(): 'certificate' {
    return 'certificate'
  }

  get outcome(): 'changed' {
    return 'changed'
  }

  get what(): string {
    return 'created'
  }

  get row(): JsonObject {
    return describeRecord(this.record())
  }

  /** What is put. */
  record(): NewRecord {
    const { der, name, friendlyName, tags = [], source } = this.#given
    const { issued, ...own } = this.#own
    const fields = withoutAbsent({
      name,
      friendlyName,
      tags: [...new Set(tags)],
      ...own,
      ...issued,
      importedAt: this.#importedAt,
      source: { ...source },
    })
    return { kind: 'certificate', id: this.id, fields, pem: { label: 'CERTIFICATE', der } }
  }
}
