import { CertmanError } from '../base/errors.ts'

type Env = Readonly<Record<string, string | undefined>>

function parseProxy(text: string, from: string): URL {
  const full = text.includes('://') ? text : `http://${text}`
  if (URL.canParse(full)) {
    const url = new URL(full)
    if (['http:', 'https:'].includes(url.protocol)) return url
  }
  throw new CertmanError('input.invalid', `${from}: this is no proxy`, {
    hint: 'write it like http://proxy:3128',
    field: 'proxy',
  })
}

/** Whether `NO_PROXY` names the host: `*`, `host`, `.domain`, `domain`, each with an optional port. */
function isExempt(url: URL, list: string | undefined): boolean {
  const host = url.hostname.toLowerCase()
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return (list ?? '').split(/[\s,]+/).some((entry) => {
    const [, name = '', only] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase())!
    if (name === '*') return true
    const bare = name.replace(/^\*?\./, '')
    if (bare === '' || (only !== undefined && only !== port)) return false
    return host === bare || host.endsWith(`.${bare}`)
  })
}

/**
 * The proxy on the way to a URL: the configured one, else that of the environment (`HTTPS_PROXY`, `HTTP_PROXY`,
 * `ALL_PROXY` in either case) unless `NO_PROXY` or the machine itself is meant.
 *
 * @throws {CertmanError} `input.invalid`
 */
export function proxyFor(url: URL, configured: string | undefined, env: Env): URL | undefined {
  if (configured !== undefined) return parseProxy(configured, 'the setting proxy')
  const variable = (name: string): string | undefined => env[name.toLowerCase()] || env[name] || undefined
  const isOwn = /^(?:localhost|127\.|\[::1\])/.test(url.hostname)
  if (isOwn || isExempt(url, variable('NO_PROXY'))) return undefined
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const found = variable(name) ?? variable('ALL_PROXY')
  return found === undefined ? undefined : parseProxy(found, name)
}
