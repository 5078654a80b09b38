import type { Reference } from '../src/domain/reference.ts'
import type { Store } from '../src/store/store.ts'
import { declare } from './declare.ts'
import { AUTHORITIES } from './options/arguments.ts'
import { EXPORT_OPTIONS, runExport } from './export.ts'
import { findRecord } from './found-record.ts'

/** The certificates of authorities. */
async function certificatesOf(store: Store, names: readonly string[]): Promise<readonly Reference[]> {
  const references: Reference[] = []
  for (const name of names) {
    const { row } = await findRecord(store, 'authority', name)
    references.push({ kind: 'certificate', by: 'text', text: String(row['certificateId']) })
  }
  return references
}

export const verb = declare({
  name: 'ca export',
  changes: true,
  examples: [
    ['certman ca export root', 'for those who are to trust it, into a file named after it'],
    ['certman ca export issuing --chain --out -', 'with its issuers, on standard output'],
    [
      'certman ca export root --format p12 --password-file new --key-password-file pw --out root.p12',
      'with its key: a backup',
    ],
  ],
  args: [AUTHORITIES],
  options: EXPORT_OPTIONS,
  run: (ctx, input) => runExport(ctx, input, (store) => certificatesOf(store, input.args)),
})
