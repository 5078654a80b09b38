import { CertmanError } from '../../src/base/errors.ts'
import { DIALECT_NAMES, type DialectName } from '../../src/dialects/dialect.ts'

/**
 * `HOST:PORT`, `[::1]:8443`, `:8443` or a port alone.
 *
 * @throws {CertmanError} `cli.usage`
 */
export function parseListen(text: string): { readonly host: string; readonly port: number } {
  const match = /^(?:(\[[0-9a-f:.]+\]|[^:[\]\s/]*):)?(\d{1,5})$/i.exec(text)
  const port = Number(match?.[2])
  if (match && port <= 65_535) return { host: match[1] || '127.0.0.1', port }
  throw new CertmanError('cli.usage', `--listen: ${JSON.stringify(text)} is no address`, {
    hint: 'write it as 127.0.0.1:8443, 0.0.0.0:8443 or [::1]:8443',
    field: 'listen',
  })
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }

/** `64M`, `512K`, bytes. @throws {CertmanError} `cli.usage` */
export function parseSize(text: string, flag: string): number {
  const match = /^(\d{1,9})([KMG]?)i?B?$/i.exec(text.trim())
  const size = match ? Number(match[1]) * UNITS[match[2]!.toUpperCase()]! : 0
  if (size >= 1024) return size
  throw new CertmanError('cli.usage', `--${flag}: ${JSON.stringify(text)} is no size`, {
    hint: 'write it as 32M or 512K',
    field: flag,
  })
}

/** The URL under which clients reach the server. @throws {CertmanError} `cli.usage` */
export function parsePublicUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain =
    url && /^https?:$/.test(url.protocol) && url.username + url.password + url.search + url.hash === ''
  if (url && isPlain) return url.href.replace(/\/+$/, '')
  // not repeated: there may be a password in it
  throw new CertmanError('cli.usage', '--public-url is no address of a server', {
    hint: 'write it as https://certs.example or http://pki.example',
    field: 'public-url',
  })
}

/** `key=value` pairs. @throws {CertmanError} `cli.usage` */
export function parsePairs(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=')
      if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1)]
      throw new CertmanError('cli.usage', `--set: ${JSON.stringify(text)} is no setting`, {
        hint: 'write it as key=value',
        field: 'set',
      })
    }),
  )
}

/** The dialects that were named, or all. @throws {CertmanError} `cli.usage` */
export function parseDialects(given: readonly string[]): readonly DialectName[] {
  const words = given.flatMap((each) => each.split(',')).map((word) => word.trim())
  const named = words.map((word) => {
    const name = DIALECT_NAMES.find((each) => each === word)
    if (name) return name
    throw new CertmanError('cli.usage', `there is no dialect ${JSON.stringify(word)}`, {
      hint: `the dialects are: ${DIALECT_NAMES.join(', ')}`,
      field: 'dialect',
    })
  })
  return named.length === 0 ? DIALECT_NAMES : [...new Set(named)]
}
