import { CertmanError } from '../../base/errors.ts'
import { orNone } from '../../base/or-none.ts'
import type { HttpReply } from '../../http/request.ts'
import { textMember } from '../members.ts'
import { jsonIn, vendorWords } from '../reply-errors.ts'
import { sayOnce } from '../untold.ts'
import { isSpoiled, type Link, shortly, unexpected, VENDOR } from './client-link.ts'
import {
  HEADER,
  listMember,
  readCertificate,
  readContentRange,
  releaseOf,
  STORE_FILTER,
  UNIT,
  type WireCertificate,
  type WireStoreItem,
} from './wire.ts'

/** As many as are asked for at once. */
const PAGE = 200

/** What a host says before it is asked for certificates. */
export interface Head {
  /** Undefined for hosts that do not count. */
  readonly total: number | undefined
  readonly ranged: boolean
  /** `6.0.0`, where the host says it. */
  readonly release: string | undefined
}

type Page = readonly WireCertificate[]

/** Asks for the number of certificates; hosts up to 1.0.39 do not tell. */
export async function askHead(link: Link): Promise<Head> {
  const reply = await link.ask({ method: 'HEAD', path: '/certificates' })
  // a refusal of HEAD has no body to read: the GET that follows says why
  if (reply.status >= 300) return { total: undefined, ranged: false, release: undefined }
  const total = reply.header(HEADER.total)
  return {
    total: /^\d{1,9}$/.test(total ?? '') ? Number(total) : undefined,
    ranged: reply.header(HEADER.unit)?.toLowerCase() === UNIT,
    release: releaseOf(reply.header('content-type')),
  }
}

/** Which certificates are wanted. */
export interface Wanted {
  /** How many are needed, when that is known before. */
  readonly most?: number
  /** OID of a key purpose that the host picks by. */
  readonly purpose?: string
  readonly head?: Head
}

/** All certificates of the host, or of the store that the settings name, in the host's order. */
export async function* certificatePages(link: Link, wanted: Wanted = {}): AsyncIterable<Page> {
  const { purpose } = wanted
  if (link.storeName !== undefined) return yield* ofOneStore(link, link.storeName, purpose)
  if (purpose !== undefined) return yield* atOnce(link, purpose)
  const head = wanted.head ?? (await askHead(link))
  const { total, ranged } = head
  if (total === 0) return
  const isShort = total !== undefined && total <= PAGE && (wanted.most ?? PAGE) >= total
  if (!ranged || total === undefined || isShort) yield* atOnce(link)
  else yield* inRanges(link, total, wanted.most)
}

/**
 * Window after window, the last one cut to fit. The host promises no order between two windows: what was seen is not
 * given twice, and when some are missing at the end everything is asked for at once.
 */
async function* inRanges(link: Link, counted: number, most = Infinity): AsyncIterable<Page> {
  const seen = new Set<string>()
  const unseen = (page: Page): Page => page.filter(({ id }) => !seen.has(id) && seen.add(id) !== undefined)
  let total = counted
  for (let at = 0; at < total && seen.size < most;) {
    const last = Math.min(at + PAGE, at < most ? most : Infinity, total) - 1
    const call = { path: '/certificates?fields=*', range: `${UNIT}=${at}-${last}` }
    const reply = await link.ask(call)
    if (reply.status === 416) {
      total = await shrunk(link, reply, total)
      continue
    }
    // a store that may not be read spoils ranges only
    if (isSpoiled(reply)) break
    const page = pageOf(link.pass(reply))
    const range = readContentRange(reply.header(HEADER.range))
    const fresh = unseen(page)
    yield fresh
    if (!range) {
      // whoever ignores the range has sent all
      if (reply.status === 200 && page.length >= total) return
      break
    }
    // a host that promises more and more has no end
    if (fresh.length === 0) break
    total = range.total
    at = last + 1
  }
  if (seen.size < Math.min(total, most)) for await (const page of atOnce(link)) yield unseen(page)
}

/** The number after some went away. @throws {CertmanError} when none did: then the refusal is about something else */
async function shrunk(link: Link, reply: HttpReply, before: number): Promise<number> {
  const { total } = await askHead(link)
  if (total !== undefined && total < before) return total
  throw link.refusal(reply)
}

/** Everything in one answer; where one store spoils it, store by store. */
async function* atOnce(link: Link, purpose?: string): AsyncIterable<Page> {
  const reply = await link.ask({ path: `/certificates?fields=*${purposeQuery(purpose)}` })
  if (!isSpoiled(reply)) return yield pageOf(link.pass(reply))
  // the fault that led here is the one to tell of
  const stores = (await orNone(link.stores())) ?? []
  if (stores.length < 2) throw link.refusal(reply)
  let read = 0
  for (const store of stores) {
    const part = await askStore(link, store, purpose)
    if (isSpoiled(part)) sayOnce(link.setup, leftOut(store, part))
    else {
      read++
      yield ownOf(pageOf(link.pass(part)), store)
    }
  }
  if (read === 0) throw link.refusal(reply)
}

const leftOut = ({ name }: WireStoreItem, reply: HttpReply): string => {
  const why = textMember(jsonIn(reply), 'detail') ?? shortly(reply)
  return `the certificate store ${JSON.stringify(name)} is left out: ${vendorWords(why)}`
}

const purposeQuery = (purpose: string | undefined): string =>
  purpose === undefined ? '' : `&intended_purpose=${encodeURIComponent(purpose)}`

/** Never with a range: hosts lose the first certificate then. */
const askStore = (link: Link, { id }: WireStoreItem, purpose?: string): Promise<HttpReply> =>
  link.ask({
    path: `/certificates?${STORE_FILTER}=${encodeURIComponent(id)}&fields=*${purposeQuery(purpose)}`,
  })

/** A host that does not know the filter sends the certificates of all stores. */
const ownOf = (page: Page, store: WireStoreItem): Page =>
  page.filter(({ store: own }) =>
    own?.id === undefined ? isNamed(own?.name, store.name) : own.id === store.id,
  )

const isNamed = (name: string | undefined, wanted: string): boolean =>
  name?.toLowerCase() === wanted.toLowerCase()

async function* ofOneStore(link: Link, name: string, purpose?: string): AsyncIterable<Page> {
  const stores = await link.stores()
  if (!stores) {
    for await (const page of atOnce(link)) yield page.filter(({ store }) => isNamed(store?.name, name))
    return
  }
  const store = stores.find((each) => isNamed(each.name, name))
  if (!store)
    throw new CertmanError(
      'record.not-found',
      `${VENDOR}: there is no certificate store ${JSON.stringify(name)}`,
      { hint: `the host has: ${vendorWords(stores.map((each) => each.name).join(', ')) || 'none'}` },
    )
  const call = { thing: `certificate store ${JSON.stringify(name)}` }
  yield ownOf(pageOf(link.pass(await askStore(link, store, purpose), call)), store)
}

/** @throws {CertmanError} `remote.unexpected` for what is no page of certificates */
function pageOf(reply: HttpReply): Page {
  const items = listMember(reply.json(), 'certificates')
  if (!items) throw unexpected(reply, 'no list of certificates')
  return items.map((item) => {
    const wire = readCertificate(item)
    if (wire) return wire
    throw unexpected(reply, 'a certificate without an id')
  })
}
