import type { Json, JsonObject } from '../../base/json.ts'
import type { Answer } from '../../http/exchange.ts'
import { gone, notFound, notInstalled } from './errors.ts'
import { said, traceIdOf } from './server-answer.ts'
import { shelfNamed } from './server-certificates.ts'
import { type Desk, type Shelf, shelvesOf } from './server-desk.ts'
import { membersAsked } from './server-fields.ts'
import { HEADER, STORE_FILTER } from './wire.ts'

const STORES = 'Microsoft.Certificates.Stores'
const ALL = ['name', 'id', 'claims']

const link = (href: string): JsonObject => ({ href })

function storeJson(shelf: Shelf, members: readonly string[], links: JsonObject | undefined): JsonObject {
  const values: Readonly<Record<string, Json>> = {
    name: shelf.served.name,
    id: shelf.id,
    claims: shelf.claims,
  }
  const shown = Object.fromEntries(members.map((member) => [member, values[member]!]))
  return { ...shown, ...(links && { _links: links }) }
}

const selfOf = ({ id }: Shelf): JsonObject => ({ self: link(`/api/certificates/stores/${id}`) })

/** `GET /api/certificates/stores`: claims only when they are asked for. */
export async function listStores(desk: Desk): Promise<Answer> {
  const members = membersAsked(desk.call, ALL, { standard: ['name', 'id'], emptyIsNone: false })
  const stores = shelvesOf(desk).map((shelf) =>
    storeJson(shelf, members, desk.hal ? selfOf(shelf) : undefined),
  )
  const headers = { [HEADER.total]: String(stores.length) }
  return said({ name: STORES, hal: false }, { stores }, { headers })
}

/** `GET /api/certificates/stores/{id}`; needs no claim. */
export async function getStore(desk: Desk): Promise<Answer> {
  const { call, seal, hal, house } = desk
  const name = seal.open('Certificates.Store', call.params['id'] ?? '')
  if (name === undefined) throw notFound()
  const shelf = shelfNamed(desk, name)
  if (!shelf) throw gone(traceIdOf(house.ambient))
  const members = membersAsked(call, ALL, { standard: ALL, emptyIsNone: true })
  const certificates = link(`/api/certificates?${STORE_FILTER}=${shelf.id}`)
  const links = hal ? { certificates, ...selfOf(shelf) } : undefined
  return said({ name: STORES, hal }, storeJson(shelf, members, links))
}

/** `GET /api`: where everything is. Only what is served has a link. */
export async function root({ house, hal }: Desk): Promise<Answer> {
  const links = {
    access_token: link('/api/access-token'),
    certificates: link('/api/certificates'),
    webserver: link('/api/webserver'),
  }
  const host_name = house.options['iis.host-name'] ?? 'IIS Administration API'
  return said({ name: 'Microsoft.WebServer.Api', hal }, { host_name, ...(hal && { _links: links }) })
}

/** `GET /api/webserver`: what IIS WebManager needs before it shows certificates. */
export async function webServer({ seal, hal }: Desk): Promise<Answer> {
  const id = seal.close('WebServer', 'webserver')
  const links = { self: link('/api/webserver') }
  return said({ name: 'Microsoft.WebServer', hal }, { id, ...(hal && { _links: links }) })
}

/** Central certificates are a feature of Windows that is not there. */
export async function centralCertificates(_desk: Desk): Promise<Answer> {
  throw notInstalled('IIS Central Certificate Store')
}
