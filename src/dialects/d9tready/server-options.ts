import { CertmanError } from '../../base/errors.ts'
import { parseKeyType, type KeyType } from '../../crypto/generate-key.ts'
import type { House } from '../house.ts'

/** Switches of `certman serve --set d9tready.…=…`. */
export interface ServerOptions {
  /** Whether whoever may export keys gets them from `GET /rest/privatekeys/<ID>`. */
  readonly givesKeys: boolean
  /** Whether all eight members of a new certificate must be there and filled. */
  readonly isStrict: boolean
  /** Validity of self-signed certificates. */
  readonly days: number
  readonly keyType: KeyType
  /** Name of the store that takes new keys. */
  readonly store: string | undefined
}

/** @throws {CertmanError} `settings.invalid` */
export function readOptions({ options }: Pick<House, 'options'>): ServerOptions {
  const days = options['d9tready.days'] ?? '3650'
  if (!/^[1-9]\d{0,4}$/.test(days)) throw wrong('days', days, 'a number of days')
  return {
    givesKeys: isOn(options, 'private-keys', true),
    isStrict: isOn(options, 'strict', false),
    days: Number(days),
    keyType: parseKeyType(options['d9tready.key-type'] ?? 'rsa-2048'),
    store: options['d9tready.store'],
  }
}

function isOn(options: House['options'], name: string, otherwise: boolean): boolean {
  const text = options[`d9tready.${name}`]
  if (text === undefined || text === '') return otherwise
  if (/^(?:yes|true|on|1)$/i.test(text)) return true
  if (/^(?:no|false|off|0)$/i.test(text)) return false
  throw wrong(name, text, 'yes or no')
}

const wrong = (name: string, text: string, wanted: string): CertmanError =>
  new CertmanError('settings.invalid', `d9tready.${name} is ${JSON.stringify(text)}, not ${wanted}`)
