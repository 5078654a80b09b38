import type { Answer, Call, Route, RouteTable } from '../../http/exchange.ts'
import type { House } from '../house.ts'
import type { RouteRow } from '../remembered.ts'
import { WhileUnchanged } from '../while-unchanged.ts'
import { noRoute, wireFaultOf } from './errors.ts'
import { Seal } from './seal.ts'
import { faultAnswer } from './server-answer.ts'
import { countCertificates, getCertificate, listCertificates } from './server-certificates.ts'
import { corsOf, isBelowApi, optionsAnswer, withCors } from './server-cors.ts'
import { type Floor, type Handler, withPassword, withToken } from './server-desk.ts'
import * as keys from './server-keys.ts'
import { centralCertificates, getStore, listStores, root, webServer } from './server-places.ts'

type ApiRoute = RouteRow<Handler>

const CENTRAL = '/api/webserver/centralized-certificates'

const TOKEN_ROUTES: readonly ApiRoute[] = [
  ['GET', '/api', root],
  ['GET', '/api/access-token', keys.showToken],
  ['POST', '/api/access-token', keys.renewToken],
  ['HEAD', '/api/certificates', countCertificates, 'steady'],
  ['GET', '/api/certificates', listCertificates, 'steady'],
  ['GET', '/api/certificates/stores', listStores],
  ['GET', '/api/certificates/stores/{id}', getStore],
  ['GET', '/api/certificates/{id}', getCertificate, 'steady'],
  ['GET', '/api/webserver', webServer],
  ...['GET', 'POST', 'PATCH', 'DELETE'].flatMap((method): ApiRoute[] => [
    [method, CENTRAL, centralCertificates],
    [method, `${CENTRAL}/{id}`, centralCertificates],
  ]),
]

const PASSWORD_ROUTES: readonly ApiRoute[] = [
  ['GET', '/security/api-keys', keys.listKeys],
  ['POST', '/security/api-keys', keys.createKey],
  ['GET', '/security/api-keys/{id}', keys.getKey],
  ['PATCH', '/security/api-keys/{id}', keys.editKey],
  ['DELETE', '/security/api-keys/{id}', keys.deleteKey],
  ['GET', '/security/access-tokens', keys.tokenPage],
  ['POST', '/security/access-tokens', keys.renewKey],
]

/** Serves the certificates of the IIS Administration API, and the keys that its clients need. */
export function iisServer(house: House): RouteTable {
  const cors = corsOf(house.options)
  const asked = new WhileUnchanged(house.ambient.now)
  const floor: Floor = { house, seal: new Seal(house.hostKey), cors, asked }
  const routes: readonly Route[] = [
    ...TOKEN_ROUTES.map(([method, path, handler, holds]) => ({
      method,
      path,
      handle: withToken(floor, handler, holds),
    })),
    ...PASSWORD_ROUTES.map(([method, path, handler]) => ({
      method,
      path,
      handle: withPassword(floor, handler),
    })),
    { method: 'GET', path: '/ping', handle: async () => page() },
  ]
  // a key is asked for before anything is looked for
  const nowhere = withToken(floor, async () => faultAnswer(noRoute()))
  return {
    routes,
    ignoreCase: true,
    prefixes: ['api', 'security', 'ping'],
    missing: (call) => {
      if (call.method === 'OPTIONS') return optionsAnswer(cors, call)
      return isBelowApi(call) ? nowhere(call) : faultAnswer(noRoute())
    },
    failed: (error, call) => withCors(cors, call, failure(house, error, call)),
  }
}

/** Browsers are sent there to be asked for certificates and passwords. */
const page = (): Answer => ({
  status: 200,
  headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' },
  body: '',
})

function failure({ log }: House, error: unknown, { method, path }: Call): Answer {
  const fault = wireFaultOf(error)
  if (fault.status === 500)
    log(`iis: ${method} ${path} failed: ${error instanceof Error ? error.name : typeof error}`)
  return faultAnswer(fault)
}
