import https from 'node:https'
import { Secret } from '../../../src/base/secret.ts'
import type { RemoteConnection, RemoteSetup } from '../../../src/dialects/dialect.ts'
import { d9tready } from '../../../src/dialects/d9tready/dialect.ts'
import { httpClient } from '../../../src/http/client.ts'
import type { HttpSetup } from '../../../src/http/request.ts'
import { frozenAmbient } from '../../support/ambient.ts'
import { PASSWORD } from '../../support/house-world.ts'

/** What a connection of a test said. */
export interface Connected {
  readonly store: RemoteConnection
  readonly notices: readonly string[]
  /** What `--print-request` would show. */
  readonly trace: readonly string[]
  /** Method and path of each call so far. */
  calls(): readonly string[]
}

/** How a test connects; everything has a default. */
export interface Connecting {
  readonly path?: string
  readonly user?: string
  readonly secret?: string
  readonly options?: Readonly<Record<string, string>>
  readonly http?: Partial<HttpSetup>
}

/** Our client, talking to a server of a test over TLS. */
export async function connected(
  server: { readonly url: string; readonly ca: string },
  { path = '', user = 'admin', secret = PASSWORD, options = {}, http = {} }: Connecting = {},
): Promise<Connected> {
  const notices: string[] = []
  const trace: string[] = []
  const reach = (url: URL): ReturnType<typeof httpClient> =>
    httpClient({
      url,
      ca: server.ca,
      timeoutMs: 20_000,
      retries: 2,
      pause: async () => undefined,
      random: () => 0.5,
      trace: (line) => void trace.push(line),
      ...http,
    })
  const setup: RemoteSetup = {
    name: 'd9',
    http: reach(new URL(`${server.url}${path}`)),
    credential: { form: 'basic', user, secret: async () => new Secret(secret) },
    ambient: frozenAmbient(),
    options,
    reach,
    notice: (line) => void notices.push(line),
  }
  const open = await d9tready.client()
  const calls = (): string[] =>
    trace.flatMap((line) => /^> ([A-Z]+ \S+)/.exec(line)?.[1]?.replace(/https:\/\/[^/]+/, '') ?? [])
  return { store: open(setup), notices, trace, calls }
}

/** All rows of a listing. */
export async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const row of rows) list.push(row)
  return list
}

/** What a raw call got. */
export interface RawReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  // oxlint-disable-next-line no-explicit-any -- whatever the server said
  readonly json: any
}

/** One call as `curl -u` makes it: nothing of our own client takes part. */
export interface RawCall {
  readonly method?: string
  readonly path: string
  readonly body?: unknown
  /** Sent as it is. */
  readonly raw?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Default: admin; `null`: no credential. */
  readonly user?: string | null
  readonly password?: string
}

/** Calls a server of a test over TLS. */
export function rawCall(
  world: { readonly url: string; readonly ca: string },
  call: RawCall,
): Promise<RawReply> {
  const { method = 'GET', path, body, raw, headers = {}, user = 'admin', password = PASSWORD } = call
  const token = Buffer.from(`${user}:${password}`).toString('base64')
  const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  const all = {
    ...(user !== null && { authorization: `Basic ${token}` }),
    ...(sent !== undefined && {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(sent)),
    }),
    ...headers,
  }
  return new Promise((resolve, reject) => {
    const options = { method, headers: all, ca: world.ca, agent: false }
    const request = https.request(`${world.url}${path}`, options, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(parts).toString()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) })
      })
    })
    request.on('error', reject)
    request.end(sent)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
