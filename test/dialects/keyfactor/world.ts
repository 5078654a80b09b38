import https from 'node:https'
import type { Store } from '../../../src/store/store.ts'
import { parseNameText } from '../../../src/x509/name-text.ts'
import { makeCertificate, type TestCertificate } from '../../support/make-certificates.ts'
import {
  basicText,
  jsonType,
  sendRaw,
  type RawCall as AnyCall,
  type RawReply,
  type RawServer,
} from '../../support/raw-call.ts'
import { servedWorld, type ServedWorld, type WantedWorld } from '../../support/house-world.ts'

export { basicText as basic } from '../../support/raw-call.ts'
export type { RawReply } from '../../support/raw-call.ts'

/** One call as an old client makes it. */
export interface RawCall extends AnyCall {
  /** Default: admin; `null`: no credential. */
  readonly user?: string | null
}

/** With a handshake for each call, strange input alone would take twenty seconds. */
const AGENT = new https.Agent({ keepAlive: true })

/** Calls a server of a test over TLS. */
export function rawCall({ url, ca }: RawServer, call: RawCall): Promise<RawReply> {
  const { user = 'admin' } = call
  const headers = {
    ...(user !== null && { authorization: basicText(user) }),
    'x-keyfactor-requested-with': 'APIClient',
    ...jsonType(call),
    ...call.headers,
  }
  return sendRaw({ url, ca, agent: AGENT }, { ...call, headers })
}

type Calling = (path: string, more?: Partial<RawCall>) => Promise<RawReply>

/** Calls below the API's path, of the world that stands at the moment. */
export function callsTo(world: () => RawServer): {
  readonly call: Calling
  readonly post: (path: string, body: unknown, more?: Partial<RawCall>) => Promise<RawReply>
} {
  const call: Calling = (path, more = {}) => rawCall(world(), { path: `/KeyfactorAPI${path}`, ...more })
  return { call, post: (path, body, more = {}) => call(path, { method: 'POST', body, ...more }) }
}

/** Certificates of a served world: a root, a leaf with its key, one that is expired, one that is revoked. */
export interface Stocked extends ServedWorld {
  readonly root: TestCertificate
  readonly web: TestCertificate
}

const VALID = { notBefore: '2026-01-01T00:00:00Z', notAfter: '2027-01-01T00:00:00Z' }
const source = { how: 'imported' } as const

/** A server with an authority `root` in the store and a few certificates. Ids: 1 Root, 2 web, 3 old, 4 gone. */
export async function stockedWorld(wanted: Partial<WantedWorld> = {}): Promise<Stocked> {
  const world = await servedWorld({ dialects: ['keyfactor'], ...wanted })
  return { ...world, ...(await stock(world.store)) }
}

/** Fills a store. */
export async function stock(store: Store): Promise<{ root: TestCertificate; web: TestCertificate }> {
  const root = makeCertificate({ cn: 'Root', ca: true, ...VALID })
  const web = makeCertificate({
    cn: 'web.example',
    issuer: root,
    serial: 0x0a1b,
    dns: ['web.example'],
    ...VALID,
  })
  const old = makeCertificate({
    cn: 'old.example',
    issuer: root,
    notBefore: '2020-01-01T00:00:00Z',
    notAfter: '2021-01-01T00:00:00Z',
  })
  const gone = makeCertificate({ cn: 'gone.example', issuer: root, ...VALID })
  await store.import({
    certificates: [
      { der: root.der, source, name: 'the root' },
      { der: web.der, source, name: 'web', friendlyName: 'Web server', tags: ['prod'] },
      { der: old.der, source },
    ],
    keys: [{ pkcs8: web.pkcs8, encrypted: false, spki: web.spki, source }],
  })
  await store.importAuthority({
    name: 'root',
    certificate: root.der,
    key: { pkcs8: root.pkcs8, encrypted: false, spki: root.spki, source },
    insecure: true,
    issued: [{ der: gone.der, revocation: { date: '2026-02-01T00:00:00Z', reason: 'keyCompromise' } }],
    source,
  })
  return { root, web }
}

/** A request of openssl's making would do as well; this one needs no tool. */
export async function madeCsr(cn: string): Promise<Uint8Array> {
  const { generateKey } = await import('../../../src/crypto/generate-key.ts')
  const { openSigner } = await import('../../../src/crypto/signer.ts')
  const { writeCsr } = await import('../../../src/x509/write-csr.ts')
  const { subjectAltName } = await import('../../../src/x509/write-extensions.ts')
  const { parseGeneralName } = await import('../../../src/x509/general-name-text.ts')
  const { pkcs8 } = await generateKey('ec-p256')
  return writeCsr({
    subject: parseNameText(`CN=${cn},O=Example`),
    extensions: [subjectAltName([parseGeneralName(`dns:${cn}`)])],
    signer: openSigner(pkcs8),
  })
}
