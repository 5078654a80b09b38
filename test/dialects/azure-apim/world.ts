import https from 'node:https'
import { Secret } from '../../../src/base/secret.ts'
import { toBase64 } from '../../../src/base/bytes.ts'
import type { Credential, RemoteConnection } from '../../../src/dialects/dialect.ts'
import { azureApim } from '../../../src/dialects/azure-apim/dialect.ts'
import { sharedAccess } from '../../../src/dialects/shared-access.ts'
import { writePkcs12 } from '../../../src/formats/pkcs12/write.ts'
import { httpClient } from '../../../src/http/client.ts'
import type { Store } from '../../../src/store/store.ts'
import { frozenAmbient } from '../../support/ambient.ts'
import { servedWorld, type ServedWorld, type WantedWorld } from '../../support/house-world.ts'
import { makeCertificate, type TestCertificate } from '../../support/make-certificates.ts'

/** What a raw call got. */
export interface RawReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  // oxlint-disable-next-line no-explicit-any -- whatever the server said
  readonly json: any
}

/** One call as an old client makes it: nothing of our own client takes part. */
export interface RawCall {
  readonly method?: string
  readonly path: string
  readonly body?: unknown
  /** Sent as it is. */
  readonly raw?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Default: the admin's signature; `null`: none. */
  readonly authorization?: string | null
}

/** The signature of the admin's key, for an hour of the frozen world. */
export const signature = ({ sas }: Pick<ServedWorld, 'sas'>, form: 'long' | 'compact' = 'long'): string =>
  sharedAccess({ id: sas.id, key: sas.primary, expires: new Date('2026-03-01T13:00:00Z'), form }).token

/** Calls a server of a test over TLS. */
export function rawCall(world: Pick<ServedWorld, 'url' | 'ca' | 'sas'>, call: RawCall): Promise<RawReply> {
  const { method = 'GET', path, body, raw, headers = {}, authorization = signature(world) } = call
  const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  const all = {
    ...(authorization !== null && { authorization }),
    ...(sent !== undefined && {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(sent)),
    }),
    ...headers,
  }
  return new Promise((resolve, reject) => {
    const options = { method, headers: all, ca: world.ca, agent: false as const }
    const request = https.request(`${world.url}${path}`, options, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(parts).toString()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) })
      })
    })
    request.on('error', reject)
    request.end(sent)
  })
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
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
export const credentialOf = (form: 'sas' | 'bearer', text: string, user?: string): Credential => ({
  form,
  ...(user !== undefined && { user }),
  secret: async () => new Secret(text),
})

/** Our client at a URL. */
export async function connect(
  { url, ca }: { readonly url: string; readonly ca: string },
  wanted: WantedClient = {},
): Promise<RemoteConnection> {
  const http = httpClient({
    url: new URL(`${url}${wanted.path ?? ''}`),
    ca,
    timeoutMs: 20_000,
    retries: 2,
    pause: async () => undefined,
    random: () => 0.5,
    ...(wanted.trace && { trace: wanted.trace }),
  })
  const make = await azureApim.client()
  return make({
    name: 'apim',
    http,
    credential: wanted.credential,
    ambient: frozenAmbient(wanted.now),
    options: wanted.options ?? {},
    reach: () => http,
    notice: wanted.notice ?? (() => undefined),
  })
}

/** All rows of a listing. */
export async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const row of rows) all.push(row)
  return all
}
