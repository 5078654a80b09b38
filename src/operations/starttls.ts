import type { Socket } from 'node:net'
import { CertmanError } from '../base/errors.ts'
import type { StarttlsProtocol } from './starttls-protocols.ts'

/** The longest greeting that is read before giving up: RFC 5321 allows 512 octets a line, servers send a few lines. */
const MAX_GREETING = 64 * 1024

/** ExtendedRequest of LDAP with the OID 1.3.6.1.4.1.1466.20037 (RFC 4511 section 4.14.1), message id 1. */
const LDAP_START_TLS = Buffer.concat([
  Buffer.from([0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, 0x16]),
  Buffer.from('1.3.6.1.4.1.1466.20037', 'latin1'),
])

/** SSLRequest of PostgreSQL: length 8, code 80877103. */
const POSTGRES_SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])

/** Collects bytes until `done` finds what it wants; fails when the peer closes or talks too long. */
function readUntil<T>(socket: Socket, done: (bytes: Buffer) => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    let seen: Buffer = Buffer.alloc(0)
    const stop = (): void => {
      socket.off('data', onData).off('end', onEnd).off('error', onError).pause()
    }
    const onData = (chunk: Buffer): void => {
      seen = Buffer.concat([seen, chunk])
      try {
        const found = done(seen)
        if (found === undefined && seen.length <= MAX_GREETING) return
        stop()
        if (found === undefined) reject(refused('the server sent an endless greeting'))
        else resolve(found)
      } catch (cause) {
        stop()
        reject(cause as Error)
      }
    }
    const onEnd = (): void => {
      stop()
      reject(refused('the server closed the connection before TLS began'))
    }
    const onError = (cause: Error): void => {
      stop()
      reject(cause)
    }
    socket.on('data', onData).on('end', onEnd).on('error', onError).resume()
  })
}

const refused = (message: string): CertmanError =>
  new CertmanError('remote.unexpected', message, {
    hint: 'check the port and the protocol given with --starttls',
  })

/** A complete SMTP reply: the last line has a blank after its code (RFC 5321 section 4.2.1). */
function smtpReply(bytes: Buffer): string | undefined {
  const text = bytes.toString('latin1')
  return /^\d{3}(?: .*)?\r?\n/m.test(text) ? text : undefined
}

async function smtp(socket: Socket): Promise<void> {
  const expect = async (code: string, step: string): Promise<void> => {
    const reply = await readUntil(socket, smtpReply)
    if (!reply.startsWith(code)) throw refused(`the SMTP server answered ${reply.slice(0, 3)} to ${step}`)
  }
  await expect('220', 'the connection')
  socket.write('EHLO localhost\r\n')
  await expect('250', 'EHLO')
  socket.write('STARTTLS\r\n')
  await expect('220', 'STARTTLS')
}

async function imap(socket: Socket): Promise<void> {
  await readUntil(socket, (bytes) =>
    /^\* (?:OK|PREAUTH).*\r?\n/m.test(bytes.toString('latin1')) ? true : undefined,
  )
  socket.write('a1 STARTTLS\r\n')
  const answer = await readUntil(socket, (bytes) => /^a1 (\w+).*\r?\n/m.exec(bytes.toString('latin1'))?.[1])
  if (answer.toUpperCase() !== 'OK') throw refused(`the IMAP server answered ${answer} to STARTTLS`)
}

async function ldap(socket: Socket): Promise<void> {
  socket.write(LDAP_START_TLS)
  const code = await readUntil(socket, ldapResultCode)
  if (code !== 0) throw refused(`the LDAP server answered result code ${code} to StartTLS`)
}

/** The resultCode of an ExtendedResponse: the ENUMERATED that opens the [APPLICATION 24] value. */
function ldapResultCode(bytes: Buffer): number | undefined {
  if (bytes.length < 2 || bytes.length < 2 + (bytes[1]! & 0x7f)) return undefined
  if (bytes[0] !== 0x30) throw refused('the server does not speak LDAP')
  const response = bytes.indexOf(0x78)
  const result = response < 0 ? -1 : bytes.indexOf(Buffer.from([0x0a, 0x01]), response)
  if (result < 0 || result + 2 >= bytes.length) throw refused('the server does not speak LDAP')
  return bytes[result + 2]
}

async function postgres(socket: Socket): Promise<void> {
  socket.write(POSTGRES_SSL_REQUEST)
  const answer = await readUntil(socket, (bytes) => bytes.toString('latin1', 0, 1) || undefined)
  if (answer !== 'S') throw refused('the PostgreSQL server does not offer TLS')
}

const DIALOGS: Readonly<Record<StarttlsProtocol, (socket: Socket) => Promise<void>>> = {
  smtp,
  imap,
  ldap,
  postgres,
}

/**
 * Talks a plain connection to the point where the TLS handshake may begin
 * (RFC 3207 SMTP, RFC 9051 section 6.2.1 IMAP, RFC 4511 section 4.14 LDAP, PostgreSQL SSLRequest).
 *
 * @throws {CertmanError} `remote.unexpected` when the server refuses or speaks something else
 */
export function startTls(socket: Socket, protocol: StarttlsProtocol): Promise<void> {
  return DIALOGS[protocol](socket)
}
