import { CertmanError } from '../base/errors.ts'
import { parseKeyType } from '../crypto/generate-key.ts'
import type { SwitchValue } from './dialect.ts'
import { dialect, isDialectName } from './index.ts'

type Switches = Readonly<Record<string, string>>

/**
 * The switches of `serve --set`, each known to its dialect and with a value that it takes: a slip in a name must not
 * leave open what somebody meant to close.
 *
 * @param given by `DIALECT.NAME`
 * @param stores names of the stores that are served
 * @throws {CertmanError} `cli.usage`; `input.invalid` for a kind of key that there is not
 */
export async function readSwitches(given: Switches, stores: readonly string[]): Promise<Switches> {
  const read: Record<string, string> = {}
  for (const [key, text] of Object.entries(given)) {
    const takes = await valueOf(key)
    read[key] = typeof takes === 'string' ? plain(key, text, { takes, stores }) : word(key, text, takes)
  }
  return read
}

async function valueOf(key: string): Promise<SwitchValue> {
  const [vendor = '', name = ''] = key.split(/\.(.*)/s)
  if (!isDialectName(vendor))
    throw fault(
      `${JSON.stringify(key)} is no switch`,
      'write it as DIALECT.NAME=VALUE, such as notary.days=90',
    )
  const { title, switches } = await dialect(vendor)
  if (Object.hasOwn(switches, name)) return switches[name]!
  const known = Object.keys(switches).map((each) => `${vendor}.${each}`)
  throw fault(`${title} has no switch ${JSON.stringify(name)}`, `there are: ${known.join(', ')}`)
}

function plain(
  key: string,
  text: string,
  {
    takes,
    stores,
  }: { readonly takes: Exclude<SwitchValue, readonly string[]>; readonly stores: readonly string[] },
): string {
  switch (takes) {
    case 'text':
      if (text.trim() !== '') return text
      throw fault(`${key} is empty`, 'give it a value, or leave it out')
    case 'days':
      if (/^[1-9]\d{0,4}$/.test(text)) return text
      throw fault(`${key}: ${JSON.stringify(text)} is no number of days`, 'take one from 1 to 99999')
    case 'key-type':
      return parseKeyType(text)
    case 'store':
      if (stores.includes(text)) return text
      throw fault(`${key}: ${JSON.stringify(text)} is not served`, `served are: ${stores.join(', ')}`)
    case 'origins':
      return text
        .split(',')
        .map((each) => originOf(key, each.trim()))
        .join(',')
  }
}

/** As a browser sends it: no path, no port that its scheme has anyway (RFC 6454 section 6.2). */
function originOf(key: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`
  if (isOrigin) return url.origin
  throw fault(
    `${key}: ${JSON.stringify(text)} is no origin of a browser`,
    'write each one as https://HOST or https://HOST:PORT; there is no word for all',
  )
}

const SAME: readonly (readonly string[])[] = [
  ['yes', 'true', 'on', '1'],
  ['no', 'false', 'off', '0'],
]

/** A word of a list; what means yes or no is as good as another word for it. */
function word(key: string, text: string, words: readonly string[]): string {
  const typed = text.trim().toLowerCase()
  const others = SAME.find((same) => same.includes(typed)) ?? [typed]
  const found = words.find((each) => others.includes(each))
  if (found !== undefined) return found
  throw fault(`${key}: ${JSON.stringify(text)} means nothing here`, `it takes: ${words.join(', ')}`)
}

const fault = (message: string, hint: string): CertmanError =>
  new CertmanError('cli.usage', `--set: ${message}`, { hint, field: 'set' })
