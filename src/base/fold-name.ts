/**
 * Characters that RFC 4518 section 2.2 maps to nothing: they are not to be seen. A function: V8 takes a millisecond to
 * parse the properties, and ASCII needs none.
 */
const unseen = (): RegExp => /[\p{Cf}\p{Variation_Selector}\u1806\ufffc]|\u034f/gu

const isAscii = (value: string): boolean => /^[\x20-\x7e]*$/.test(value)

/** The value of an attribute, equal for those that RFC 5280 section 7.1 takes for the same: without case, runs of spaces as one. */
export const foldNameValue = (value: string): string =>
  (isAscii(value) ? value : value.replace(unseen(), '').normalize('NFKC'))
    .toLowerCase()
    .trim()
    .replace(/\s+/g, ' ')

/**
 * The RFC 4514 text of a name, folded so far that names which RFC 5280 section 7.1 takes for the same are equal, and few
 * others: no spaces, no order inside an RDN. For finding those that are then compared; no name to be shown.
 */
export function foldNameText(text: string): string {
  // a space at the end of a value stands behind a backslash
  const plain = foldNameValue(text).replace(/[\s\\]+/g, '')
  return plain.includes('+') ? plain.split(/[,+]/).toSorted().join() : plain
}

/**
 * The RFC 4514 text of a name, folded so that two are equal where RFC 5280 section 7.1 takes their names for the same:
 * spaces at the ends of values and around separators do not count, nor does the order inside an RDN.
 */
export function foldWholeName(text: string): string {
  // a space at the end of a value stands behind a backslash, unless that stands behind another one
  const bare = text.includes('\\')
    ? text.replace(/\\(.)/gsu, (pair, escaped) => (escaped === ' ' ? ' ' : pair))
    : text
  const plain = foldNameValue(bare)
    .replace(/(\\.)| ?([,+]) ?/gsu, (_, pair?: string, separator?: string) => pair ?? separator!)
    .replace(/(\\.)|((?:^|[,+])[a-z0-9.-]+) ?= ?/gsu, (_, pair?: string, type?: string) => pair ?? `${type}=`)
  return plain.includes('+') ? splitAt(',', plain).map(withSortedParts).join() : plain
}

const withSortedParts = (rdn: string): string => splitAt('+', rdn).toSorted().join('+')

/** The parts between separators that are not escaped. */
const splitAt = (separator: string, text: string): readonly string[] =>
  text.match(new RegExp(`(?:\\\\.|[^${separator}\\\\])+`, 'gsu')) ?? []
