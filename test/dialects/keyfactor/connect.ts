import { Secret } from '../../../src/base/secret.ts'
import type { Credential, RemoteConnection, RemoteSetup } from '../../../src/dialects/dialect.ts'
import { keyfactor } from '../../../src/dialects/keyfactor/dialect.ts'
import { httpClient } from '../../../src/http/client.ts'
import type { HttpSetup } from '../../../src/http/request.ts'
import { frozenAmbient } from '../../support/ambient.ts'
import { PASSWORD, type ServedWorld } from '../../support/house-world.ts'

/** What a connection of a test said. */
export interface Connected {
  readonly store: RemoteConnection
  readonly notices: readonly string[]
  /** What `--print-request` would show. */
  readonly trace: readonly string[]
}

/** How a test connects; everything has a default. */
export interface Connecting {
  readonly path?: string
  readonly user?: string
  readonly secret?: string
  readonly form?: Credential['form']
  readonly options?: Readonly<Record<string, string>>
  readonly http?: Partial<HttpSetup>
}

/** Our client, talking to a server of a test over TLS. */
export async function connected(
  server: Pick<ServedWorld, 'url' | 'ca'>,
  { path = '', user = 'admin', secret = PASSWORD, form = 'basic', options = {}, http = {} }: Connecting = {},
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
    name: 'kf',
    http: reach(new URL(`${server.url}${path}`)),
    credential: { form, user, secret: async () => new Secret(secret) },
    ambient: frozenAmbient(),
    options,
    reach,
    notice: (line) => void notices.push(line),
  }
  const open = await keyfactor.client()
  return { store: open(setup), notices, trace }
}

/** All rows of a listing. */
export async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const row of rows) list.push(row)
  return list
}
