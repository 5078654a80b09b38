import { isObject, type Json } from '../../base/json.ts'
import type { HttpReply } from '../../http/request.ts'
import type { ListedRecord } from '../../store/store.ts'
import { textMember } from '../members.ts'
import { strangeAnswer } from '../reply-errors.ts'
import { VENDOR, type Link } from './client-link.ts'
import { readEntity } from './map.ts'

/** What is asked for. */
export interface Asking {
  /** `$filter`; empty for everything. */
  readonly filter: string
  /** Size of a page; the service has 100. */
  readonly top?: number
}

/** The pages of the listing, each asked for when it is wanted. */
export async function* certificatePages(link: Link, asking: Asking): AsyncIterable<readonly ListedRecord[]> {
  const now = link.now
  let reply = await firstPage(link, asking)
  const seen = new Set<string>()
  for (;;) {
    const page = pageOf(reply)
    const rows = page.value.map((entity) => rowOf(entity, now, reply))
    yield rows
    const { next } = page
    if (next === undefined) return
    // of the link, and of what a new link leads to
    const marks = [next, ...rows.slice(0, 1).map(({ id }) => `id ${id}`)]
    if (marks.some((mark) => seen.has(mark)))
      throw strangeAnswer(VENDOR, reply, 'a link to the same page again')
    for (const mark of marks) seen.add(mark)
    reply = link.pass(await link.follow(next, link.place.base))
  }
}

/** A server that refuses our filter is asked for everything: the rest is done here. */
async function firstPage(link: Link, { filter, top }: Asking): Promise<HttpReply> {
  const $top = top === undefined ? undefined : String(top)
  if (filter === '') return link.call({ method: 'GET', query: { $top }, ...NO_SERVICE })
  const reply = await link.ask({ method: 'GET', query: { $filter: filter, $top } })
  // more of them will be passed over now
  return reply.status === 400 ? link.call({ method: 'GET', ...NO_SERVICE }) : link.pass(reply, NO_SERVICE)
}

/** A collection is always there; where it is not, the address is wrong. */
const NO_SERVICE = { codes: { 404: 'remote.unexpected' } } as const

/** How many certificates the service says there are; undefined when it does not. */
export async function certificateTotal(link: Link): Promise<number | undefined> {
  const reply = await firstPage(link, { filter: '', top: 1 })
  const { count, value, next } = pageOf(reply)
  if (count === value.length && next === undefined) return count
  // a server that counts the page instead of the collection is not believed
  return count !== undefined && count > value.length ? count : undefined
}

interface Page {
  readonly value: readonly Json[]
  readonly count: number | undefined
  /** `null`, empty and absent are all the end. */
  readonly next: string | undefined
}

function pageOf(reply: HttpReply): Page {
  const body = reply.json()
  const value = isObject(body) ? body['value'] : undefined
  if (!isObject(body) || !Array.isArray(value)) throw strangeAnswer(VENDOR, reply, 'no list of certificates')
  const { count } = body
  return {
    value: value as readonly Json[],
    count: typeof count === 'number' && Number.isSafeInteger(count) ? count : undefined,
    next: textMember(body, 'nextLink') || undefined,
  }
}

function rowOf(entity: Json, now: Date, reply: HttpReply): ListedRecord {
  const read = readEntity(entity, now)
  if (read) return read
  throw strangeAnswer(VENDOR, reply, 'a list with something that is no certificate')
}
