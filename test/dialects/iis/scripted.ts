import { scriptedVendor, wireFile, type Script, type ScriptedServer } from '../../support/scripted-vendor.ts'

export type { Arrived, Script, Scripted, ScriptedServer } from '../../support/scripted-vendor.ts'

/** A file of `fixtures/wire/iis`. */
export const wire = (name: string): string => wireFile('iis', name)

const IIS = {
  folder: 'iis',
  contentType: 'application/vnd.Microsoft.Certificates.6.0.0.hal+json; charset=utf-8',
  emptyBody: '',
  // as of an old host
  missing: () => '',
  read: (target: string) => {
    const path = target.replace(/\?.*$/s, '')
    return { path, operation: path }
  },
}

/** A host that knows nothing but `script`; operations are named by their path alone. */
export const scriptedServer = (script: Script): Promise<ScriptedServer> => scriptedVendor(IIS, script)

/** A certificate of a long list. */
export const numbered = (index: number, storeName = 'My'): Record<string, unknown> => ({
  alias: `c${index}`,
  id: `bnVtYmVyLQ${index}`,
  issued_by: 'CN=localhost',
  subject: `CN=c${index}`,
  thumbprint: index.toString(16).toUpperCase().padStart(40, '0'),
  valid_to: '2027-02-28T14:32:33Z',
  store: { name: storeName, id: storeName },
})

/** A host with many certificates that answers ranges as hosts do; `shift` changes what it has before each call. */
export function longList(
  total: number,
  { shift = (items) => items }: { readonly shift?: (items: unknown[], call: number) => unknown[] } = {},
): Script {
  const items: unknown[] = Array.from({ length: total }, (_, index) => numbered(index))
  let ranged = 0
  return {
    'HEAD /api/certificates': () => ({
      headers: { 'X-Total-Count': String(shift(items, ranged).length), 'Accept-Ranges': 'certificates' },
    }),
    'GET /api/certificates': ({ headers }) => {
      const [, first, last] = /^certificates=(\d+)-(\d+)$/.exec(String(headers['range'] ?? '')) ?? []
      if (first === undefined) return { body: JSON.stringify({ certificates: shift(items, ranged) }) }
      const now = shift(items, ranged++)
      if (Number(last) >= now.length) return { status: 416, file: 'error-range.json' }
      const page = now.slice(Number(first), Number(last) + 1)
      return {
        headers: {
          'Accept-Ranges': 'certificates',
          'Content-Range': `${first}-${last}/${now.length}`,
          'X-Total-Count': String(page.length),
        },
        body: JSON.stringify({ certificates: page }),
      }
    },
  }
}
