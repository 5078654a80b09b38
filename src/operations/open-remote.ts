import { setTimeout as sleep } from 'node:timers/promises'
import type { Ambient } from '../base/ambient.ts'
import { CertmanError } from '../base/errors.ts'
import { Once } from '../base/once.ts'
import { Secret } from '../base/secret.ts'
import { commandOn } from '../base/text.ts'
import { parseWait, WAIT_FORMS } from '../base/wait.ts'
import type { Credential, Dialect, RemoteConnection } from '../dialects/dialect.ts'
import { dialect as dialectOf } from '../dialects/index.ts'
import { httpClient } from '../http/client.ts'
import type { HttpClient, HttpSetup } from '../http/request.ts'
import type { RemotePlace } from '../settings/remote-place.ts'
import { clientIdentity, readAnchors, secretFrom } from './remote-identity.ts'
import { proxyFor } from './remote-proxy.ts'
import type { OpenRequest } from './open-store.ts'

/** What remote stores need of the world besides what directory stores need. */
export interface RemoteWorld {
  readonly platform: string
  readonly readStdin: () => Promise<Uint8Array>
  /** Asks a person for a secret; absent: nobody is there. */
  readonly askSecret?: (question: string) => Promise<Secret>
  /** Takes the lines of `--print-request`. */
  readonly trace?: (line: string) => void
  /** Waits between attempts; absent: the clock does. */
  readonly pause?: (milliseconds: number) => Promise<void>
}

/** A configured server, and the name it goes by. */
export interface NamedPlace {
  readonly name: string
  readonly place: RemotePlace
}

const DEFAULT_TIMEOUT_MS = 30_000
const DEFAULT_RETRIES = 3

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** A day. Node's timers run out at once where they are set for more than 24.8 days. */
const MOST_MS = 86_400_000

/**
 * The wait for an answer, in milliseconds: what `parseWait` reads, at least a millisecond, at most a day.
 *
 * @throws {CertmanError} `input.invalid`
 */
export function parseTimeout(text: string): number {
  const time = parseWait(text)
  if (time && time <= MOST_MS) return time
  throw new CertmanError('input.invalid', `${JSON.stringify(text)} is no time to wait`, {
    hint: `write it as ${WAIT_FORMS}, a day at most`,
    field: 'timeout',
  })
}

/**
 * The address of a server. Secrets travel only through TLS, or inside this machine.
 *
 * @throws {CertmanError} `input.invalid`
 */
export function parseServerUrl(text: string): URL {
  const bad = (why: string, hint: string): CertmanError =>
    new CertmanError('input.invalid', `the URL ${JSON.stringify(text)} ${why}`, { hint, field: 'url' })
  if (!URL.canParse(text)) throw bad('is none', 'write it like https://host:8443/path')
  const url = new URL(text)
  if (url.username !== '' || url.password !== '')
    throw new CertmanError('input.invalid', 'a URL must not hold a user or password', {
      hint: 'give them with --user and --password-file, --password-env or --password-command',
      field: 'url',
    })
  if (url.search !== '' || url.hash !== '')
    throw bad('has a query or fragment', 'give the address up to the path')
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))) return url
  throw bad('is not https://', 'plain http is for this machine alone: http://127.0.0.1:…')
}

/** The words for a secret of each form. */
const SECRET_WORDS: Readonly<Record<string, string>> = {
  token: 'API key',
  bearer: 'token',
  sas: 'access key or token',
  'client-credentials': 'client secret',
}

/** The credential of a configured server; its secret is fetched once, when it is first wanted. @throws {CertmanError} `settings.invalid` */
export function credentialOf(
  vendor: Dialect,
  named: NamedPlace,
  request: OpenRequest,
): Credential | undefined {
  const { place, name } = named
  const form = vendor.auth.find((each) => each === (place.auth ?? vendor.auth[0]))
  if (!form)
    throw new CertmanError(
      'settings.invalid',
      `${vendor.title} does not take ${JSON.stringify(place.auth)}`,
      {
        hint: `one of: ${vendor.auth.join(', ')}: ${commandOn('store add', name, '--replace …')}`,
        field: 'auth',
      },
    )
  if (place.clientCertificate && place.user === undefined && place.secret === undefined) return undefined
  const what = `${SECRET_WORDS[form] ?? 'password'}${place.user === undefined ? '' : ` of ${place.user}`}`
  const secret = new Once(() => fetchSecret({ ...named, what }, request))
  return { form, ...(place.user !== undefined && { user: place.user }), secret: () => secret.get() }
}

async function fetchSecret(
  { place, name, what }: NamedPlace & { readonly what: string },
  request: OpenRequest,
): Promise<Secret> {
  const source = place.secret
  if (source?.from === 'saved') return new Secret(source.value)
  if (source) return secretFrom(source, request)
  const { remote } = request
  if (remote?.askSecret) return remote.askSecret(`${what} at ${place.url} (store ${name}):`)
  throw new CertmanError('password.required', `the store ${JSON.stringify(name)} needs the ${what}`, {
    hint: `say where it lies: ${commandOn('store add', name, '--replace … --password-file F')}`,
  })
}

const randomOf =
  (ambient: Ambient): (() => number) =>
  () =>
    Buffer.from(ambient.random(4)).readUInt32BE() / 2 ** 32

async function httpSetup({ name, place }: NamedPlace, request: OpenRequest): Promise<HttpSetup> {
  const { ambient, remote } = request
  const url = parseServerUrl(place.url)
  const proxy = proxyFor(url, place.proxy, ambient.env)
  const ca = place.caFile === undefined ? undefined : await readAnchors(place.caFile)
  const identity =
    place.clientCertificate && (await clientIdentity({ ...place.clientCertificate, for: name }, request))
  return {
    url,
    ...(ca !== undefined && { ca }),
    ...(place.pin !== undefined && { pin: place.pin }),
    ...(identity && { identity }),
    ...(proxy && { proxy }),
    timeoutMs: place.timeout === undefined ? DEFAULT_TIMEOUT_MS : parseTimeout(place.timeout),
    retries: place.retries ?? DEFAULT_RETRIES,
    pause: remote?.pause ?? ((milliseconds) => sleep(milliseconds)),
    random: randomOf(ambient),
    ...(remote?.trace && { trace: remote.trace }),
  }
}

/** The client of the store's own origin, and more of the same for others; closing the first closes all. */
function clientsOf(setup: HttpSetup): {
  readonly http: HttpClient
  readonly reach: (url: URL) => HttpClient
} {
  const main = httpClient(setup)
  const others = new Map<string, HttpClient>()
  // a pin and a client certificate are for one server; they are not shown to another
  const { pin: _pin, identity: _identity, ...plain } = setup
  const reach = (url: URL): HttpClient => {
    const shared = url.origin === setup.url.origin ? setup : plain
    const known = others.get(url.href) ?? httpClient({ ...shared, url })
    others.set(url.href, known)
    return known
  }
  const close = async (): Promise<void> => {
    await Promise.all([main, ...others.values()].map((client) => client.close()))
  }
  return { http: { base: main.base, send: (request) => main.send(request), close }, reach }
}

/**
 * A connection to a configured server; nothing is sent yet.
 *
 * @throws {CertmanError} `settings.invalid`, `input.invalid` for a URL that is not safe, `file.not-found`, and what
 *   opening the store of a client certificate throws
 */
export async function openRemote(named: NamedPlace, request: OpenRequest): Promise<RemoteConnection> {
  const { name, place } = named
  const vendor = await dialectOf(place.kind)
  const credential = credentialOf(vendor, named, request)
  const connect = await vendor.client()
  const { http, reach } = clientsOf(await httpSetup(named, request))
  return connect(vendor, {
    name,
    http,
    reach,
    credential,
    ambient: request.ambient,
    options: place.options ?? {},
    notice: request.notice,
  })
}
