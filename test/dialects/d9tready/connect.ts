import {
  connectedAs,
  credentialFor,
  type Connected as Plain,
  type ConnectedAs,
} from '../../support/connected.ts'
import { PASSWORD } from '../../support/house-world.ts'
import {
  basicText,
  jsonType,
  sendRaw,
  type RawCall as AnyCall,
  type RawReply,
  type RawServer,
} from '../../support/raw-call.ts'

export { all } from '../../support/connected.ts'
export type { RawReply } from '../../support/raw-call.ts'

/** What a connection of a test said. */
export interface Connected extends Plain {
  /** Method and path of each call so far. */
  calls(): readonly string[]
}

/** How a test connects; everything has a default. */
export interface Connecting extends Pick<ConnectedAs, 'path' | 'options' | 'http'> {
  readonly user?: string
  readonly secret?: string
}

/** Our client, talking to a server of a test over TLS. */
export async function connected(
  server: RawServer,
  { user = 'admin', secret = PASSWORD, ...how }: Connecting = {},
): Promise<Connected> {
  const credential = credentialFor('basic', secret, user)
  const here = await connectedAs(server, { kind: 'd9tready', name: 'd9', credential, ...how })
  const calls = (): string[] =>
    here.trace.flatMap((line) => /^> ([A-Z]+ \S+)/.exec(line)?.[1]?.replace(/https:\/\/[^/]+/, '') ?? [])
  return { ...here, calls }
}

/** One call as `curl -u` makes it. */
export interface RawCall extends AnyCall {
  /** Default: admin; `null`: no credential. */
  readonly user?: string | null
  readonly password?: string
}

/** Calls a server of a test over TLS. */
export function rawCall(server: RawServer, call: RawCall): Promise<RawReply> {
  const { user = 'admin', password, headers } = call
  const credential = user === null ? {} : { authorization: basicText(user, password) }
  return sendRaw(server, { ...call, headers: { ...credential, ...jsonType(call), ...headers } })
}
