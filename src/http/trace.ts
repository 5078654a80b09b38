import type { Json } from '../base/json.ts'
import { printable } from '../base/text.ts'
import type { Order } from './attempt.ts'
import { maskForm, maskHeader, maskJson } from './mask.ts'
import type { HttpReply } from './request.ts'

/** More of a body is not shown. */
const LONGEST = 8192

/** Lines of a call, `> ` before each, secrets masked. */
export function requestLines({ method, url, headers, body, masked }: Order): string[] {
  const more = new Set(masked.map((name) => name.toLowerCase()))
  const query = url.search === '' ? '' : `?${maskForm(url.search.slice(1), more)}`
  const lines = [`${method} ${url.origin}${url.pathname}${query}`]
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${maskHeader(name, value, more)}`)
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  if (body !== undefined && body.length > 0) lines.push(shownBody(body, type, masked))
  return lines.map((line) => `> ${printable(line)}`)
}

/** Lines of an answer, `< ` before each, secrets masked. */
export function replyLines(reply: HttpReply, milliseconds: number, masked: readonly string[]): string[] {
  const more = new Set(masked.map((name) => name.toLowerCase()))
  const lines = [`HTTP ${reply.status} (${Math.round(milliseconds)} ms)`]
  for (const name of ['content-type', 'etag', 'location', 'retry-after', 'x-request-id']) {
    const value = reply.header(name)
    if (value !== undefined) lines.push(`${name}: ${maskHeader(name, maskUrl(value), more)}`)
  }
  if (reply.cookies.length > 0) lines.push(`set-cookie: ${maskHeader('set-cookie', '', more)}`)
  if (reply.body.length > 0) lines.push(shownBody(reply.body, reply.header('content-type'), masked))
  return lines.map((line) => `< ${printable(line)}`)
}

const maskUrl = (text: string): string => {
  const at = text.indexOf('?')
  return at < 0 ? text : `${text.slice(0, at)}?${maskForm(text.slice(at + 1))}`
}

/** JSON and forms with their secrets masked; of anything else only the size. */
function shownBody(body: Uint8Array, type: string | undefined, masked: readonly string[]): string {
  const text = new TextDecoder().decode(body)
  if (/^application\/x-www-form-urlencoded/i.test(type ?? ''))
    return maskForm(text, new Set(masked.map((name) => name.toLowerCase())))
  try {
    const shown = JSON.stringify(maskJson(JSON.parse(text) as Json, new Set(masked)))
    return shown.length > LONGEST ? `${shown.slice(0, LONGEST)} … (${body.length} bytes)` : shown
  } catch {
    return `(${body.length} bytes of ${type ?? 'something'})`
  }
}
