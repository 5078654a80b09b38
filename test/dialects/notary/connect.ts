import { Secret } from '../../../src/base/secret.ts'
import type { Credential, DialectName, RemoteConnection, RemoteSetup } from '../../../src/dialects/dialect.ts'
import { dialect } from '../../../src/dialects/index.ts'
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
}

/** How a test connects; everything has a default. */
export interface Connecting {
  readonly user?: string
  readonly secret?: string
  readonly form?: Credential['form']
  readonly options?: Readonly<Record<string, string>>
  readonly http?: Partial<HttpSetup>
  readonly now?: string
  /** Default: notary. */
  readonly kind?: DialectName
}

/** Our client, talking to a server of a test over TLS. */
export async function connected(
  server: { readonly url: string; readonly ca: string },
  {
    user = 'admin',
    secret = PASSWORD,
    form = 'login',
    options = {},
    http = {},
    now,
    kind = 'notary',
  }: Connecting = {},
): Promise<Connected> {
  const notices: string[] = []
  const trace: string[] = []
  const reach = (url: URL): ReturnType<typeof httpClient> =>
    httpClient({
      url,
      ca: server.ca,
      timeoutMs: 30_000,
      retries: 2,
      pause: async () => undefined,
      random: () => 0.5,
      trace: (line) => void trace.push(line),
      ...http,
    })
  const setup: RemoteSetup = {
    name: 'nt',
    http: reach(new URL(server.url)),
    credential: { form, user, secret: async () => new Secret(secret) },
    ambient: frozenAmbient(now),
    options,
    reach,
    notice: (line) => void notices.push(line),
  }
  const open = await (await dialect(kind)).client()
  return { store: open(setup), notices, trace }
}

/** The client of another vendor, as the admin. */
export const connectedTo = async (
  server: { readonly url: string; readonly ca: string },
  kind: DialectName,
  form: Credential['form'],
): Promise<RemoteConnection> => (await connected(server, { form, kind })).store

/** All rows of a listing. */
export async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const row of rows) list.push(row)
  return list
}
