import { afterEach, beforeEach } from 'vitest'
import type { ServedWorld } from '../../support/house-world.ts'
import { azureWorld, leaf, pfx, rawCall, type RawCall, type RawReply } from './world.ts'

/** Versions: the first one, a late one of the classic form, and the newest stable one of ARM. */
export const OLD = 'api-version=2014-02-14-preview'
export const NEW = 'api-version=2021-08-01'
export const NOW = 'api-version=2024-05-01'

/** A server of this dialect, new before each test of the file. */
export interface Serving {
  readonly world: ServedWorld
  /** One call as the admin. */
  call(method: string, path: string, more?: Partial<RawCall>): Promise<RawReply>
}

/** Sets it up. */
export function serving(): Serving {
  let world: ServedWorld
  beforeEach(async () => {
    world = await azureWorld()
  })
  afterEach(() => world.close())
  return {
    get world() {
      return world
    },
    call: (method, path, more = {}) => rawCall(world, { method, path, ...more }),
  }
}

/** The body of an upload. */
export const upload = (cn: string, password = 'pw') => ({ data: pfx(leaf(cn), { password }), password })

/** The code of an error, and the member that its first detail is about. */
export const code = ({ json }: RawReply): unknown => json?.error?.code
export const target = ({ json }: RawReply): unknown => json?.error?.details?.[0]?.target
