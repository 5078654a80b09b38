import type { JsonObject } from '../base/json.ts'
import { shellWord } from '../base/text.ts'
import type { ImportOutcome } from './import-files.ts'

/**
 * What to do about requests that came together with a certificate for the same key, as they lie side by side in the
 * folders of most tools. Whether it is the answer, or a renewal is asked for with the old key, a person knows.
 */
export function answeredNotes(outcomes: readonly ImportOutcome[]): readonly string[] {
  const requests = outcomes.filter(({ kind, what }) => kind === 'request' && what === 'created')
  // the rows of a hundred thousand certificates are made for requests alone
  if (requests.length === 0) return []
  const files = new Map<unknown, string>()
  for (const { kind, row, place } of outcomes)
    if (kind === 'certificate' && place) files.set(keyOf(row), place.file)
  const answered = requests.filter(({ row }) => files.has(keyOf(row)))
  const [first] = answered
  if (!first) return []
  const file = files.get(keyOf(first.row))!
  // what came in by a pipe is gone
  const again = file === '-' ? 'FILE' : shellWord(file)
  const came =
    answered.length === 1
      ? `request ${first.id} came with a certificate for its key`
      : `${answered.length} requests came with certificates for their keys`
  return [`${came}; what is the answer is attached with: certman sign ${first.id} --certificate ${again}`]
}

const keyOf = ({ publicKey }: JsonObject): unknown => (publicKey as JsonObject | undefined)?.['spkiHash']
