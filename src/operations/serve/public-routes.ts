import type { Ambient } from '../../base/ambient.ts'
import { isCertmanError } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json.ts'
import type { PublicCrl, PublicCrls, ServedStore } from '../../dialects/house.ts'
import type { Answer, Call, RouteTable } from '../../http/exchange.ts'
import type { NamedTable } from '../../http/serve-options.ts'

/** What the public part stands on. */
export interface PublicSetup {
  readonly crls: PublicCrls
  readonly ambient: Pick<Ambient, 'now'>
}

/** A relying party may wait an hour for a revocation, never longer than the CRL holds. */
const MOST_SECONDS = 3600

/**
 * What everyone may fetch: `/crl/<authority>.crl` (DER, RFC 5280 section 4.2.1.13), `/crl/<store>/<authority>.crl` where
 * several stores have an authority of that name. A CRL that is due is signed anew when the server has the password.
 */
export function publicRoutes(setup: PublicSetup): NamedTable {
  const table: RouteTable = {
    routes: [
      { method: 'GET', path: '/crl/{file}', handle: (call) => answerCrl(setup, call) },
      { method: 'GET', path: '/crl/{store}/{file}', handle: (call) => answerCrl(setup, call) },
    ],
    ignoreCase: false,
    prefixes: ['crl'],
    missing: (_call, allow) =>
      allow.length > 0
        ? text(405, 'only GET and HEAD', { Allow: allow.join(', ') })
        : text(404, 'no such CRL'),
    failed,
  }
  return { dialect: 'public', table }
}

function failed(error: unknown): Answer {
  if (!isCertmanError(error)) return text(500, 'no CRL at the moment')
  if (error.code === 'record.not-found') return text(404, 'no such CRL')
  return error.code === 'input.invalid' ? text(400, error.message) : text(503, 'no CRL at the moment')
}

const text = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...headers },
  body: `${body}\n`,
})

async function answerCrl({ crls, ambient }: PublicSetup, call: Call): Promise<Answer> {
  const { store, file = '' } = call.params
  if (!file.endsWith('.crl')) return text(404, 'no such CRL')
  const able = crls.stores.filter(
    (each) => each.store.can.crl && (store === undefined || each.name === store),
  )
  const found = await firstCrl(crls, able, file.slice(0, -4))
  return found ? crlAnswer(found, call, ambient.now()) : text(404, 'no such CRL')
}

/** The first store in the order of the command line that has an authority of that name or id. */
async function firstCrl(
  crls: PublicCrls,
  stores: readonly ServedStore[],
  authority: string,
): Promise<PublicCrl | undefined> {
  for (const served of stores) {
    const crl = await crls.of(served, authority)
    if (crl) return crl
  }
  return undefined
}

function crlAnswer({ der, row, etag }: PublicCrl, call: Call, now: Date): Answer {
  const { thisUpdate, nextUpdate } = (row['crl'] ?? {}) as JsonObject & Partial<Record<string, string>>
  const left = nextUpdate === undefined ? 0 : Math.floor((Date.parse(nextUpdate) - now.getTime()) / 1000)
  const headers = {
    'Content-Type': 'application/pkix-crl',
    ETag: etag,
    'Cache-Control': `public, max-age=${Math.max(0, Math.min(MOST_SECONDS, left))}`,
    ...(thisUpdate !== undefined && { 'Last-Modified': new Date(thisUpdate).toUTCString() }),
    ...(nextUpdate !== undefined && { Expires: new Date(nextUpdate).toUTCString() }),
  }
  return isFresh(call, { etag, thisUpdate }) ? { status: 304, headers } : { status: 200, headers, body: der }
}

/** RFC 9110 section 13.2.2: a tag decides, else the date. */
function isFresh(
  call: Call,
  { etag, thisUpdate }: { etag: string; thisUpdate: string | undefined },
): boolean {
  const tags = call.header('If-None-Match')
  if (tags !== undefined)
    return tags.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag)
  const since = Date.parse(call.header('If-Modified-Since') ?? '')
  return thisUpdate !== undefined && Math.floor(Date.parse(thisUpdate) / 1000) * 1000 <= since
}
