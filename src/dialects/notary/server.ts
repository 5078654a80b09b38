import type { Answer, Call, Route, RouteTable } from '../../http/exchange.ts'
import type { House } from '../house.ts'
import { Numbers } from '../numbers.ts'
import { WhileUnchanged } from '../while-unchanged.ts'
import { missing, WireFault } from './errors.ts'
import { ACCOUNT_ROUTES, createAccount } from './server-accounts.ts'
import { eraOf, failure, found, plain } from './server-answer.ts'
import { deleteAuthority, listAuthorities, showAuthority, updateAuthority } from './server-authorities.ts'
import { createAuthority, signAuthority, uploadCertificate } from './server-authority-making.ts'
import { crl } from './server-crl.ts'
import { atDesk, type ApiRoute, type Counter, type Handler } from './server-desk.ts'
import { attachCertificate, rejectRequest, signRequest } from './server-issue.ts'
import { config, login, logout, status } from './server-login.ts'
import {
  createRequest,
  deleteCertificate,
  deleteRequest,
  listRequests,
  showRequest,
} from './server-requests.ts'
import { revokeAuthority, revokeRequest } from './server-revoke.ts'
import { Texts } from './server-texts.ts'
import { API } from './wire.ts'

/** There are no servers of ACME to sign by. */
const noAcmeServers: Handler = async () => found([])
const noAcmeServer: Handler = async () => {
  throw missing()
}
const noAcme: Handler = async () => {
  throw new WireFault(501, 'this server signs by its own authorities only, not by ACME')
}

const API_ROUTES: readonly ApiRoute[] = [
  ['GET', '/config', 'all', config],
  ...ACCOUNT_ROUTES,
  ['GET', '/certificate_requests', 'all', listRequests, 'steady'],
  ['POST', '/certificate_requests', 'create', createRequest],
  ['GET', '/certificate_requests/{id}', 'all', showRequest, 'steady'],
  ['DELETE', '/certificate_requests/{id}', 'delete', deleteRequest],
  ['POST', '/certificate_requests/{id}/certificate', 'import', attachCertificate],
  ['DELETE', '/certificate_requests/{id}/certificate', 'delete', deleteCertificate],
  ['POST', '/certificate_requests/{id}/reject', 'sign', rejectRequest],
  ['POST', '/certificate_requests/{id}/certificate/revoke', 'revoke', revokeRequest],
  ['POST', '/certificate_requests/{id}/sign', 'sign', signRequest],
  ['GET', '/certificate_authorities', 'read', listAuthorities],
  ['POST', '/certificate_authorities', 'authorities:create', createAuthority],
  ['GET', '/certificate_authorities/{id}', 'read', showAuthority],
  ['PUT', '/certificate_authorities/{id}', 'authorities:create', updateAuthority],
  ['DELETE', '/certificate_authorities/{id}', 'authorities:delete', deleteAuthority],
  ['POST', '/certificate_authorities/{id}/certificate', 'authorities:create', uploadCertificate],
  ['POST', '/certificate_authorities/{id}/sign', 'authorities:sign', signAuthority],
  ['POST', '/certificate_authorities/{id}/revoke', 'revoke', revokeAuthority],
  ['GET', '/acme_servers', 'read', noAcmeServers],
  ['POST', '/acme_servers', 'authorities:create', noAcme],
  ['GET', '/acme_servers/{id}', 'read', noAcmeServer],
  ['PUT', '/acme_servers/{id}', 'authorities:create', noAcmeServer],
  ['PUT', '/acme_servers/{id}/active', 'authorities:create', noAcmeServer],
  ['DELETE', '/acme_servers/{id}', 'authorities:create', noAcmeServer],
]

/** Of one store: two million stores fit below 2^53, which JSON carries exactly. */
const NUMBER_BITS = 32

/** Serves the API of Canonical Notary. */
export function notaryServer(house: House): RouteTable {
  const known = new WhileUnchanged(house.ambient.now)
  const counter: Counter = { house, numbers: new Numbers(NUMBER_BITS), texts: new Texts(), known }
  const open = (method: string, path: string, handle: (call: Call) => Promise<Answer>): Route => ({
    method,
    path,
    handle,
  })
  return {
    routes: [
      open('GET', '/status', (call) => status(house, call)),
      open('POST', '/login', (call) => login(house, call)),
      open('POST', '/logout', (call) => logout(house, call)),
      open('POST', `${API}/accounts`, (call) => createAccount(counter, call)),
      open('GET', `${API}/certificate_authorities/{id}/crl`, (call) => crl(counter, call)),
      ...API_ROUTES.map(([method, path, permit, handler, holds]) =>
        open(method, `${API}${path}`, atDesk(counter, { permit, holds }, handler)),
      ),
    ],
    ignoreCase: false,
    prefixes: [API],
    missing: (_call, allow) => plain(allow.length === 0 ? 404 : 405, allow),
    failed: (error, call) => failure(error, eraOf(call)),
  }
}
