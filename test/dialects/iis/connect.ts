import { Secret } from '../../../src/base/secret.ts'
import type { RemoteConnection } from '../../../src/dialects/dialect.ts'
import { iis } from '../../../src/dialects/iis/dialect.ts'
import { httpClient } from '../../../src/http/client.ts'
import { frozenAmbient } from '../../support/ambient.ts'

/** What a connection of a test said. */
export interface Connected {
  readonly store: RemoteConnection
  readonly notices: readonly string[]
  /** What `--print-request` would show. */
  readonly trace: readonly string[]
}

/** Our client, talking to a server of a test over TLS. */
export async function connected(
  server: { readonly url: string; readonly ca: string },
  token: string | undefined,
  options: Readonly<Record<string, string>> = {},
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
    })
  const open = await iis.client()
  const store = open({
    name: 'web1',
    http: reach(new URL(server.url)),
    credential: token === undefined ? undefined : { form: 'token', secret: async () => new Secret(token) },
    ambient: frozenAmbient(),
    options,
    reach,
    notice: (line) => void notices.push(line),
  })
  return { store, notices, trace }
}

/** All rows of a listing. */
export async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const row of rows) list.push(row)
  return list
}
