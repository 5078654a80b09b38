import type { JsonObject } from '../base/json.ts'
import type { Reference } from '../domain/reference.ts'
import type { Store } from '../store/store.ts'

/**
 * Everything about one record, as `show --json` prints it: a certificate's record, facts, `state`, `extensions`,
 * `chain` (`[{id, subject, fingerprint, state}]`, issuer first), `key` and `pem`; a request; a key's facts.
 *
 * @throws {CertmanError} `record.not-found`, `reference.ambiguous`, `store.damaged`
 */
export function showRecord(_store: Store, _reference: Reference): Promise<JsonObject> {
  throw new TypeError('not built yet')
}
