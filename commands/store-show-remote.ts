import { CertmanError } from '../src/base/errors.ts'
import type { JsonObject } from '../src/base/json.ts'
import type { ProbeResult } from '../src/dialects/dialect.ts'
import { dialect as dialectOf } from '../src/dialects/index.ts'
import { type NamedPlace, openRemote } from '../src/operations/open-remote.ts'
import type { RemotePlace, StoredSecret } from '../src/settings/remote-place.ts'
import type { Context } from './context.ts'
import { present } from './declare.ts'
import { type RemoteCheck, renderRemoteStore } from './render/remote-store.ts'
import { storeRequest } from './store-request.ts'

/** Where a secret comes from; never the secret. */
function describeSource(secret: StoredSecret | undefined): JsonObject {
  if (!secret) return { from: 'asked' }
  return secret.from === 'saved' ? { from: 'saved' } : { ...secret }
}

/** The settings of a server as they may be shown. */
function describePlace({ auth, user, secret, clientCertificate, ...place }: RemotePlace): JsonObject {
  const { caFile, pin, proxy, timeout, retries, options } = place
  const only = clientCertificate !== undefined && user === undefined && secret === undefined
  return present({
    auth,
    user,
    secret: only ? undefined : describeSource(secret),
    clientCertificate: clientCertificate && { store: clientCertificate.store, ref: clientCertificate.ref },
    caFile,
    pin,
    proxy,
    timeout,
    retries,
    options,
  })
}

/** `store show` of a server: what is configured, what it can do and cannot, and whether it answers. */
export async function showRemote(ctx: Context, named: NamedPlace, isChecked: boolean): Promise<void> {
  const { place } = named
  const vendor = await dialectOf(place.kind)
  const connection = await openRemote(named, storeRequest(ctx))
  try {
    const info = await connection.info()
    const { can } = connection
    const about = { vendor: vendor.title, auth: vendor.auth[0]!, ...describePlace(place) }
    const start = ctx.ambient.now().getTime()
    const [check, error] = isChecked ? await checked(connection.probe()) : [undefined, undefined]
    const took = ctx.ambient.now().getTime() - start
    await ctx.emit(renderRemoteStore(ctx, { info, about, can, limits: vendor.limits, check, took }))
    if (error) throw error
  } finally {
    await connection.close()
  }
}

/** What a probe found; a failure is shown with the rest, and then ends the command. */
async function checked(probe: Promise<ProbeResult>): Promise<[RemoteCheck, CertmanError | undefined]> {
  try {
    return [{ ok: true, ...(await probe) }, undefined]
  } catch (error) {
    if (!(error instanceof CertmanError)) throw error
    return [{ ok: false, code: error.code, message: error.message }, error]
  }
}
