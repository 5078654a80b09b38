import { connectedAs, credentialFor, type Connected } from '../../support/connected.ts'
import type { RawServer } from '../../support/raw-call.ts'

export { all, type Connected } from '../../support/connected.ts'

/** Our client, talking to a server of a test over TLS. */
export const connected = (
  server: RawServer,
  token: string | undefined,
  options: Readonly<Record<string, string>> = {},
): Promise<Connected> => {
  const credential = token === undefined ? undefined : credentialFor('token', token)
  return connectedAs(server, { kind: 'iis', name: 'web1', credential, options })
}
