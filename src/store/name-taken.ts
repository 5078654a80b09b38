import { CertmanError } from '../base/errors.ts'
import { checkName } from '../domain/name.ts'
import type { RecordKind } from '../domain/records.ts'
import type { IndexedRecord, Reading } from '../repository/repository.ts'

/** A wish for a name. */
export interface NameWish {
  readonly kind: RecordKind
  readonly name: string
  /** The record that wants it, when it exists already: having a name does not keep its owner from it. */
  readonly self?: string
  /** `--replace`: the holder gives the name up instead of being in the way. */
  readonly replace?: boolean
  /** What to do where the name is taken, in place of what the kind of record says. */
  readonly hint?: string
}

/**
 * Decides whether a name is taken. Names are unique among the current records of a kind: a superseded certificate
 * holds none, and neither does what lies in the trash.
 *
 * @returns the holder that has to give the name up (only with `replace`), undefined when the name is free
 * @throws {CertmanError} `name.invalid`; `name.taken` naming the holder
 */
export async function claimName(reading: Reading, wish: NameWish): Promise<IndexedRecord | undefined> {
  const name = checkName(wish.name)
  const holders = await reading.find(wish.kind, { by: 'name', name })
  const holder = holders.find(({ id }) => id !== wish.self)
  if (!holder || wish.replace) return holder
  const subject =
    typeof holder.row['subject'] === 'string' ? ` (${JSON.stringify(holder.row['subject'])})` : ''
  const hint = wish.hint ?? HINTS[wish.kind]
  throw new CertmanError(
    'name.taken',
    `the name ${JSON.stringify(name)} is taken by ${wish.kind} ${holder.id}${subject}`,
    { field: 'name', ...(hint !== undefined && { hint }) },
  )
}

/** Only certificates and profiles can be replaced: other kinds need another name. */
const HINTS: Partial<Record<RecordKind, string>> = {
  request: 'take another name; who has it: certman list requests',
  authority: 'take another name; who has it: certman ca list',
  profile: 'give the profile another name, or give --replace to take the place of the old one',
}
