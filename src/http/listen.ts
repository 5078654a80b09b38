import { createServer as createPlain, type Server } from 'node:http'
import { createServer as createTls, type Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { CertmanError } from '../base/errors.ts'
import { printable } from '../base/text.ts'
import { codeOf } from './call-errors.ts'
import { isLoopback } from './origin.ts'
import type { Limits, ServeOptions, TlsFiles } from './serve-options.ts'

/** A server that does not listen yet. */
export interface Made {
  readonly server: Server | TlsServer
  /** Takes the certificate that `tls` gives now; the old one stays when it is of no use. */
  readonly reload: () => Promise<void>
}

/**
 * Makes the server; nothing is open yet.
 *
 * @throws {CertmanError} `cli.usage` for plain http beyond loopback; `settings.invalid` for a certificate that is of no use
 */
export async function makeServer({ tls, listen }: ServeOptions, limits: Limits): Promise<Made> {
  const common = {
    maxHeaderSize: limits.headerBytes,
    requestTimeout: limits.arrivalMs,
    headersTimeout: Math.min(limits.arrivalMs, 15_000),
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: Math.min(1000, limits.arrivalMs),
  }
  if (tls === undefined) {
    if (!isLoopback(listen.host))
      throw new CertmanError(
        'cli.usage',
        `plain http is for this machine only, not for ${printable(listen.host)}`,
        {
          hint: 'leave out the flag for plain http, or listen on 127.0.0.1',
          field: 'listen',
        },
      )
    const server = bounded(createPlain(common), limits)
    return { server, reload: async () => undefined }
  }
  // who asks for HTTP/1.0 alone gets it (RFC 7301 section 3.2 forbids any other)
  const protocols = { ALPNProtocols: ['http/1.1', 'http/1.0'] }
  const secure = { minVersion: 'TLSv1.2' as const, ...protocols, handshakeTimeout: 15_000 }
  const first = await tls()
  const server = usable(() => createTls({ ...common, ...secure, ...keyed(first) }))
  bounded(server, limits)
  const reload = async (): Promise<void> => {
    const files = await tls()
    usable(() => server.setSecureContext({ minVersion: 'TLSv1.2', ...keyed(files) }))
  }
  return { server, reload }
}

function bounded(server: Server, limits: Limits): Server {
  server.maxConnections = limits.connections
  // who takes nothing of its answer for so long has gone
  server.setTimeout(limits.requestMs + limits.idleMs)
  return server
}

const keyed = (files: TlsFiles): { cert: string; key: string } => ({
  cert: files.certificates,
  key: files.key,
})

function usable<T>(make: () => T): T {
  try {
    return make()
  } catch (cause) {
    throw new CertmanError(
      'settings.invalid',
      'the certificate of the server or its key is of no use to TLS',
      {
        cause,
        hint: 'the chain begins with the certificate that belongs to the key',
      },
    )
  }
}

/**
 * Starts to listen, and answers the URL.
 *
 * @throws {CertmanError} `state.refused` when the address cannot be had
 */
export function listening(server: Server, { listen, tls }: ServeOptions): Promise<string> {
  const { host, port } = listen
  const bare = host.replace(/^\[|\]$/g, '')
  return new Promise((resolve, reject) => {
    const refuse = (cause: Error): void => reject(listenError(cause, `${printable(host)}:${port}`))
    server.once('error', refuse)
    server.listen({ host: bare, port }, () => {
      server.off('error', refuse)
      const bound = (server.address() as AddressInfo).port
      const everywhere = bare === '0.0.0.0' || bare === '::'
      const name = everywhere ? 'localhost' : bare.includes(':') ? `[${bare}]` : bare
      resolve(`${tls ? 'https' : 'http'}://${name}:${bound}`)
    })
  })
}

const LISTEN: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'the system does not permit it: ports below 1024 are for administrators',
  ENOTFOUND: 'there is no such host name',
}

function listenError(cause: Error, place: string): CertmanError {
  const code = codeOf(cause)
  return new CertmanError('state.refused', `cannot listen on ${place}: ${LISTEN[code] ?? code}`, {
    cause,
    hint: 'choose another address: --listen HOST:PORT',
  })
}
