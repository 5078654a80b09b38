import type { Json } from '../../base/json.ts'
import { invalid } from './errors.ts'
import { deploymentsOf, deployTo, placesOf, type Deployment } from './server-deploy.ts'
import type { Desk } from './server-desk.ts'
import type { Enrolled } from './server-enrolled.ts'
import { certificateOf } from './server-find.ts'
import type { Issuance } from './server-issuance.ts'
import { optional } from './server-request.ts'
import { scopeOf } from './server-scope.ts'

/**
 * Where the certificate of an enrollment is to go beside its own store: `Stores`, and with
 * `InstallIntoExistingCertificateStores` wherever the renewed one is. Found out before anything is enrolled.
 *
 * @throws {WireFault} 400 where the certificate is not issued at once; 404
 */
export async function storesWanted(
  desk: Desk,
  body: Json,
  { atOnce }: Issuance,
): Promise<readonly Deployment[]> {
  const isInstalled = optional(body, 'InstallIntoExistingCertificateStores', 'boolean') ?? false
  const renewed = optional(body, 'RenewalCertificateId', 'number') ?? 0
  const existing =
    isInstalled && renewed > 0
      ? await placesOf(desk, await certificateOf(desk, await scopeOf(desk), renewed))
      : []
  const wanted = [...deploymentsOf(desk, body), ...existing]
  if (wanted.length === 0 || atOnce) return wanted
  throw invalid('Stores can be named only where a certificate is issued at once.')
}

/** `SuccessfulStores`: GUIDs, or `null` where no stores were named. */
export async function deployEnrolled(
  desk: Desk,
  enrolled: Enrolled,
  wanted: readonly Deployment[],
): Promise<readonly string[] | null> {
  if (wanted.length === 0 || enrolled.state !== 'issued') return null
  const found = await certificateOf(desk, await scopeOf(desk), enrolled.number)
  return (await deployTo(found, wanted)).successful
}
