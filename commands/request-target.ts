import { CertmanError } from '../src/base/errors.ts'
import type { Reference } from '../src/domain/reference.ts'
import type { ListedRecord, Store, Target } from '../src/store/store.ts'

/** A request as it was found. */
export interface RequestTarget extends Target {
  readonly row: ListedRecord
}

/** The request that a reference names. @throws {CertmanError} `record.not-found`; `cli.usage` for another kind */
export async function requestTarget(store: Store, reference: Reference): Promise<RequestTarget> {
  if (reference.kind !== 'request')
    throw new CertmanError('cli.usage', `a request is expected, not a ${reference.kind}`, {
      hint: 'see the requests: certman list requests',
    })
  const row = await store.resolve(reference)
  return { kind: 'request', id: row.id, row }
}
