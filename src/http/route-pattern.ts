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

/** A route's path, ready to be matched. */
export interface Pattern {
  /** In hono's language; slots are named by their place, so that equal places have equal names. */
  readonly hono: string
  readonly slots: readonly Slot[]
  /** Sorts before the rank of a less exact path. */
  readonly rank: string
}

const SEGMENT = /^([^{}]*)\{([A-Za-z_][\w-]*)(\*?)\}([^{}]*)$/
const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

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
  const parts = segments.slice(1).map((segment, index) => {
    if (/[{}]/.test(segment)) {
      const slot = slotOf(segment, index + 1)
      if (slot === undefined || (slot.rest && index + 2 !== segments.length))
        throw new TypeError(`route path that is no pattern: ${path}`)
      slots.push(slot)
      rank += slot.rest ? '3' : slot.before + slot.after === 0 ? '2' : '1'
      return honoSlot(slot, segment, ignoreCase)
    }
    if (/^:|[*?]/.test(segment)) throw new TypeError(`route path with a wildcard: ${path}`)
    rank += '0'
    return ignoreCase ? segment.toLowerCase() : segment
  })
  return { hono: `/${parts.join('/')}`, slots, rank }
}

function slotOf(segment: string, at: number): Slot | undefined {
  const [, before = '', name, star, after = ''] = SEGMENT.exec(segment) ?? []
  const rest = star === '*'
  if (name === undefined || (rest && before + after !== '')) return undefined
  return { name, at, before: before.length, after: after.length, rest }
}

function honoSlot({ at, before, after, rest }: Slot, segment: string, ignoreCase: boolean): string {
  // `.` would stop at a line end
  if (rest) return `:p${at}{[^]+}`
  if (before + after === 0) return `:p${at}`
  const text = ignoreCase ? segment.toLowerCase() : segment
  return `:p${at}{${escape(text.slice(0, before))}[^/]+${escape(text.slice(text.length - after))}}`
}

/** Values of the slots in a path that matches, percent-decoded. */
export function paramsOf({ slots }: Pattern, path: string): Readonly<Record<string, string>> {
  if (slots.length === 0) return NONE
  const segments = path.split('/')
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
