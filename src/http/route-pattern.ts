/** A `{name}` of a path. */
interface Slot {
  readonly name: string
  /** Which segment, counted as `split('/')` does: the first is 1. */
  readonly at: number
  /** Characters of literal text before and after it in its segment. */
  readonly before: number
  readonly after: number
  /** Takes all that follows. */
  readonly rest: boolean
}

/** One segment of a pattern: its text, or a slot's text before and after what it takes. */
export type Part =
  string | { readonly before: string; readonly after: string; /** As `Slot.rest`. */ readonly rest: boolean }

/** A route's path, ready to be matched. */
export interface Pattern {
  /** In lower case where case is ignored. */
  readonly parts: readonly Part[]
  readonly slots: readonly Slot[]
  /** Sorts before the rank of a less exact path. */
  readonly rank: string
}

const SEGMENT = /^([^{}]*)\{([A-Za-z_][\w-]*)(\*?)\}([^{}]*)$/

/**
 * Reads `/api/certificates/{id}`, `/crl/{name}.crl`, `/files/{path*}`.
 *
 * @throws {TypeError} when it is no pattern
 */
export function parsePattern(path: string, ignoreCase: boolean): Pattern {
  if (!path.startsWith('/')) throw new TypeError(`route path without a slash: ${path}`)
  const segments = path.length > 1 ? path.replace(/\/$/, '').split('/') : ['', '']
  const slots: Slot[] = []
  let rank = ''
  const parts = segments.slice(1).map((segment, index): Part => {
    const text = ignoreCase ? segment.toLowerCase() : segment
    if (/[{}]/.test(segment)) {
      const slot = slotOf(segment, index + 1)
      if (slot === undefined || (slot.rest && index + 2 !== segments.length))
        throw new TypeError(`route path that is no pattern: ${path}`)
      slots.push(slot)
      rank += slot.rest ? '3' : slot.before + slot.after === 0 ? '2' : '1'
      return {
        before: text.slice(0, slot.before),
        after: text.slice(text.length - slot.after),
        rest: slot.rest,
      }
    }
    if (/^:|[*?]/.test(segment)) throw new TypeError(`route path with a wildcard: ${path}`)
    rank += '0'
    return text
  })
  return { parts, slots, rank }
}

function slotOf(segment: string, at: number): Slot | undefined {
  const [, before = '', name, star, after = ''] = SEGMENT.exec(segment) ?? []
  const rest = star === '*'
  if (name === undefined || (rest && before + after !== '')) return undefined
  return { name, at, before: before.length, after: after.length, rest }
}

/**
 * Values of the slots in a path that matches, percent-decoded.
 *
 * @param segments of the path as it was sent, split at each slash
 */
export function paramsOf({ slots }: Pattern, segments: readonly string[]): Readonly<Record<string, string>> {
  if (slots.length === 0) return NONE
  const params: Record<string, string> = {}
  for (const { name, at, before, after, rest } of slots) {
    if (rest) {
      const end = segments.at(-1) === '' ? -1 : undefined
      params[name] = segments.slice(at, end).map(decode).join('/')
      continue
    }
    const text = decode(segments[at] ?? '')
    params[name] = text.slice(before, text.length - after)
  }
  return params
}

const NONE: Readonly<Record<string, string>> = Object.freeze({})

/** Percent-decoded; as it is when it cannot be: such a request never reaches a route. */
export function decode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
