import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { servedWorld, type ServedWorld, type WantedWorld } from '../../support/house-world.ts'
import { makeCertificate } from '../../support/make-certificates.ts'
import { pemOf } from '../../support/tls-world.ts'
import { rawCall, type RawCall, type RawReply } from './connect.ts'

/** The documented subject. */
const SUBJECT = {
  common_name: 'demo.d9tready.com',
  organization_name: 'D9T GmbH',
  organization_unit: 'IT',
  locality: 'Ulm',
  state_province: 'BW',
  country_code: 'DE',
  email: 'oliver.roch@d9t.de',
}
/** The documented payload, but for the certificate. */
export const CERT = { name: 'MyCert', ...SUBJECT }
/** A key pair in PEM. */
export const EC = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

/** A server of a test and its callers; `start` comes first. */
export interface Served {
  readonly world: ServedWorld
  start(more?: Partial<WantedWorld>): Promise<void>
  /** A call below `/rest`. */
  call(path: string, more?: Partial<RawCall>): Promise<RawReply>
  post(path: string, body: unknown, more?: Partial<RawCall>): Promise<RawReply>
  /** Path below `/rest` of what a `Location` names. */
  placeOf(reply: RawReply): string
  madeKey(name?: string, more?: object): Promise<string>
  madeCertificate(key: string, more?: object): Promise<string>
  /** PEM of a certificate that an outside CA issued for a key at the server. */
  issuedFor(key: string, cn: string, more?: object): Promise<string>
}

/** Makes one. */
export function served(): Served {
  let world: ServedWorld
  const call = (path: string, more: Partial<RawCall> = {}): Promise<RawReply> =>
    rawCall(world, { path: `/rest${path}`, ...more })
  const post = (path: string, body: unknown, more: Partial<RawCall> = {}): Promise<RawReply> =>
    call(path, { method: 'POST', body, ...more })
  const start = async (more: Partial<WantedWorld> = {}): Promise<void> => {
    world = await servedWorld({
      dialects: ['d9tready'],
      options: { 'd9tready.key-type': 'ec-p256' },
      ...more,
    })
  }
  const placeOf = (reply: RawReply): string =>
    String(reply.headers['location']).slice(`${world.url}/rest`.length)
  const madeKey = async (name = 'My Key', more: object = {}): Promise<string> =>
    placeOf(await post('/privatekeys', { name, ...more }))
  const madeCertificate = async (key: string, more: object = {}): Promise<string> =>
    placeOf(await post(`${key}/certificates`, { ...CERT, ...more }))

  /** A test certificate for a PEM key that is at the server. */
  async function issuedFor(key: string, cn: string, more: object = {}): Promise<string> {
    const { json } = await call(key)
    const privateKey = createPrivateKey(json.key)
    const spki = new Uint8Array(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }))
    const own = { ...makeCertificate({ cn: 'unused' }), key: privateKey, spki }
    const ca = makeCertificate({ cn: 'Outside CA', ca: true })
    return pemOf(makeCertificate({ cn, issuer: ca, key: own, ...more })) + ('chain' in more ? pemOf(ca) : '')
  }
  return {
    get world() {
      return world
    },
    start,
    call,
    post,
    placeOf,
    madeKey,
    madeCertificate,
    issuedFor,
  }
}
