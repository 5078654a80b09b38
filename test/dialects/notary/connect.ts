import type { Credential, DialectName, RemoteConnection } from '../../../src/dialects/dialect.ts'
import { connectedAs, credentialFor, type Connected, type ConnectedAs } from '../../support/connected.ts'
import { PASSWORD } from '../../support/house-world.ts'
import type { RawServer } from '../../support/raw-call.ts'

export { all, type Connected } from '../../support/connected.ts'

/** How a test connects; everything has a default. */
export interface Connecting extends Pick<ConnectedAs, 'options' | 'http' | 'now'> {
  readonly user?: string
  readonly secret?: string
  readonly form?: Credential['form']
  /** Default: notary. */
  readonly kind?: DialectName
}

/** Our client, talking to a server of a test over TLS. */
export const connected = (
  server: RawServer,
  { user = 'admin', secret = PASSWORD, form = 'login', kind = 'notary', ...how }: Connecting = {},
): Promise<Connected> =>
  connectedAs(server, { kind, name: 'nt', credential: credentialFor(form, secret, user), ...how })

/** The client of another vendor, as the admin. */
export const connectedTo = async (
  server: RawServer,
  kind: DialectName,
  form: Credential['form'],
): Promise<RemoteConnection> => (await connected(server, { form, kind })).store
