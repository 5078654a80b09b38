import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type DetailedPeerCertificate, type TLSSocket } from 'node:tls'
import { CertmanError, reworded } from '../base/errors.ts'
import { matchesHost } from '../crypto/host-name.ts'
import { startTls } from './starttls.ts'
import type { StarttlsProtocol } from './starttls-protocols.ts'

/** Which port to look at, and how to reach TLS there. */
export interface HostRequest {
  readonly host: string
  readonly port: number
  /** Name for SNI and for the name check; default: `host`. */
  readonly servername?: string
  readonly starttls?: StarttlsProtocol
  /** For the whole exchange. */
  readonly timeoutMs: number
}

/** What a TLS port serves. Nothing here says that it is trusted: that is what `verify` answers. */
export interface HostReport {
  readonly host: string
  readonly port: number
  readonly servername: string
  readonly starttls: StarttlsProtocol | null
  /** `TLSv1.3`, `TLSv1.2` … */
  readonly protocol: string
  readonly cipher: string
  /** Whether the certificate is for `servername` (RFC 9525: SANs only, never the common name). */
  readonly nameMatches: boolean
  /** DER as served and linked, end entity first. */
  readonly chain: readonly Uint8Array[]
  /** The OCSP response that the server stapled (RFC 6066 section 8), as it came. */
  readonly ocspResponse?: Uint8Array
}

/** Node takes it from every caller of `connect`; the types know it of `TLSSocket` alone. */
const ASKING_FOR_OCSP = { requestOCSP: true } as const

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host name',
  EAI_AGAIN: 'the name could not be looked up',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'no answer',
  EPIPE: 'the connection was closed',
}

/**
 * Parses `host:port`, `host` (port 443), `[2001:db8::1]:443`, and what a browser shows: `https://host/path`.
 *
 * @throws {CertmanError} `input.invalid`
 */
export function parseHostPort(text: string): { readonly host: string; readonly port: number } {
  const place = text.trim().replace(/^https:\/\/([^/?#]*).*$/is, '$1')
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(place)
  const host = match?.[1] ?? match?.[2] ?? (isIP(place) === 6 ? place : undefined)
  const port = Number(match?.[3] ?? 443)
  if (host === undefined || port < 1 || port > 65535)
    throw new CertmanError('input.invalid', `not a host and port: ${JSON.stringify(text)}`, {
      hint: 'write it as host:port, for example www.example.com:443 or [2001:db8::1]:443',
      field: 'host',
    })
  return { host, port }
}

/**
 * Connects, shakes hands and reads the chain that the server sends, whoever issued it and however old its
 * protocol is. No client certificate is offered and nothing is sent after the handshake.
 *
 * @throws {CertmanError} `remote.unreachable`, `remote.timeout`, `remote.unexpected`
 */
export async function inspectHost(request: HostRequest): Promise<HostReport> {
  const servername = request.servername ?? request.host
  const place = `${request.host}:${request.port}`
  const socket = connectTcp({ host: request.host, port: request.port })
  // what goes wrong after the handshake (a missing client certificate, say) does not matter any more
  socket.on('error', () => undefined)
  const deadline = new Promise<never>((_, reject) => {
    socket.setTimeout(request.timeoutMs, () => {
      reject(new CertmanError('remote.timeout', `${place}: no answer within ${request.timeoutMs / 1000} s`))
    })
  })
  try {
    const { tls, stapled } = await Promise.race([deadline, shakeHands(socket, request, servername)])
    return { ...report(tls, request, servername), ...(stapled && { ocspResponse: stapled }) }
  } catch (cause) {
    throw translate(cause, place)
  } finally {
    socket.destroy()
  }
}

interface Handshake {
  readonly tls: TLSSocket
  readonly stapled: Uint8Array | undefined
}

async function shakeHands(socket: Socket, request: HostRequest, servername: string): Promise<Handshake> {
  await once(socket, 'connect')
  if (request.starttls) await startTls(socket, request.starttls)
  const tls = connectTls({
    socket,
    // an address must not be sent as server name (RFC 6066 section 3)
    ...(isIP(servername) === 0 ? { servername } : {}),
    // we look, we do not believe: with no anchors of our own the chain is what the server sent
    rejectUnauthorized: false,
    ca: [],
    minVersion: 'TLSv1',
    ciphers: 'DEFAULT:@SECLEVEL=0',
    ...ASKING_FOR_OCSP,
  })
  tls.on('error', () => undefined)
  let stapled: Uint8Array | undefined
  // null where the server staples none, which the types do not say
  tls.once(
    'OCSPResponse',
    (response: Buffer | null) => (stapled = response ? new Uint8Array(response) : undefined),
  )
  await once(tls, 'secureConnect')
  return { tls, stapled }
}

/** `events.once`, but failing when the socket closes without a word. */
function once(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket
      .once(event, resolve)
      .once('error', reject)
      .once('close', () => {
        reject(new CertmanError('remote.unexpected', 'the server closed the connection during the handshake'))
      })
  })
}

function report(tls: TLSSocket, request: HostRequest, servername: string): HostReport {
  const chain = servedChain(tls.getPeerCertificate(true))
  const [leaf] = chain
  if (!leaf) throw new CertmanError('remote.unexpected', 'the server sent no certificate')
  return {
    host: request.host,
    port: request.port,
    servername,
    starttls: request.starttls ?? null,
    protocol: tls.getProtocol() ?? 'unknown',
    cipher: tls.getCipher().standardName,
    nameMatches: matchesHost(leaf, servername),
    chain,
  }
}

function servedChain(leaf: DetailedPeerCertificate): Uint8Array[] {
  const chain: Uint8Array[] = []
  const seen = new Set<string>()
  for (let link: DetailedPeerCertificate | undefined = leaf; link?.raw; link = link.issuerCertificate) {
    if (seen.has(link.fingerprint256)) break
    seen.add(link.fingerprint256)
    chain.push(new Uint8Array(link.raw))
  }
  return chain
}

function translate(cause: unknown, place: string): CertmanError {
  if (cause instanceof CertmanError)
    return cause.message.startsWith(place) ? cause : reworded(cause, `${place}: ${cause.message}`)
  const { code = '', message = '' } = cause as NodeJS.ErrnoException
  const reason = REASONS[code]
  if (reason !== undefined) return new CertmanError('remote.unreachable', `${place}: ${reason}`, { cause })
  return new CertmanError(
    'remote.unexpected',
    `${place}: the TLS handshake failed (${tlsReason(code, message)})`,
    { cause, hint: 'check that the port speaks TLS; mail, directory and database ports need --starttls' },
  )
}

/** OpenSSL's reason in words: `ERR_SSL_WRONG_VERSION_NUMBER` reads "wrong version number". */
const tlsReason = (code: string, message: string): string =>
  code.startsWith('ERR_SSL_') ? code.slice(8).toLowerCase().replaceAll('_', ' ') : message.split('\n')[0]!
