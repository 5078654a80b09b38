import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { inspectHost, parseHostPort } from '../../src/operations/inspect-host.ts'
import { stapledStatus } from '../../src/operations/stapled.ts'
import type { StarttlsProtocol } from '../../src/operations/starttls-protocols.ts'

const fixture = (name: string): string => readFileSync(`fixtures/tls/${name}`, 'utf8')
const derOf = (name: string): Uint8Array =>
  new Uint8Array(Buffer.from(fixture(name).replace(/-----.*-----|\s/g, ''), 'base64'))
const identity = { key: fixture('leaf.key'), cert: fixture('leaf.pem') + fixture('intermediate.pem') }

const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

function listen(server: Server): Promise<number> {
  open.push(server)
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

const look = (port: number, more: object = {}) =>
  inspectHost({ host: '127.0.0.1', port, timeoutMs: 10_000, ...more })

describe('when a TLS server is inspected', () => {
  test('then the chain is what the server sent, end entity first, without the root it did not send', async () => {
    const port = await listen(createTlsServer(identity))
    const report = await look(port, { servername: 'localhost' })
    expect(report.chain).toEqual([derOf('leaf.pem'), derOf('intermediate.pem')])
    expect(report).toMatchObject({
      protocol: 'TLSv1.3',
      servername: 'localhost',
      nameMatches: true,
      starttls: null,
    })
  })

  test.each([
    ['127.0.0.1', true],
    ['a.wild.example', true],
    ['a.b.wild.example', false],
    ['wild.example', false],
    ['192.0.2.1', false],
  ])('then the name %s matches: %s', async (servername, expected) => {
    const port = await listen(createTlsServer(identity))
    expect((await look(port, { servername })).nameMatches).toBe(expected)
  })

  test('then an old protocol is reported, not refused', async () => {
    const port = await listen(createTlsServer({ ...identity, maxVersion: 'TLSv1.2' }))
    expect((await look(port)).protocol).toBe('TLSv1.2')
  })

  test('then a server that demands a client certificate still shows its chain', async () => {
    const port = await listen(createTlsServer({ ...identity, requestCert: true, rejectUnauthorized: true }))
    expect((await look(port)).chain).toHaveLength(2)
  })

  test('then the OCSP response that it staples is taken along, and one that cannot be read says nothing', async () => {
    const bare = await look(await listen(createTlsServer(identity)))
    expect([bare.ocspResponse, await stapledStatus(bare, { at: new Date() })]).toEqual([undefined, undefined])
    // OCSPResponse with the status tryLater
    const refusal = Buffer.from('30030a0103', 'hex')
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const server = createTlsServer({ ...identity, maxVersion })
      server.on('OCSPRequest', (_certificate, _issuer, answer) => answer(null, refusal))
      const report = await look(await listen(server))
      expect(report.ocspResponse).toEqual(new Uint8Array(refusal))
      const why = 'the OCSP responder refused: tryLater'
      expect(await stapledStatus(report, { at: new Date() })).toEqual({ status: 'unknown', why })
    }
  })
})

/** A server that answers each expected input with the next text, then starts TLS. */
function scripted(greeting: string | Buffer, steps: readonly (readonly [RegExp, string | Buffer])[]): Server {
  return createServer((socket: Socket) => {
    socket.on('error', () => undefined)
    if (greeting.length > 0) socket.write(greeting)
    let step = 0
    const onData = (bytes: Buffer): void => {
      const [expected, answer] = steps[step]!
      if (!expected.test(bytes.toString('latin1'))) return void socket.end('unexpected')
      step += 1
      if (step < steps.length) return void socket.write(answer)
      socket.off('data', onData)
      socket.write(answer)
      new TLSSocket(socket, { isServer: true, ...identity }).on('error', () => undefined)
    }
    socket.on('data', onData)
  })
}

const LDAP_SUCCESS = Buffer.from('300c02010178070a010004000400', 'hex')
const LDAP_REFUSED = Buffer.from('300c02010178070a013404000400', 'hex')

describe('when TLS begins with STARTTLS', () => {
  const dialogs: readonly (readonly [StarttlsProtocol, () => Server])[] = [
    [
      'smtp',
      () =>
        scripted('220-mail.example\r\n220 ready\r\n', [
          [/^EHLO /, '250-mail.example\r\n250-SIZE\r\n250 STARTTLS\r\n'],
          [/^STARTTLS/, '220 go ahead\r\n'],
        ]),
    ],
    ['imap', () => scripted('* OK IMAP4rev2 ready\r\n', [[/^a1 STARTTLS/, '* OK hm\r\na1 OK begin\r\n']])],
    // eslint-disable-next-line no-control-regex -- what is looked for is binary
    ['ldap', () => scripted('', [[/1\.3\.6\.1\.4\.1\.1466\.20037/, LDAP_SUCCESS]])],
    ['postgres', () => scripted('', [[/\x04\xd2\x16\x2f/, 'S']])],
  ]
  test.each(dialogs)('then %s talks its way to the handshake', async (starttls, server) => {
    const report = await look(await listen(server()), { starttls })
    expect(report).toMatchObject({ starttls, nameMatches: true })
    expect(report.chain[0]).toEqual(derOf('leaf.pem'))
  })

  test.each<readonly [string, StarttlsProtocol, () => Server, string]>([
    [
      'SMTP',
      'smtp',
      () => scripted('554 go away\r\n', [[/./, '']]),
      'the SMTP server answered 554 to the connection',
    ],
    ['LDAP', 'ldap', () => scripted('', [[/./, LDAP_REFUSED]]), 'the LDAP server answered result code 52'],
    ['PostgreSQL', 'postgres', () => scripted('', [[/./, 'N']]), 'the PostgreSQL server does not offer TLS'],
  ])('then a refusal by %s is told in one line', async (_, starttls, server, message) => {
    await expect(look(await listen(server()), { starttls })).rejects.toMatchObject({
      code: 'remote.unexpected',
      message: expect.stringContaining(message) as string,
    })
  })
})

describe('when nothing good answers', () => {
  test('then a closed port is unreachable', async () => {
    const server = createServer()
    const port = await listen(server)
    await new Promise((resolve) => server.close(resolve))
    await expect(look(port)).rejects.toMatchObject({
      code: 'remote.unreachable',
      message: `127.0.0.1:${port}: nothing listens there`,
    })
  })

  test('then a port that speaks something else is unexpected', async () => {
    const port = await listen(createServer((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))
    await expect(look(port)).rejects.toMatchObject({ code: 'remote.unexpected' })
  })

  test('then a port that closes at once is unreachable', async () => {
    const port = await listen(createServer((socket) => void socket.destroy()))
    await expect(look(port)).rejects.toMatchObject({ code: 'remote.unreachable' })
  })

  test('then a silent port runs into the time limit', async () => {
    const port = await listen(createServer((socket) => void socket.on('error', () => undefined)))
    await expect(look(port, { timeoutMs: 200 })).rejects.toMatchObject({ code: 'remote.timeout' })
  })
})

test.each([
  ['www.example.com', 'www.example.com', 443],
  ['www.example.com:8443', 'www.example.com', 8443],
  ['[2001:db8::1]:636', '2001:db8::1', 636],
  ['2001:db8::1', '2001:db8::1', 443],
  ['192.0.2.7:25', '192.0.2.7', 25],
  ['https://www.example.com', 'www.example.com', 443],
  ['https://www.example.com:8443/login?next=a:b#top', 'www.example.com', 8443],
])('%s names host %s and port %d', (text, host, port) => {
  expect(parseHostPort(text)).toEqual({ host, port })
})

test.each(['', 'host:', 'host:0', 'host:70000', 'a:b:c', 'http://x', 'https://'])(
  '%j is no host and port',
  (text) => {
    expect(() => parseHostPort(text)).toThrow('not a host and port')
  },
)
