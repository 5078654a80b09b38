import { scriptedVendor, wireFile, type Script, type ScriptedServer } from '../../support/scripted-vendor.ts'

export type { Arrived, Script, Scripted, ScriptedServer } from '../../support/scripted-vendor.ts'

/** A file of `fixtures/wire/keyfactor`. */
export const wire = (name: string): string => wireFile('keyfactor', name)

const KEYFACTOR = {
  folder: 'keyfactor',
  contentType: 'application/json; charset=utf-8',
  emptyBody: '',
  missing: () => '{"ErrorCode":"0xA0110004","Message":"Not found."}',
  read: (target: string) => {
    const path = new URL(target, 'https://x').pathname.replace(/^\/KeyfactorAPI/, '')
    return { path, operation: path }
  },
}

/** A Keyfactor Command that knows nothing but `script`; operations are named without the API's path. */
export const scriptedServer = (script: Script): Promise<ScriptedServer> => scriptedVendor(KEYFACTOR, script)
