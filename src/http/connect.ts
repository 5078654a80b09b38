import { Agent as HttpAgent, type ClientRequest } from 'node:http'
import { Agent as HttpsAgent, type RequestOptions } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import * as tls from 'node:tls'
import { systemError } from './call-errors.ts'
import type { HttpsProxyAgent } from 'https-proxy-agent'
import { CertmanError } from '../base/errors.ts'
import { printable } from '../base/text.ts'
import { bareHost } from './origin.ts'
import type { HttpSetup } from './request.ts'
import { checkPeer, identityCheck, type TrustRule } from './trust.ts'

/** How the sockets of one client are made. */
export interface Line {
  readonly agent: HttpAgent
  /** To be merged into the options of each request. */
  readonly options: RequestOptions & tls.ConnectionOptions
}

type ConnectOptions = Parameters<HttpsProxyAgent<string>['connect']>[1]
/** Chains of long names travel in headers: four times as much as Node takes by itself. */
const maxHeaderSize = 64 * 1024

type Handed = (error: Error | null, socket: Duplex) => void

/**
 * Opens nothing yet: makes the agent that will. Its sockets reach HTTP only after the handshake and `checkPeer`.
 *
 * @throws {CertmanError} `settings.invalid` for a CA or an identity that TLS cannot read
 */
export async function openLine(setup: HttpSetup): Promise<Line> {
  const keep = { keepAlive: true, scheduling: 'lifo' as const, maxSockets: 16 }
  if (setup.url.protocol === 'http:') return { agent: new HttpAgent(keep), options: { maxHeaderSize } }
  const host = bareHost(setup.url)
  const rule: TrustRule = { host, pin: setup.pin?.replaceAll(':', '').toLowerCase() }
  const options: Line['options'] = {
    maxHeaderSize,
    secureContext: contextOf(setup),
    // what is not authorized is refused by `checkPeer`, which can say why and knows of pins
    rejectUnauthorized: false,
  }
  const { proxy, timeoutMs } = setup
  const agent =
    proxy === undefined ? directAgent(rule, timeoutMs, keep) : await proxyAgent({ setup, proxy, rule, keep })
  // not among those of each request: newer Nodes (22.23, 24.21) would open a connection for every one
  agent.options.checkServerIdentity = identityCheck(host)
  return { agent, options }
}

interface Trusted {
  readonly url: URL
  readonly ca?: string | undefined
  readonly identity?: HttpSetup['identity']
}

function contextOf({ url, ca, identity }: Trusted): tls.SecureContext {
  try {
    const context = tls.createSecureContext({
      minVersion: 'TLSv1.2',
      ...(identity === undefined ? {} : { cert: identity.certificates, key: identity.key }),
    })
    if (ca !== undefined) addTrust(context, ca)
    return context
  } catch (cause) {
    throw new CertmanError(
      'settings.invalid',
      `the CA file or client certificate for ${url.host} is of no use to TLS`,
      {
        cause,
        hint: 'both are PEM; the key belongs to the first certificate of its file and has no password',
      },
    )
  }
}

/**
 * Trusts `ca` beside the roots of Node. The `ca` option would replace them, and giving them all again takes 30 ms and loses
 * NODE_EXTRA_CA_CERTS: what that option calls itself is called here instead.
 */
function addTrust(context: tls.SecureContext, ca: string): void {
  if (!ca.includes('-----BEGIN ')) throw new TypeError('no PEM')
  const own = context.context as { addCACert?: (pem: string) => void }
  if (typeof own.addCACert !== 'function') throw new TypeError('this Node cannot add a CA')
  own.addCACert(ca)
}

/** Waits until the handshake is done and the peer is the right one; destroys the socket otherwise. */
function admit(socket: tls.TLSSocket, rule: TrustRule, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      clearTimeout(timer)
      socket.destroy()
      reject(error as Error)
    }
    const timer = setTimeout(() => fail(systemError('ETIMEDOUT')), timeoutMs)
    // stays: an error between this and the next owner's listener must not end the program
    socket.on('error', fail)
    socket.once('close', () => fail(systemError('ECONNRESET')))
    socket.once('secureConnect', () => {
      try {
        checkPeer(socket, rule)
        clearTimeout(timer)
        resolve()
      } catch (error) {
        fail(error)
      }
    })
  })
}

function directAgent(rule: TrustRule, timeoutMs: number, keep: object): HttpsAgent {
  const agent = new HttpsAgent(keep)
  agent.createConnection = (options: RequestOptions, handed?: Handed): undefined => {
    const socket = tls.connect(options as tls.ConnectionOptions)
    admit(socket, rule, timeoutMs).then(
      () => handed?.(null, socket),
      (error: Error) => handed?.(error, socket),
    )
  }
  return agent
}

interface ProxyOrder {
  readonly setup: HttpSetup
  readonly proxy: URL
  readonly rule: TrustRule
  readonly keep: object
}

/** Tunnels by CONNECT. The TLS of the proxy itself knows the additional CA, and neither pin nor client certificate. */
async function proxyAgent({ setup, proxy, rule, keep }: ProxyOrder): Promise<HttpsProxyAgent<string>> {
  const { HttpsProxyAgent: Base } = await import('https-proxy-agent')
  const own = proxy.protocol === 'https:' ? { secureContext: contextOf({ url: proxy, ca: setup.ca }) } : {}
  class Tunnel extends Base<string> {
    override async connect(request: ClientRequest, options: ConnectOptions): Promise<Socket> {
      const stop = new AbortController()
      const timer = setTimeout(() => stop.abort(), setup.timeoutMs)
      let status = 200
      request.once('proxyConnect', (answer: { statusCode: number }) => (status = answer.statusCode))
      // read synchronously by the call below
      this.connectOpts = { ...this.connectOpts, signal: stop.signal }
      try {
        const socket = await super.connect(request, options)
        socket.on('error', () => undefined)
        if (status !== 200) {
          socket.destroy()
          throw proxyRefusal(proxy, setup.url, status)
        }
        if (socket instanceof tls.TLSSocket) await admit(socket, rule, setup.timeoutMs)
        return socket
      } catch (error) {
        throw stop.signal.aborted ? systemError('ETIMEDOUT') : error
      } finally {
        clearTimeout(timer)
      }
    }
  }
  return new Tunnel(proxy.href, { ...keep, ...own })
}

function proxyRefusal(proxy: URL, url: URL, status: number): CertmanError {
  const place = printable(proxy.host)
  return status === 407
    ? new CertmanError('auth.failed', `the proxy ${place} wants a user and a password (407)`, {
        hint: 'give them in the URL of the proxy: http://user:password@proxy:3128',
      })
    : new CertmanError(
        'remote.unreachable',
        `the proxy ${place} does not connect to ${url.host} (${status})`,
        { hint: 'check the host name, and what the proxy permits' },
      )
}
