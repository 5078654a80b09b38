import type { IncomingMessage } from 'node:http'
import { CertmanError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { printable } from '../base/text.ts'
import { type CallState, UNSURE } from './call-errors.ts'
import { maskSent, type SentParts } from './mask.ts'
import type { HttpReply } from './request.ts'

/** A reply as dialects see it; the text of a refusal repeats no secret of the call. */
export function replyOf(message: IncomingMessage, body: Uint8Array, order: CallState & SentParts): HttpReply {
  const status = message.statusCode ?? 0
  const header = (name: string): string | undefined => {
    const value = message.headers[name.toLowerCase()]
    return Array.isArray(value) ? value.join(', ') : value
  }
  const text = (): string => {
    const whole = decoded(body, header('content-type'))
    return status >= 400 ? maskSent(whole, order) : whole
  }
  return {
    status,
    header,
    cookies: message.headers['set-cookie'] ?? [],
    body,
    text,
    json: () => parse(text(), order, { status, type: header('content-type') }),
    call: order.call,
    repeatable: order.repeatable,
  }
}

/** As UTF-8, which JSON is in (RFC 8259 section 8.1); what is not, say the page of a proxy, in the charset that it names. */
function decoded(body: Uint8Array, type: string | undefined): string {
  const charset = /;\s*charset="?([\w.:-]+)/i.exec(type ?? '')?.[1]
  const utf8 = textIn(body, 'utf-8', { fatal: true })
  return utf8 ?? textIn(body, charset) ?? new TextDecoder().decode(body)
}

/** Undefined for bytes that are no text in that charset, and for a charset that nobody knows. */
function textIn(body: Uint8Array, ...as: ConstructorParameters<typeof TextDecoder>): string | undefined {
  try {
    return new TextDecoder(...as).decode(body)
  } catch {
    return undefined
  }
}

function parse(
  text: string,
  { call, repeatable }: CallState,
  { status, type }: { readonly status: number; readonly type: string | undefined },
): Json {
  try {
    return JSON.parse(text) as Json
  } catch (cause) {
    const kind = type?.split(';')[0]?.trim().toLowerCase() ?? ''
    const what =
      text.trim() === ''
        ? 'nothing instead of JSON'
        : kind === '' || /[/+]json$/.test(kind)
          ? 'broken JSON'
          : `${printable(kind)} instead of JSON`
    throw new CertmanError('remote.unexpected', `${call}: answered with ${what} (HTTP ${status})`, {
      cause,
      hint: repeatable
        ? 'check the URL: another program, a proxy or a sign-in page may be answering there'
        : UNSURE,
    })
  }
}
