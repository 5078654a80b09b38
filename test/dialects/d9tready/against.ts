import { afterEach, beforeEach } from 'vitest'
import type { Query } from '../../../src/domain/filter.ts'
import { readPem } from '../../../src/formats/pem.ts'
import { connected, type Connected, type Connecting } from './connect.ts'
import { sample, scriptedServer, type ScriptedServer } from './scripted.ts'

/** Everything. */
export const EVERY: Query = { filter: { op: 'all' }, sort: [] }

/** DER of the first block of a PEM text. */
export const derOf = (pem: string): Uint8Array => readPem(Buffer.from(pem)).blocks[0]!.der

/** PEM of the documented certificate, which is self-signed, and of its key. */
export const SELF = (sample('certificate').body as { ssl_certificate: string }).ssl_certificate
export const KEY = (sample('private-key').body as { key: string }).key

/** Path of the documented certificate. */
export const CERTIFICATE = '/rest/privatekeys/1/certificates/1'

const READING = [
  'root',
  'private-keys',
  'private-key',
  'certificates-of-key',
  'certificates',
  'certificate',
  'request',
]

/** Our client at a server that knows the documented reads; new before each test of the file. */
export interface Against {
  readonly server: ScriptedServer
  readonly here: Connected
  /** Connects in another way. */
  connect(how?: Connecting): Promise<Connected>
  /** Method and path of each call so far. */
  asked(): string[]
}

/** Sets it up. */
export function against(): Against {
  let server: ScriptedServer
  let here: Connected
  const connect = async (how?: Connecting): Promise<Connected> => (here = await connected(server, how))
  beforeEach(async () => {
    server = await scriptedServer(READING)
    await connect({ user: 'demo', secret: 'demo' })
  })
  afterEach(async () => {
    await here.store.close()
    await server.close()
  })
  return {
    get server() {
      return server
    },
    get here() {
      return here
    },
    connect,
    asked: () => server.received.map(({ request }) => request),
  }
}
