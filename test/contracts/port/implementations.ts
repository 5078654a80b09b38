import { Secret } from '../../../src/base/secret.ts'
import { DIALECT_NAMES, type DialectName } from '../../../src/dialects/dialect.ts'
import { dialect } from '../../../src/dialects/index.ts'
import { administers, ROLE_CLAIMS, seesOwnOnly, type UserRole } from '../../../src/domain/role.ts'
import { initStore } from '../../../src/operations/init-store.ts'
import { openRemote } from '../../../src/operations/open-remote.ts'
import { openRepository, type OpenRequest } from '../../../src/operations/open-store.ts'
import { memoryRepository } from '../../support/memory-repository.ts'
import type { RemotePlace } from '../../../src/settings/remote-place.ts'
import { describeRecord } from '../../../src/store/describe.ts'
import { guardedStore } from '../../../src/store/guarded-store.ts'
import { localStore } from '../../../src/store/local-store.ts'
import type { Store } from '../../../src/store/store.ts'
import { frozenAmbient } from '../../support/ambient.ts'
import { PASSWORD, servedWorld, type ServedWorld } from '../../support/house-world.ts'
import { temporaryFolder } from '../../support/temporary.ts'
import { stockByImport, stockByRequest, type PortName, type PortWorld, type Stocked } from './world.ts'

/** What is particular about a vendor as a place. */
export interface Vendor {
  readonly place: (world: ServedWorld, user: UserRole, password: string) => Omit<RemotePlace, 'kind' | 'url'>
  /** Below the server's address. */
  readonly path?: string
  readonly stock?: (store: Store, stocked: readonly Stocked[]) => Promise<void>
  /** Fields of a full row that its certificates do not have. */
  readonly absent: readonly string[]
  /** Parts of its abilities that it denies before anything is sent, beside those in its `limits`. */
  readonly denied?: readonly string[]
  /** Notions that it does not have, and why; the scenarios say what happens instead. */
  readonly without?: Readonly<Record<string, string>>
}

const saved = (value: string): Pick<RemotePlace, 'secret'> => ({ secret: { from: 'saved', value } })

/** Certificates stand under their keys. */
const stockWithKeys = (store: Store, stocked: readonly Stocked[]): Promise<void> =>
  stockByImport(
    store,
    stocked.map((each) => ({ ...each, keyed: true })),
  )

export const VENDORS: Readonly<Record<DialectName, Vendor>> = {
  iis: {
    place: ({ apiKeys }, user, password) => saved(password === PASSWORD ? apiKeys[user]! : password),
    absent: [
      'authorityKeyIdentifier',
      'basicConstraints',
      'fingerprint',
      'importedAt',
      'keyId',
      'keyUsage',
      'name',
      'publicKey',
      'selfIssued',
      'serialNumber',
      'signatureAlgorithmOid',
      'source',
      'subjectKeyIdentifier',
      'tags',
    ],
    without: { 'revoked-listed': 'whether a certificate was revoked is not known there' },
  },
  'azure-apim': {
    place: ({ apiKeys, sas }, user, password) =>
      user === 'admin'
        ? { user: sas.id, ...saved(password === PASSWORD ? sas.primary : password) }
        : { auth: 'bearer', ...saved(password === PASSWORD ? apiKeys[user]! : password) },
    absent: [
      'authorityKeyIdentifier',
      'basicConstraints',
      'exportable',
      'extendedKeyUsage',
      'fingerprint',
      'friendlyName',
      'importedAt',
      'issuer',
      'issuerAttributes',
      'keyId',
      'keyUsage',
      'notBefore',
      'publicKey',
      'selfIssued',
      'serialNumber',
      'signatureAlgorithm',
      'signatureAlgorithmOid',
      'source',
      'subjectAltName',
      'subjectKeyIdentifier',
      'tags',
      'version',
    ],
    denied: ['import.keyless', 'import.key'],
    without: { 'revoked-listed': 'whether a certificate was revoked is not known there' },
  },
  keyfactor: {
    place: (_, user, password) => ({ user, ...saved(password) }),
    absent: ['exportable', 'source'],
    denied: ['import.request', 'import.key', 'request.key', 'sign.order', 'sign.authority'],
    without: {
      revision: 'certificates have no version on the wire: the last writer wins',
      'unique-names': 'names are a metadata field, which several certificates may share',
      superseded: 'a certificate that was renewed stays as it was',
    },
  },
  notary: {
    place: (_, user, password) => ({ user, ...saved(password) }),
    stock: stockByRequest,
    absent: ['exportable', 'friendlyName', 'importedAt', 'keyId', 'name', 'source', 'tags'],
    denied: ['request.key', 'sign.order', 'revoke.hold', 'revoke.date'],
    without: {
      revision: 'requests have no version on the wire: the last writer wins',
      reasons: 'rejecting and revoking take no reason',
      'revoked-listed': 'the chain of a revoked request is empty: there is no certificate to list',
    },
  },
  d9tready: {
    place: (_, user, password) => ({ user, ...saved(password) }),
    stock: stockWithKeys,
    absent: ['friendlyName', 'importedAt', 'source', 'tags'],
    denied: ['import.request'],
    without: {
      revision: 'nothing has a version on the wire: the last writer wins',
      'unique-names': 'names are unique among the certificates of one key',
      keyless: 'a certificate stands under its key, and goes with it',
      queue: 'the server makes its requests itself, of keys that it has',
      'revoked-listed': 'whether a certificate was revoked is not known there',
    },
  },
}

/** A world, and its end. */
export interface OpenWorld extends PortWorld {
  /** The server and everything of it, for remote implementations. */
  readonly served?: ServedWorld
  readonly end: () => Promise<void>
}

/** An empty world of an implementation. */
export const openWorld = (name: PortName): Promise<OpenWorld> =>
  isVendor(name) ? remoteWorld(name) : localWorld(name)

/** Whether it is the client of a vendor. */
export const isVendor = (name: PortName): name is DialectName =>
  (DIALECT_NAMES as readonly string[]).includes(name)

/** What opens a store, as the commands do it; nothing ever waits. */
export const openRequest = (): OpenRequest => ({
  reference: undefined,
  settings: { stores: {} },
  ambient: frozenAmbient(),
  cwd: '/',
  dataFolder: '/nowhere',
  lockTimeoutMs: 1000,
  command: 'test',
  notice: () => undefined,
  remote: { platform: 'linux', readStdin: async () => new Uint8Array(), pause: async () => undefined },
})

async function localWorld(name: 'directory' | 'memory'): Promise<OpenWorld> {
  const store = name === 'memory' ? memoryStore() : await directoryStore()
  const { now } = frozenAmbient()
  const as = async (user: UserRole): Promise<Store> =>
    guardedStore(
      store,
      {
        user,
        store: name,
        claims: ROLE_CLAIMS[user],
        ownOnly: seesOwnOnly(user),
        administers: administers(user),
      },
      now,
    )
  return {
    name,
    store,
    backing: store,
    as,
    calls: () => [],
    stock: (...stocked) => stockByImport(store, stocked),
    gives: () => true,
    end: () => store.close(),
  }
}

function memoryStore(): Store {
  const ambient = frozenAmbient()
  const repository = memoryRepository(describeRecord, ambient)
  return localStore(repository, { ambient, kind: 'memory', location: 'memory' })
}

async function directoryStore(): Promise<Store> {
  const path = temporaryFolder('port')
  const request = openRequest()
  const { ambient } = request
  await initStore({ path, cwd: '/', ambient })
  const repository = await openRepository(
    { ...request, reference: path },
    { how: 'path', path, name: 'port' },
  )
  return localStore(repository, { ambient, kind: 'directory', location: path })
}

async function remoteWorld(name: DialectName): Promise<OpenWorld> {
  const vendor = VENDORS[name]
  const served = await servedWorld({ dialects: [name] })
  const open: Store[] = []
  const as = async (user: UserRole, password = PASSWORD): Promise<Store> => {
    const store = await connect(name, served, { user, password })
    open.push(store)
    return store
  }
  const backing = served.store
  return {
    name,
    store: await as('admin'),
    backing,
    as,
    served,
    calls: () => served.arrivals,
    stock: (...stocked) => (vendor.stock ?? stockByImport)(backing, stocked),
    gives: (field) => !vendor.absent.includes(field),
    end: async () => {
      for (const store of open) await store.close()
      await served.close()
    },
  }
}

/** A client of a server of the tests, through the code of the commands; the server is known by its pin. */
export async function connect(
  name: DialectName,
  served: ServedWorld,
  {
    user,
    password,
    url = served.url,
  }: { readonly user: UserRole; readonly password: string; readonly url?: string },
): Promise<Store> {
  const { path = '', place } = VENDORS[name]
  const kind = (await dialect(name)).name
  const whole = { kind, url: `${url}${path}`, pin: served.pin, ...place(served, user, password) }
  return openRemote({ name: 'remote', place: whole }, openRequest())
}

/** A secret of the tests. */
export const secretOf = (text: string): Secret => new Secret(text)
