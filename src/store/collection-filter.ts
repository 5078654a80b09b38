import { CertmanError, isCertmanError } from '../base/errors.ts'
import { commandOn } from '../base/text.ts'
import type { Filter } from '../domain/filter.ts'
import { parseFilter } from '../query/parse.ts'
import type { ListedRecord } from './store.ts'

/**
 * The filter of a collection.
 *
 * @throws {CertmanError} `filter.invalid` that names the collection: an earlier release may have taken what this one refuses
 */
export function collectionFilter(row: ListedRecord): Filter {
  try {
    return parseFilter(String(row['filter']), 'certificate')
  } catch (cause) {
    if (!isCertmanError(cause)) throw cause
    const name = String(row['name'] ?? row.id)
    throw new CertmanError(cause.code, `collection ${JSON.stringify(name)}: ${cause.message}`, {
      cause,
      hint: `write it anew: ${commandOn('collection edit', name, '--filter EXPR')}\n${cause.hint}`,
      field: 'filter',
    })
  }
}
