import {
  scriptedVendor,
  wireFile,
  type Script,
  type Scripted,
  type ScriptedServer,
} from '../../support/scripted-vendor.ts'

export type { Arrived, Script, Scripted, ScriptedServer } from '../../support/scripted-vendor.ts'

/** A file of `fixtures/wire/notary`. */
export const wire = (name: string): string => wireFile('notary', name)

/** A session as Notary 1.1.0 opens one. */
export const SESSION: Scripted = {
  headers: {
    'set-cookie':
      'user_token=a.b.c; Path=/; Expires=Sun, 01 Mar 2026 14:00:00 GMT; HttpOnly; Secure; SameSite=Strict',
  },
  body: '{}',
}

const NOTARY = {
  folder: 'notary',
  contentType: 'application/json',
  emptyBody: '{}',
  missing: () => wire('current/error-not-found.json'),
  read: (target: string) => ({ path: target, operation: target.replace('/api/v1', '') }),
}

/** A Notary that knows nothing but `script`; operations are named without `/api/v1`. */
export const scriptedServer = (script: Script): Promise<ScriptedServer> => scriptedVendor(NOTARY, script)
