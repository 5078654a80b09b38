import type { Call } from '../http/exchange.ts'

/** The body of a call as text, without a byte order mark; undefined for bytes that are no UTF-8. */
export async function bodyText(call: Call): Promise<string | undefined> {
  const bytes = await call.body()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
