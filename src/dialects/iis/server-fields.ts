import type { Call } from '../../http/exchange.ts'

/**
 * The members that `fields` asks for, in the order of `all`: separated by commas, without case, unknown ones ignored, of
 * `a.b` all of `a`. `id` is always among them.
 *
 * @param standard what is shown when nobody asks
 * @param emptyIsNone `fields=` shows the id only (one thing), or what is standard (lists)
 */
export function membersAsked(
  call: Call,
  all: readonly string[],
  { standard, emptyIsNone }: { readonly standard: readonly string[]; readonly emptyIsNone: boolean },
): readonly string[] {
  const given = call.query.pairs.filter(([name]) => name.toLowerCase() === 'fields').map(([, value]) => value)
  if (given.length === 0) return standard
  const words = new Set(
    given
      .join(',')
      .split(',')
      .map((word) => word.trim().toLowerCase().split('.')[0]!)
      .filter((word) => word !== ''),
  )
  if (words.size === 0 && !emptyIsNone) return standard
  return words.has('*') ? all : all.filter((name) => name === 'id' || words.has(name))
}
