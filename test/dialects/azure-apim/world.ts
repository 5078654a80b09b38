import { Secret } from '../../../src/base/secret.ts'
import { toBase64 } from '../../../src/base/bytes.ts'
import type { Credential, RemoteConnection } from '../../../src/dialects/dialect.ts'
import { sharedAccess } from '../../../src/dialects/shared-access.ts'
import { writePkcs12 } from '../../../src/formats/pkcs12/write.ts'
import type { Store } from '../../../src/store/store.ts'
import { connectedAs, credentialFor } from '../../support/connected.ts'
import { servedWorld, type ServedWorld, type WantedWorld } from '../../support/house-world.ts'
import { makeCertificate, type TestCertificate } from '../../support/make-certificates.ts'
import {
  jsonType,
  sendRaw,
  type RawCall as AnyCall,
  type RawReply,
  type RawServer,
} from '../../support/raw-call.ts'

export { all as collect } from '../../support/connected.ts'
export type { RawReply } from '../../support/raw-call.ts'

/** One call as an old client makes it. */
export interface RawCall extends AnyCall {
  /** Default: the admin's signature; `null`: none. */
  readonly authorization?: string | null
}

/** The signature of the admin's key, for an hour of the frozen world. */
export const signature = ({ sas }: Pick<ServedWorld, 'sas'>, form: 'long' | 'compact' = 'long'): string =>
  sharedAccess({ id: sas.id, key: sas.primary, expires: new Date('2026-03-01T13:00:00Z'), form }).token

/** Calls a server of a test over TLS. */
export function rawCall(world: Pick<ServedWorld, 'url' | 'ca' | 'sas'>, call: RawCall): Promise<RawReply> {
  const { authorization = signature(world) } = call
  const credential = authorization === null ? {} : { authorization }
  return sendRaw(world, { ...call, headers: { ...credential, ...jsonType(call), ...call.headers } })
}

/** Where the same resource is in Azure Resource Manager. */
export const ARM =
  '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg1/providers/Microsoft.ApiManagement/service/apim'

const VALID = { notBefore: '2026-01-01T00:00:00Z', notAfter: '2027-01-01T00:00:00Z' }

/** A leaf for a test, issued by nobody else. */
export const leaf = (cn: string, issuer?: TestCertificate): TestCertificate =>
  makeCertificate({ cn, ...VALID, ...(issuer && { issuer }) })

/** A certificate authority for a test. */
export const authority = (cn: string): TestCertificate => makeCertificate({ cn, ca: true, ...VALID })

/** A PFX as Base64. */
export function pfx(
  certificate: TestCertificate,
  { password = 'pw', chain = [] as readonly TestCertificate[], target = 'modern' } = {},
): string {
  let counter = 0
  const random = (length: number): Uint8Array => Uint8Array.from({ length }, () => ++counter % 251)
  const entry = {
    key: certificate.pkcs8,
    certificate: certificate.der,
    chain: chain.map(({ der }) => der),
  }
  return toBase64(writePkcs12({ entries: [entry], password: new Secret(password), target }, random))
}

/** A served world of this dialect alone. */
export const azureWorld = (wanted: Partial<WantedWorld> = {}): Promise<ServedWorld> =>
  servedWorld({ dialects: ['azure-apim'], ...wanted })

/** Puts certificates with their keys into a store. */
export async function stock(
  store: Store,
  certificates: Readonly<Record<string, TestCertificate>>,
): Promise<void> {
  const source = { how: 'imported' } as const
  const all = Object.entries(certificates)
  await store.import({
    certificates: all.map(([name, { der }]) => ({ der, name, source })),
    keys: all.map(([, { pkcs8, spki }]) => ({ pkcs8, spki, encrypted: false, source })),
  })
}

/** How a test wants its client. */
export interface WantedClient {
  /** Below the origin: the ARM path of a service. */
  readonly path?: string
  readonly credential?: Credential
  readonly options?: Readonly<Record<string, string>>
  readonly trace?: (line: string) => void
  readonly notice?: (line: string) => void
  readonly now?: string
}

/** A credential of a test. */
export const credentialOf: (form: 'sas' | 'bearer', text: string, user?: string) => Credential = credentialFor

/** Our client at a URL. */
export async function connect(server: RawServer, wanted: WantedClient = {}): Promise<RemoteConnection> {
  const { trace, notice, ...how } = wanted
  const { store } = await connectedAs(server, {
    kind: 'azure-apim',
    name: 'apim',
    ...how,
    credential: wanted.credential,
    ...(trace && { http: { trace } }),
    notice,
  })
  return store
}
