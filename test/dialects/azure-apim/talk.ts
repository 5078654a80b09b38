import { onTestFinished } from 'vitest'
import type { RemoteConnection } from '../../../src/dialects/dialect.ts'
import { recorded, scripted, type Line, type Scripted } from './scripted.ts'
import { connect, credentialOf, type WantedClient } from './world.ts'

/** Where the recorded answers of Azure Resource Manager come from. */
export const ARM_PATH = '/subscriptions/s/resourceGroups/rg1/providers/Microsoft.ApiManagement/service/apim'

/** Our client and the service that it talks to. */
export interface Talk {
  readonly server: Scripted
  readonly store: RemoteConnection
}

/** Our client against a service that gives these answers, until the test is over. */
export async function talk(lines: readonly Line[], wanted: WantedClient = {}): Promise<Talk> {
  const server = await scripted(...lines)
  const store = await connect(server, { credential: credentialOf('bearer', 'token'), ...wanted })
  onTestFinished(async () => {
    await store.close()
    await server.close()
  })
  return { server, store }
}

/** A recorded answer. */
export const body = (name: string): Line => ({ body: recorded(name) })
