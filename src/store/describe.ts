import { fromBase64 } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import { asJson, type JsonObject } from '../base/json.ts'
import type { KeyRecord } from '../domain/records.ts'
import type { NewRecord } from '../repository/repository.ts'
import { describeCsr } from '../x509/csr.ts'
import { describePublicKey } from '../x509/public-key.ts'
import { storedFacts } from './certificate-facts.ts'

function bytesOf(record: NewRecord): Uint8Array {
  if (record.pem) return record.pem.der
  throw new CertmanError('store.damaged', `${record.kind} ${record.id} has no bytes`)
}

function factsOf(record: NewRecord): JsonObject {
  if (record.facts) return asJson(record.facts)
  switch (record.kind) {
    case 'certificate':
      return asJson(storedFacts(bytesOf(record)))
    case 'request':
      return asJson(describeCsr(bytesOf(record)))
    case 'key': {
      // the public key stands beside the private one, so that an encrypted key is known without its password
      const fields = record.fields as unknown as Pick<KeyRecord, 'publicKey'>
      return asJson(describePublicKey(fromBase64(fields.publicKey)))
    }
    default:
      return {}
  }
}

/**
 * The row of a record as listings show it: id, mutable fields and facts in one flat object.
 *
 * @throws {CertmanError} `der.malformed` when the bytes are not what the kind demands
 */
export function describeRecord(record: NewRecord): JsonObject {
  return { id: record.id, ...record.fields, ...factsOf(record) }
}
