import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Store } from '../../../src/store/store.ts'
import { inRepository } from '../../support/built.ts'
import { makeCertificate, type TestCertificate } from '../../support/make-certificates.ts'
import {
  basicText,
  jsonType,
  sendRaw,
  type RawCall as AnyCall,
  type RawReply,
} from '../../support/raw-call.ts'
import { servedWorld, type ServedWorld, type WantedWorld } from '../../support/house-world.ts'

export type { RawReply } from '../../support/raw-call.ts'

/** One call as an old client makes it. */
export interface RawCall extends AnyCall {
  /** Whose API key goes along; default: admin; `null`: none. */
  readonly user?: string | null
  /** Without links. */
  readonly plain?: boolean
}

/** Calls a server of a test over TLS. */
export function rawCall(
  world: Pick<ServedWorld, 'url' | 'ca' | 'apiKeys'>,
  call: RawCall,
): Promise<RawReply> {
  const { user = 'admin', plain = false } = call
  const headers = {
    ...(user !== null && { 'Access-Token': `Bearer ${world.apiKeys[user]}` }),
    Accept: plain ? 'application/json' : 'application/hal+json',
    ...jsonType(call),
    ...call.headers,
  }
  return sendRaw(world, { ...call, headers })
}

/** An Authorization header of a user of a served world. */
export const basic = (user: string, password?: string): Record<string, string> => ({
  Authorization: basicText(user, password),
})

/** What the stores of a stocked world hold. */
export interface Stocked extends ServedWorld {
  readonly root: TestCertificate
  readonly web: TestCertificate
  readonly old: TestCertificate
  readonly call: (path: string, more?: Omit<RawCall, 'path'>) => Promise<RawReply>
}

const VALID = { notBefore: '2026-01-01T00:00:00Z', notAfter: '2027-01-01T00:00:00Z' }
const source = { how: 'imported' } as const

/** A certificate that never changes, for answers that are compared byte by byte. */
const intranet = (): Uint8Array =>
  new Uint8Array(new X509Certificate(readFileSync(inRepository('fixtures/keys/web.pem'))).raw)

/**
 * Two stores: `My` has a root, a server certificate with its key, and one of a fixture; `WebHosting` one that is expired.
 */
export async function stockedWorld(wanted: Partial<WantedWorld> = {}): Promise<Stocked> {
  const stores = { My: 'memory', WebHosting: 'memory' } as const
  const world = await servedWorld({ dialects: ['iis'], stores, ...wanted })
  const root = makeCertificate({ cn: 'Root', ca: true, ...VALID })
  const names = { dns: ['web.example', '*.web.example'], ip: ['192.0.2.7'] }
  const web = makeCertificate({ cn: 'web.example', issuer: root, ...names, ...VALID })
  const old = makeCertificate({
    cn: 'old, "example"',
    notBefore: '2018-02-28T14:32:33Z',
    notAfter: '2019-02-28T14:32:33Z',
  })
  await world.stores['My']!.import({
    certificates: [
      { der: root.der, source, name: 'the root' },
      { der: web.der, source, name: 'web', friendlyName: 'Web server' },
      { der: intranet(), source, friendlyName: 'Intranet' },
    ],
    keys: [{ pkcs8: web.pkcs8, encrypted: false, spki: web.spki, source }],
  })
  const second: Store | undefined = world.stores['WebHosting']
  await second?.import({ certificates: [{ der: old.der, source }], keys: [] })
  return { ...world, root, web, old, call: (path, more = {}) => rawCall(world, { path, ...more }) }
}
