import type { Json } from '../src/base/json.ts'
import type { RecordKind } from '../src/domain/records.ts'

/** Kinds as people type them: in `list KIND` and before the slash of a reference. */
export const PLURALS: Readonly<Record<RecordKind, string>> = {
  certificate: 'certificates',
  request: 'requests',
  key: 'keys',
  authority: 'authorities',
  collection: 'collections',
  profile: 'profiles',
}

/** What other verbs take for a row: certificates by name or id, other kinds with their prefix. */
export function referenceOf(kind: RecordKind, row: Readonly<Record<string, Json | undefined>>): string {
  const handle = typeof row['name'] === 'string' && row['name'] !== '' ? row['name'] : String(row['id'])
  return kind === 'certificate' ? handle : `${PLURALS[kind]}/${handle}`
}
