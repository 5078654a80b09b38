import { isCertmanError, reworded } from '../base/errors.ts'
import type { HttpClient, HttpReply } from '../http/request.ts'
import type { RemoteSetup } from './dialect.ts'

/** The same error, its line beginning with the vendor. */
function namedError(vendor: string, error: unknown): unknown {
  if (!isCertmanError(error) || error.message.startsWith(`${vendor}: `)) return error
  return reworded(error, `${vendor}: ${error.message}`, error.cause ?? error)
}

const namedReply = (vendor: string, reply: HttpReply): HttpReply => ({
  ...reply,
  json: () => {
    try {
      return reply.json()
    } catch (error) {
      throw namedError(vendor, error)
    }
  },
})

const namedHttp = (vendor: string, http: HttpClient): HttpClient => ({
  base: http.base,
  send: async (request) => {
    try {
      return namedReply(vendor, await http.send(request))
    } catch (error) {
      throw namedError(vendor, error)
    }
  },
  close: () => http.close(),
})

/**
 * The same setup, whose connections name the vendor in what they throw: by themselves they know calls only. A line then has
 * vendor, call, what went wrong with it, and a next step, whether the network failed, the protocol or the server.
 *
 * @param vendor `Dialect.title`
 */
export const namingVendor = (vendor: string, setup: RemoteSetup): RemoteSetup => ({
  ...setup,
  http: namedHttp(vendor, setup.http),
  reach: (url) => namedHttp(vendor, setup.reach(url)),
})
