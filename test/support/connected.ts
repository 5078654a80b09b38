import { Secret } from '../../src/base/secret.ts'
import type { Credential, DialectName, RemoteConnection } from '../../src/dialects/dialect.ts'
import { dialect } from '../../src/dialects/index.ts'
import { httpClient } from '../../src/http/client.ts'
import type { HttpSetup } from '../../src/http/request.ts'
import { frozenAmbient } from './ambient.ts'
import type { RawServer } from './raw-call.ts'
import { setupOf } from './tls-world.ts'

/** What a connection of a test said. */
export interface Connected {
  readonly store: RemoteConnection
  readonly notices: readonly string[]
  /** What `--print-request` would show. */
  readonly trace: readonly string[]
}

/** How a test connects. */
export interface ConnectedAs {
  readonly kind: DialectName
  /** Name of the store. */
  readonly name: string
  readonly credential: Credential | undefined
  /** Below the origin. */
  readonly path?: string | undefined
  readonly options?: Readonly<Record<string, string>> | undefined
  readonly http?: Partial<HttpSetup> | undefined
  readonly now?: string | undefined
  /** Hears each notice beside the list. */
  readonly notice?: ((line: string) => void) | undefined
}

/** A vendor's client of ours, talking to a server of a test over TLS. */
export async function connectedAs(server: RawServer, how: ConnectedAs): Promise<Connected> {
  const { kind, name, credential, path = '', options = {}, http = {}, now } = how
  const notices: string[] = []
  const trace: string[] = []
  const reach = (url: URL): ReturnType<typeof httpClient> =>
    httpClient(setupOf(url.href, { ca: server.ca, trace: (line) => void trace.push(line), ...http }))
  const vendor = await dialect(kind)
  const open = await vendor.client()
  const store = open(vendor, {
    name,
    http: reach(new URL(`${server.url}${path}`)),
    credential,
    ambient: frozenAmbient(now),
    options,
    reach,
    notice: (line) => {
      notices.push(line)
      how.notice?.(line)
    },
  })
  return { store, notices, trace }
}

/** A credential of a test. */
export const credentialFor = (form: Credential['form'], secret: string, user?: string): Credential => ({
  form,
  ...(user !== undefined && { user }),
  secret: async () => new Secret(secret),
})

/** All rows of a listing. */
export async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const row of rows) list.push(row)
  return list
}
