import { CertmanError } from '../base/errors.ts'
import { compare, fieldsIn, type Filter, type FilterOperator } from '../domain/filter.ts'
import type { RecordKind } from '../domain/records.ts'
import { findField } from './fields.ts'
import { parseFilter } from './parse.ts'
import { parseDuration } from './time.ts'
import { comparison } from './values.ts'

/** The flags of `list` that stand for filter terms. Several values of one flag: see each. */
export interface Shortcuts {
  /** Not yet expired, and will within this time: `30d`. */
  readonly expiring?: string
  readonly expired?: boolean
  /** Contains. */
  readonly san?: string
  /** Contains. */
  readonly subject?: string
  /** Contains. */
  readonly issuer?: string
  readonly name?: string
  readonly serial?: string
  /** Any of them. */
  readonly state?: readonly string[]
  /** All of them. */
  readonly tag?: readonly string[]
  readonly hasKey?: boolean
  readonly keyType?: string
}

interface ListFilter {
  /** `--filter` as typed. */
  readonly filter?: string
  readonly shortcuts?: Shortcuts
  /** `--all`: superseded certificates too. */
  readonly all?: boolean
}

/**
 * The filter of a `list` command: what was typed, and the shortcuts, and, unless `all` is set or the filter speaks
 * of `state` or `supersededBy` itself, only certificates that nothing has superseded.
 *
 * @throws {CertmanError} `filter.invalid`; `cli.usage` for a shortcut that the kind does not have
 */
export function listFilter(given: ListFilter, kind: RecordKind): Filter {
  const terms: Filter[] = []
  if (given.filter !== undefined) terms.push(parseFilter(given.filter, kind))
  terms.push(...shortcutTerms(given.shortcuts ?? {}, kind))
  const hides =
    kind === 'certificate' &&
    given.all !== true &&
    !terms.flatMap(fieldsIn).some((field) => HIDING.includes(field))
  if (hides) terms.push(compare('supersededBy', '=', { type: 'null' }))
  const wanted = terms.filter((term) => term.op !== 'all')
  const [first] = wanted
  if (!first) return { op: 'all' }
  return wanted.length === 1 ? first : { op: 'and', terms: wanted }
}

const HIDING = ['state', 'supersededBy']

/** The flags as filter terms, to be joined by "and". */
function shortcutTerms(shortcuts: Shortcuts, kind: RecordKind): Filter[] {
  const terms: Filter[] = []
  const add = (flag: string, operator: FilterOperator, text: string | undefined): void => {
    if (text !== undefined) terms.push(term({ flag, kind }, operator, text))
  }
  if (shortcuts.expiring !== undefined) terms.push(...expiringTerms(shortcuts.expiring, kind))
  add('expired', '<', shortcuts.expired ? '0s' : undefined)
  add('san', '~', shortcuts.san)
  add('subject', '~', shortcuts.subject)
  add('issuer', '~', shortcuts.issuer)
  add('name', '=', shortcuts.name)
  add('serial', '=', shortcuts.serial)
  add('key-type', '=', shortcuts.keyType)
  add('has-key', '=', shortcuts.hasKey === undefined ? undefined : String(shortcuts.hasKey))
  const states = (shortcuts.state ?? []).flatMap((text) => text.split(','))
  if (states.length > 0)
    terms.push({ op: 'or', terms: states.map((state) => term({ flag: 'state', kind }, '=', state.trim())) })
  for (const tag of shortcuts.tag ?? []) add('tag', '=', tag)
  return terms
}

/** The field behind a flag whose name is not the field's. */
const FIELD_OF: Readonly<Record<string, string>> = {
  expired: 'expires',
  expiring: 'expires',
  'key-type': 'keyType',
  'has-key': 'hasKey',
}

function term(flag: { flag: string; kind: RecordKind }, operator: FilterOperator, text: string): Filter {
  const spec = findField(flag.kind, FIELD_OF[flag.flag] ?? flag.flag)
  if (!spec)
    throw new CertmanError('cli.usage', `--${flag.flag} does not fit: a ${flag.kind} has no such field`)
  const result = comparison(spec, operator, { text, quoted: true })
  if (!('refused' in result)) return result
  const hint = result.advice === undefined ? {} : { hint: result.advice }
  throw new CertmanError('filter.invalid', `--${flag.flag}: ${result.refused}`, { ...hint, field: flag.flag })
}

/** `--expiring 30d`: from now on, and no later than that. */
function expiringTerms(text: string, kind: RecordKind): Filter[] {
  const seconds = parseDuration(/^\d+$/.test(text) ? `${text}d` : text)
  if (seconds === undefined || seconds < 0)
    throw new CertmanError('filter.invalid', `--expiring ${JSON.stringify(text)} is no time span`, {
      hint: 'write 12h, 30d, 2w, 6mo or 1y',
      field: 'expiring',
    })
  if (!findField(kind, 'expires'))
    throw new CertmanError('cli.usage', `--expiring does not fit: a ${kind} does not expire`)
  return [
    compare('expires', '>=', { type: 'duration', seconds: 0 }),
    compare('expires', '<=', { type: 'duration', seconds }),
  ]
}
