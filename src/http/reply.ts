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
    const whole = new TextDecoder().decode(body)
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
