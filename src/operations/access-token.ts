import { CertmanError } from '../base/errors.ts'
import { dialect as dialectOf } from '../dialects/index.ts'
import { type SharedAccess, sharedAccess, type SignatureForm } from '../dialects/shared-access.ts'
import type { RemotePlace } from '../settings/remote-place.ts'
import { credentialOf } from './open-remote.ts'
import type { OpenRequest } from './open-store.ts'

/** A token to be made for a configured store. */
export interface TokenOrder {
  readonly name: string
  /** Undefined: the store is a folder. */
  readonly place: RemotePlace | undefined
  readonly expires: Date
  readonly form: SignatureForm
}

/**
 * Makes a token from the credential of a store; nothing is sent.
 *
 * @throws {CertmanError} `store.unsupported` for a store that knows no such tokens; `state.refused` where its secret is
 *   a token already; `password.required`
 */
export async function accessToken(order: TokenOrder, request: OpenRequest): Promise<SharedAccess> {
  const { name, place, expires, form } = order
  const vendor = place && (await dialectOf(place.kind))
  const auth = place?.auth ?? vendor?.auth[0]
  if (!place || !vendor || auth !== 'sas')
    throw new CertmanError(
      'store.unsupported',
      `the store ${JSON.stringify(name)} takes no shared access signatures`,
      { hint: 'tokens are made for stores of kind azure-apim with --auth sas' },
    )
  const credential = credentialOf(vendor, { name, place }, request)
  const secret = await credential!.secret()
  const key = secret.useText((text) => text)
  if (/^SharedAccessSignature\s/i.test(key))
    throw new CertmanError('state.refused', `the secret of ${JSON.stringify(name)} is a token already`, {
      hint: 'a token is made from the access key: give that with store add --replace',
    })
  return sharedAccess({ id: place.user ?? 'integration', key, expires, form })
}
