import { Secret } from '../../src/base/secret.ts'
import type { Ambient } from '../../src/base/ambient.ts'
import { hashPassword } from '../../src/crypto/password-hash.ts'
import type { DialectName } from '../../src/dialects/dialect.ts'
import type { House } from '../../src/dialects/house.ts'
import { dialect } from '../../src/dialects/index.ts'
import type { UserRole } from '../../src/domain/role.ts'
import type { RouteTable } from '../../src/http/exchange.ts'
import { serveRoutes } from '../../src/http/serve.ts'
import type { Limits, NamedTable } from '../../src/http/serve-options.ts'
import { initStore } from '../../src/operations/init-store.ts'
import { openRepository } from '../../src/operations/open-store.ts'
import type { ServedPlace } from '../../src/operations/serve/access.ts'
import { makeApiKey, makeSharedKey } from '../../src/operations/serve/api-tokens.ts'
import { discreetStore } from '../../src/operations/serve/discreet-store.ts'
import { makeHouse } from '../../src/operations/serve/house.ts'
import { publicRoutes } from '../../src/operations/serve/public-routes.ts'
import { memoryRepository } from './memory-repository.ts'
import type { Repository } from '../../src/repository/repository.ts'
import {
  emptyUserList,
  memoryUserBook,
  type UserBook,
  type UserRecord,
} from '../../src/settings/user-records.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { localStore } from '../../src/store/local-store.ts'
import { withServerOrders } from '../../src/store/served-orders.ts'
import type { Store } from '../../src/store/store.ts'
import { writePem } from '../../src/formats/pem.ts'
import { frozenAmbient } from './ambient.ts'
import { makeCertificate } from './make-certificates.ts'
import { temporaryFolder } from './temporary.ts'
import { countedTable } from './counted-table.ts'

/** The password of every user of a served world. */
export const PASSWORD = 'Passw0rd!x'

/** What a test wants to have served. */
export interface WantedWorld {
  /** Vendors by name, or routing tables made over the house. */
  readonly dialects: readonly (DialectName | ((house: House) => RouteTable))[]
  /** Names of the stores and what stands under each; default: one memory store called `pki`. */
  readonly stores?: Readonly<Record<string, 'memory' | 'directory' | Store>>
  /** `--set key=value`. */
  readonly options?: Readonly<Record<string, string>>
  /** Default: stands still at 2026-03-01T12:00:00Z. */
  readonly ambient?: Ambient
  /** Of the authorities' keys. */
  readonly authorityPassword?: string
  readonly publicUrl?: string
  readonly limits?: Partial<Limits>
  /** Further users, beside admin, manager, requestor and reader. */
  readonly users?: readonly Omit<UserRecord, 'number' | 'apiKeys' | 'createdAt' | 'password'>[]
}

/** A server on a real TLS socket, and everything behind it. */
export interface ServedWorld {
  /** `https://127.0.0.1:PORT` */
  readonly url: string
  /** PEM of the CA that issued the server's certificate. */
  readonly ca: string
  /** SHA-256 of the server's certificate, for pinning. */
  readonly pin: string
  /** By name: `admin`, `manager`, `requestor`, `reader`; their password is `PASSWORD`. */
  readonly users: Readonly<Record<string, UserRecord>>
  /** API key tokens by user name. */
  readonly apiKeys: Readonly<Record<string, string>>
  /** The shared access key of the admin: id `integration`. */
  readonly sas: { readonly id: string; readonly primary: string; readonly secondary: string }
  readonly house: House
  readonly book: UserBook
  /** The first store, unguarded; and all by name. */
  readonly store: Store
  readonly stores: Readonly<Record<string, Store>>
  /** Under the stores that the world made. */
  readonly repositories: Readonly<Record<string, Repository>>
  /** Method and path of each request that reached a dialect, as it arrived. */
  readonly arrivals: readonly string[]
  /** Lines of the access log so far. */
  readonly accessLog: readonly string[]
  /** Lines that the house logged so far. */
  readonly houseLog: readonly string[]
  close(): Promise<void>
}

/** Starts a server over fresh stores. Close it in `afterEach` or `afterAll`. */
export async function servedWorld(wanted: WantedWorld): Promise<ServedWorld> {
  const ambient = wanted.ambient ?? frozenAmbient()
  const behind = await makeStores(wanted, ambient)
  const people = await makeUsers(wanted, ambient)
  const [accessLog, houseLog, arrivals]: [string[], string[], string[]] = [[], [], []]
  const house = makeHouse({
    book: people.book,
    places: behind.places,
    ambient,
    version: '0.0.0-test',
    options: wanted.options ?? {},
    log: (line) => houseLog.push(line),
    cost: CHEAP,
  })
  const dialects = (await tablesOf(wanted, house)).map((each) => ({
    ...each,
    table: countedTable(each.table, (line) => arrivals.push(line)),
  }))
  const tables = [...dialects, publicRoutes({ crls: house.crls, ambient })]
  const tls = serverCertificate()
  const served = await serveRoutes({
    tables,
    listen: { host: '127.0.0.1', port: 0 },
    tls: () => tls,
    log: (line) => accessLog.push(line),
    ambient,
    ...(wanted.limits && { limits: wanted.limits }),
    ...(wanted.publicUrl !== undefined && { publicUrl: wanted.publicUrl }),
  })
  return {
    ...people,
    url: served.url,
    ca: tls.ca,
    pin: tls.pin,
    house,
    arrivals,
    accessLog,
    houseLog,
    store: Object.values(behind.stores)[0]!,
    stores: behind.stores,
    repositories: behind.repositories,
    close: async () => {
      await served.stop(0)
      for (const store of Object.values(behind.stores)) await store.close()
    },
  }
}

/** Tests are not about scrypt. */
const CHEAP = { logN: 10, p: 1 }

async function tablesOf({ dialects }: WantedWorld, house: House): Promise<NamedTable[]> {
  return Promise.all(
    dialects.map(async (each) =>
      typeof each === 'function'
        ? { dialect: 'test', table: each(house) }
        : { dialect: each, table: (await (await dialect(each)).server())(house) },
    ),
  )
}

interface Behind {
  readonly stores: Record<string, Store>
  readonly repositories: Record<string, Repository>
  readonly places: ServedPlace[]
}

async function makeStores(wanted: WantedWorld, ambient: Ambient): Promise<Behind> {
  const behind: Behind = { stores: {}, repositories: {}, places: [] }
  for (const [name, kind] of Object.entries(wanted.stores ?? { pki: 'memory' })) {
    const store = typeof kind === 'string' ? await makeStore(name, kind, { behind, ambient }) : kind
    behind.stores[name] = store
    const { id, claims } = await store.info()
    const password = wanted.authorityPassword === undefined ? undefined : new Secret(wanted.authorityPassword)
    const crlBase = wanted.publicUrl === undefined ? undefined : `${wanted.publicUrl}/crl`
    const number = behind.places.length + 1
    const discreet = discreetStore(store, name, () => undefined)
    const served = withServerOrders(discreet, { password, crlBase })
    behind.places.push({ name, number, id: id ?? `store-${number}`, claims, store: served })
  }
  return behind
}

async function makeStore(
  name: string,
  kind: 'memory' | 'directory',
  { behind, ambient }: { readonly behind: Behind; readonly ambient: Ambient },
): Promise<Store> {
  if (kind === 'memory') {
    const repository = memoryRepository(describeRecord, ambient)
    behind.repositories[name] = repository
    return localStore(repository, { ambient, kind, location: 'memory' })
  }
  const path = temporaryFolder('served')
  await initStore({ path, cwd: '/', ambient, name })
  const world = { reference: path, settings: { stores: {} }, cwd: '/', dataFolder: '/nowhere', ambient }
  const request = { ...world, lockTimeoutMs: 1000, command: 'test', notice: () => undefined }
  const repository = await openRepository(request, { how: 'path', path, name })
  behind.repositories[name] = repository
  return localStore(repository, { ambient, kind, location: path })
}

type People = Pick<ServedWorld, 'book' | 'users' | 'apiKeys' | 'sas'>

async function makeUsers({ users: more = [] }: WantedWorld, ambient: Ambient): Promise<People> {
  const roles: readonly UserRole[] = ['admin', 'manager', 'requestor', 'reader']
  const password = await hashPassword(Buffer.from(PASSWORD), new Uint8Array(16), CHEAP)
  const now = ambient.now()
  const sas = makeSharedKey('integration', ambient.random)
  const apiKeys: Record<string, string> = {}
  const wanted = [...roles.map((role) => ({ name: role, role })), ...more]
  const users = wanted.map((user, at): UserRecord => {
    const key = makeApiKey({ purpose: 'tests', expiresAt: null }, { random: ambient.random, now })
    apiKeys[user.name] = key.token
    const createdAt = now.toISOString()
    const shared = user.name === 'admin' ? { sharedKey: sas } : {}
    return { ...user, number: at + 1, password, apiKeys: [key.record], createdAt, ...shared }
  })
  const list = { ...emptyUserList(ambient.random(16)), users, nextNumber: users.length + 1 }
  const named = Object.fromEntries(users.map((user) => [user.name, user]))
  return { book: memoryUserBook(list), users: named, apiKeys, sas }
}

interface TestTls {
  readonly certificates: string
  readonly key: string
  readonly ca: string
  readonly pin: string
}

let made: TestTls | undefined

/** One for all worlds of a test file. */
function serverCertificate(): TestTls {
  if (made) return made
  const validity = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2049-01-01T00:00:00Z' }
  const root = makeCertificate({ cn: 'Test server root', ca: true, ...validity })
  const leaf = makeCertificate({
    cn: 'localhost',
    issuer: root,
    dns: ['localhost'],
    ip: ['127.0.0.1'],
    ...validity,
  })
  const key = leaf.pkcs8.use((bytes) => writePem('PRIVATE KEY', bytes))
  made = {
    certificates: writePem('CERTIFICATE', leaf.der),
    key,
    ca: writePem('CERTIFICATE', root.der),
    pin: leaf.fingerprint,
  }
  return made
}
