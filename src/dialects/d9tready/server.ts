import type { Answer, Call, RouteTable } from '../../http/exchange.ts'
import type { House } from '../house.ts'
import type { RouteRow } from '../remembered.ts'
import { Turns } from '../turns.ts'
import { withHeaders } from '../with-headers.ts'
import { notFound, WireFault } from './errors.ts'
import * as certificates from './server-certificates.ts'
import * as changes from './server-changes.ts'
import { atDesk, failure, type Desk } from './server-desk.ts'
import * as keys from './server-keys.ts'
import { readOptions, type ServerOptions } from './server-options.ts'
import { ROOT } from './wire.ts'

type OptionHandler = (desk: Desk, options: ServerOptions) => Promise<Answer>

const KEY = '/privatekeys/{key}'
const CERTIFICATE = `${KEY}/certificates/{id}`

/** Every operation below the root. */
const API: readonly RouteRow<OptionHandler>[] = [
  ['GET', '', keys.root],
  ['GET', '/privatekeys', keys.listKeys, 'steady'],
  ['POST', '/privatekeys', keys.createKey],
  ['GET', KEY, keys.showKey],
  ['DELETE', KEY, keys.deleteKey],
  ['GET', `${KEY}/certificates`, certificates.listOfKey, 'steady'],
  ['POST', `${KEY}/certificates`, changes.create],
  ['GET', CERTIFICATE, certificates.show, 'steady'],
  ['PUT', CERTIFICATE, changes.update],
  ['DELETE', CERTIFICATE, changes.remove],
  ['GET', `${CERTIFICATE}/csr`, certificates.showRequest],
  ['GET', '/certificates', certificates.listAll, 'steady'],
]

/** Serves keys and certificates as d9tready does. */
export function d9treadyServer(house: House): RouteTable {
  const options = readOptions(house)
  const turns = new Turns()
  const inTurn: Desk['inTurn'] = (change) => turns.take('all', change)
  return {
    routes: API.map(([method, path, handler, holds]) => ({
      method,
      path: `${ROOT}${path}`,
      handle: atDesk({ house, inTurn }, (desk) => handler(desk, options), holds),
    })),
    ignoreCase: false,
    prefixes: [ROOT],
    missing: (_call: Call, allow) => missing(allow),
    failed: (error) => failure(error),
  }
}

function missing(allow: readonly string[]): Answer {
  if (allow.length === 0) return failure(notFound('resource'))
  const fault = new WireFault(405, 'This resource does not have this method.')
  return withHeaders(failure(fault), { Allow: allow.join(', ') })
}
