import https from 'node:https'
import { PASSWORD } from './house-world.ts'

/** What a raw call got. */
export interface RawReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  // oxlint-disable-next-line no-explicit-any -- whatever the server said
  readonly json: any
}

/** One call as a vendor's client makes it: nothing of our own client takes part. */
export interface RawCall {
  readonly method?: string
  readonly path: string
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as it is. */
  readonly raw?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Where a raw call goes. */
export interface RawServer {
  readonly url: string
  readonly ca: string
  /** Keeps connections for many calls; default: one connection for each. */
  readonly agent?: https.Agent
}

/** Calls a server of a test over TLS. */
export function sendRaw({ url, ca, agent }: RawServer, call: RawCall): Promise<RawReply> {
  const { method = 'GET', path, body, raw, headers = {} } = call
  const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  const isMeasured = sent !== undefined && !('transfer-encoding' in headers)
  const length = isMeasured ? { 'content-length': String(Buffer.byteLength(sent)) } : {}
  return new Promise((resolve, reject) => {
    const options = { method, headers: { ...length, ...headers }, ca, agent: agent ?? false }
    const request = https.request(`${url}${path}`, options, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(parts).toString()
        const { statusCode: status = 0, headers: got } = response
        resolve({ status, headers: got, text, json: jsonOrNone(text) })
      })
    })
    request.on('error', reject)
    request.end(sent)
  })
}

/** The content type of calls that have a body. */
export const jsonType = ({ body, raw }: Pick<RawCall, 'body' | 'raw'>): Record<string, string> =>
  body === undefined && raw === undefined ? {} : { 'content-type': 'application/json' }

/** The value of an Authorization header. */
export const basicText = (user: string, password = PASSWORD): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** A text as JSON; undefined for what is none. */
export function jsonOrNone(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
