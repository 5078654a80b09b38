import type { Credential } from '../../../src/dialects/dialect.ts'
import { connectedAs, credentialFor, type Connected, type ConnectedAs } from '../../support/connected.ts'
import { PASSWORD } from '../../support/house-world.ts'
import type { RawServer } from '../../support/raw-call.ts'

export { all, type Connected } from '../../support/connected.ts'

/** How a test connects; everything has a default. */
export interface Connecting extends Pick<ConnectedAs, 'path' | 'options' | 'http'> {
  readonly user?: string
  readonly secret?: string
  readonly form?: Credential['form']
}

/** Our client, talking to a server of a test over TLS. */
export const connected = (
  server: RawServer,
  { user = 'admin', secret = PASSWORD, form = 'basic', ...how }: Connecting = {},
): Promise<Connected> =>
  connectedAs(server, {
    kind: 'keyfactor',
    name: 'kf',
    credential: credentialFor(form, secret, user),
    ...how,
  })
