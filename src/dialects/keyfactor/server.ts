import type { Answer, Call, RouteTable } from '../../http/exchange.ts'
import type { House } from '../house.ts'
import { Numbers } from '../numbers.ts'
import { WhileUnchanged } from '../while-unchanged.ts'
import { withHeaders } from '../with-headers.ts'
import { notFound, WIRE_CODES, WireFault } from './errors.ts'
import { failure, standardHeaders } from './server-answer.ts'
import { atDesk, type ApiRoute } from './server-desk.ts'
import { isOpenToConfined } from './server-confined.ts'
import { Contents } from './server-contents.ts'
import { REFUSED_ROUTES } from './server-refusals.ts'
import { API_ROUTES } from './server-routes.ts'
import { endpoints, token } from './server-status.ts'

/** The path that installers propose, and the one of a real installation. `keyfactor.path` adds another. */
const PATHS = ['/KeyfactorAPI', '/Keyfactor/API']

/** Of one store: 16 stores fit into the non-negative half of an Int32. */
const NUMBER_BITS = 27

/** The controllers of certificates and enrollment speak two versions. */
const versionsOf = (path: string): string =>
  /^\/(?:Certificates|Enrollment)(?:\/|$)/.test(path) ? '1.0, 2' : '1.0'

/** Serves the API of Keyfactor Command. */
export function keyfactorServer(house: House): RouteTable {
  const asked = new WhileUnchanged(house.ambient.now)
  const shared = { house, numbers: new Numbers(NUMBER_BITS), contents: new Contents(), asked }
  const extra = house.options['keyfactor.path']?.replace(/^\/*|\/+$/g, '')
  const paths = extra === undefined || extra === '' ? PATHS : [...PATHS, `/${extra}`]
  const status = ['GET', '/Status/Endpoints', endpoints(API_ROUTES)] as const
  const table: readonly ApiRoute[] = [...API_ROUTES, ...REFUSED_ROUTES, status]
  const routes = paths.flatMap((base) => [
    ...table.map(([method, path, handler, holds]) => ({
      method,
      path: `${base}${path}`,
      handle: atDesk(shared, handler, {
        versions: versionsOf(path),
        holds,
        isOpen: isOpenToConfined(method, path),
      }),
    })),
    { method: 'POST', path: `${base}/oauth2/token`, handle: (call: Call) => token(house, call) },
  ])
  return {
    routes,
    ignoreCase: true,
    prefixes: [...new Set(paths.map((path) => path.split('/')[1]!))],
    missing: (_call, allow) => withHeaders(missing(allow), standardHeaders(house.ambient)),
    failed: (error) => withHeaders(failure(error), standardHeaders(house.ambient)),
  }
}

function missing(allow: readonly string[]): Answer {
  if (allow.length === 0) return failure(notFound('No resource was found that matches the request URI.'))
  const words = 'The requested resource does not support this method.'
  return withHeaders(failure(new WireFault(405, WIRE_CODES.general, words)), { Allow: allow.join(', ') })
}
