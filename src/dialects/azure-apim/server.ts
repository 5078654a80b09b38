import type { Answer, Route, RouteTable } from '../../http/exchange.ts'
import type { House } from '../house.ts'
import type { RouteRow } from '../remembered.ts'
import { WhileUnchanged } from '../while-unchanged.ts'
import { withHeaders } from '../with-headers.ts'
import { notFound, WireFault } from './errors.ts'
import { failure, standardHeaders } from './server-answer.ts'
import { deleteCertificate, getCertificate, putCertificate, refreshSecret } from './server-change.ts'
import { atDesk, type Handler } from './server-desk.ts'
import { listCertificates } from './server-list.ts'
import { Turns } from '../turns.ts'
import type { Form } from './wire.ts'

const SERVICE =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ApiManagement/service/{service}'

const PLACES: readonly (readonly [form: Form, base: string])[] = [
  ['classic', ''],
  ['arm', SERVICE],
  ['arm', `${SERVICE}/workspaces/{workspace}`],
]

const ROUTES: readonly RouteRow<Handler>[] = [
  ['GET', '/certificates', listCertificates, 'steady'],
  ['GET', '/certificates/{id}', getCertificate, 'steady'],
  ['PUT', '/certificates/{id}', putCertificate],
  ['DELETE', '/certificates/{id}', deleteCertificate],
]

/** Key vaults came when there was ARM only. */
const REFRESH = ['POST', '/certificates/{id}/refreshSecret', refreshSecret] as const

/** Serves the certificates of Azure API Management: the classic form, and the one of Azure Resource Manager. */
export function azureApimServer(house: House): RouteTable {
  const floor = { house, turns: new Turns(), asked: new WhileUnchanged(house.ambient.now) }
  const routes = PLACES.flatMap(([form, base]) =>
    (form === 'arm' ? [...ROUTES, REFRESH] : ROUTES).map(([method, path, handler, holds]): Route => ({
      method,
      path: `${base}${path}`,
      handle: atDesk(floor, { form, holds }, handler),
    })),
  )
  return {
    routes,
    // resource names of ARM are known without regard to case
    ignoreCase: true,
    prefixes: ['certificates', 'subscriptions'],
    missing: (_call, allow) => withHeaders(missing(allow), standardHeaders(house.ambient)),
    failed: (error) => withHeaders(failure(error), standardHeaders(house.ambient)),
  }
}

function missing(allow: readonly string[]): Answer {
  if (allow.length === 0) return failure(notFound('Resource not found.'))
  const fault = new WireFault(405, 'MethodNotAllowed', 'The requested resource does not support this method.')
  return withHeaders(failure(fault), { Allow: allow.join(', ') })
}
