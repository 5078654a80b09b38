import { concat } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import { javaStoreDigest, sealJksKey } from '../crypto/java-key-protector.ts'

/** A private key with its certificates under one alias. */
export interface JksKeyEntry {
  /** Java compares aliases without case, and writes them in lower case. */
  readonly alias: string
  /** PKCS#8. */
  readonly key: Secret
  /** DER, leaf first. */
  readonly chain: readonly Uint8Array[]
}

/** A certificate that Java is to believe, under an alias of its own. */
export interface JksTrustedEntry {
  readonly alias: string
  /** DER. */
  readonly trusted: Uint8Array
}

/** A Java key store to write; Java finds one entry under each alias. */
export interface JksContent {
  readonly entries: readonly (JksKeyEntry | JksTrustedEntry)[]
  /** Of the file and of every key in it. */
  readonly password: Secret
  /** Stands in each entry as the date of its making. */
  readonly now: Date
}

const MAGIC = 0xfeedfeed
const VERSION = 2
const TAG_KEY = 1
const TAG_TRUSTED = 2
const SALT_LENGTH = 20

/**
 * A Java key store of the older kind, JKS (OpenJDK: sun.security.provider.JavaKeyStore). Its protection is weak: write it
 * only where somebody insists on it, and PKCS#12 everywhere else.
 *
 * @param random cryptographic randomness
 * @throws {CertmanError} `input.invalid` for an alias of 64 KiB or more
 */
export function writeJks(content: JksContent, random: (length: number) => Uint8Array): Uint8Array {
  const { entries, password, now } = content
  const date = new Uint8Array(8)
  new DataView(date.buffer).setBigInt64(0, BigInt(now.getTime()))
  const certificate = (der: Uint8Array): Uint8Array => concat([text('X.509'), counted(der)])
  const written = entries.flatMap((entry) => {
    const alias = text(entry.alias.toLowerCase())
    if ('trusted' in entry) return [number(TAG_TRUSTED), alias, date, certificate(entry.trusted)]
    const { key, chain } = entry
    const sealed = counted(sealJksKey(key, password, random(SALT_LENGTH)))
    return [number(TAG_KEY), alias, date, sealed, number(chain.length), ...chain.map(certificate)]
  })
  const whole = concat([number(MAGIC), number(VERSION), number(entries.length), ...written])
  return concat([whole, javaStoreDigest(whole, password)])
}

/** Four bytes, big end first. */
function number(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

const counted = (bytes: Uint8Array): Uint8Array => concat([number(bytes.length), bytes])

/** Java's UTF-8 (`DataOutput.writeUTF`): each half of a surrogate pair by itself, U+0000 as two bytes. */
function javaText(value: string): number[] {
  const bytes: number[] = []
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i)
    if (unit > 0 && unit < 0x80) bytes.push(unit)
    else if (unit < 0x800) bytes.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f))
    else bytes.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f))
  }
  return bytes
}

const MOST_BYTES = 0xffff

/** Whether `writeJks` takes an alias. */
export const fitsAlias = (alias: string): boolean => javaText(alias.toLowerCase()).length <= MOST_BYTES

/** A text with its length before it. */
function text(value: string): Uint8Array {
  const bytes = javaText(value)
  if (bytes.length > MOST_BYTES)
    throw new CertmanError(
      'input.invalid',
      `the alias takes ${bytes.length} bytes, a Java key store takes ${MOST_BYTES}`,
    )
  return Uint8Array.from([bytes.length >> 8, bytes.length & 0xff, ...bytes])
}
