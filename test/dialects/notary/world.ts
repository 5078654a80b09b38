import { generateKeyPairSync } from 'node:crypto'
import { Secret } from '../../../src/base/secret.ts'
import { openSigner } from '../../../src/crypto/signer.ts'
import { writePem } from '../../../src/formats/pem.ts'
import type { Store } from '../../../src/store/store.ts'
import { parseNameText } from '../../../src/x509/name-text.ts'
import { parseGeneralName } from '../../../src/x509/general-name-text.ts'
import { writeCsr } from '../../../src/x509/write-csr.ts'
import { subjectAltName } from '../../../src/x509/write-extensions.ts'
import { PASSWORD, servedWorld, type ServedWorld, type WantedWorld } from '../../support/house-world.ts'
import { sendRaw, type RawCall as AnyCall, type RawReply, type RawServer } from '../../support/raw-call.ts'

export type { RawReply } from '../../support/raw-call.ts'

/** One call as the vendor's clients make it: operation and path stand beside it. */
export type RawCall = Omit<AnyCall, 'method' | 'path'>

/** Calls a server of a test over TLS; no content type, as the vendor's own pages do it. @param operation `GET /status` */
export function raw(server: RawServer, operation: string, call: RawCall = {}): Promise<RawReply> {
  const [method = 'GET', path = ''] = operation.split(' ')
  return sendRaw(server, { method, path, ...call })
}

/** A caller with a session. */
export type Caller = (operation: string, call?: RawCall) => Promise<RawReply>

/** Logs in. @returns the session's cookie */
export async function sessionOf(server: RawServer, email = 'admin', password = PASSWORD): Promise<string> {
  const { headers } = await raw(server, 'POST /login', { body: { email, password } })
  return String(headers['set-cookie']?.[0]).split(';', 1)[0]!
}

/** Logs in; calls below `/api/v1` with the cookie. */
export async function loggedIn(server: RawServer, email = 'admin', password = PASSWORD): Promise<Caller> {
  const cookie = await sessionOf(server, email, password)
  return (operation, call = {}) => {
    const [method, path] = operation.split(' ')
    return raw(server, `${method} /api/v1${path}`, { ...call, headers: { cookie, ...call.headers } })
  }
}

/** The same with a bearer token alone, as clients of 2025 called. */
export async function bearing(server: RawServer, email = 'admin'): Promise<Caller> {
  const { headers } = await raw(server, 'POST /login', { body: { email, password: PASSWORD } })
  const token = /user_token=([^;]+)/.exec(String(headers['set-cookie']?.[0]))![1]!
  return (operation, call = {}) => {
    const [method, path] = operation.split(' ')
    const authorization = `Bearer ${token}`
    return raw(server, `${method} /api/v1${path}`, { ...call, headers: { authorization, ...call.headers } })
  }
}

let rsa: Secret | undefined

/** One key for all requests of a test file: making RSA keys takes long. */
function rsaKey(): Secret {
  if (rsa) return rsa
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  rsa = new Secret(new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' })))
  return rsa
}

/** DER of a new request with an RSA key, as Notary wants it. */
export const madeCsr = (cn: string): Uint8Array =>
  writeCsr({
    subject: parseNameText(`CN=${cn},O=Example`),
    extensions: [subjectAltName([parseGeneralName(`dns:${cn}`)])],
    signer: openSigner(rsaKey()),
  })

/** The same as PEM. */
export const madePem = (cn: string): string => writePem('CERTIFICATE REQUEST', madeCsr(cn))

/** A server over a store with an authority called `root`, whose id is 1. */
export async function notaryWorld(wanted: Partial<WantedWorld> = {}): Promise<ServedWorld> {
  const options = { 'notary.key-type': 'ec-p256', ...wanted.options }
  const world = await servedWorld({ dialects: ['notary'], ...wanted, options })
  if (wanted.stores === undefined) await addRoot(world.store)
  return world
}

/** Makes the authority `root`. */
export async function addRoot(store: Store): Promise<void> {
  await store.createAuthority({
    name: 'root',
    subject: parseNameText('CN=Example Root,O=Example'),
    keyType: 'ec-p256',
    days: 3650,
    protection: { noPassword: true, insecure: true },
  })
}
