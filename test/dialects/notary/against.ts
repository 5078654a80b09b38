import { onTestFinished } from 'vitest'
import { connected, type Connected, type Connecting } from './connect.ts'
import { scriptedServer, SESSION, type Script, type ScriptedServer } from './scripted.ts'

/** Operations that many tests script. */
export const LIST = 'GET /certificate_requests'
export const CAS = 'GET /certificate_authorities'

/** Our client and the server that it talks to. */
export interface Against extends Connected {
  readonly server: ScriptedServer
}

/** Our client against a script, until the test is over. It knows a login and two authorities. */
export async function against(script: Script, how: Connecting = {}): Promise<Against> {
  const server = await scriptedServer({
    'POST /login': [SESSION],
    [CAS]: ['current/authorities.json'],
    ...script,
  })
  const user = { user: 'admin@example.com', secret: 's3cret-Pw', now: '2027-03-01T12:00:00Z' }
  const here = await connected(server, { ...user, ...how })
  onTestFinished(async () => {
    await here.store.close()
    await server.close()
  })
  return { ...here, server }
}

/** The error of a promise that must fail. */
export const refusal = (
  promise: Promise<unknown>,
): Promise<{ readonly code: string; readonly message: string; readonly hint: string }> =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as { code: string; message: string; hint: string },
  )
