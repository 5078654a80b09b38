import { sha256Hex } from '../../src/crypto/digest.ts'
import type { Bundle, PasswordSource } from '../../src/formats/items.ts'
import { readPkcs12 } from '../../src/formats/pkcs12/read.ts'
import { passwords } from './password.ts'

/** What a bundle holds, comparable: SHA-256 of each certificate and each SubjectPublicKeyInfo, names, what was left. */
export interface Contents {
  readonly certificates: readonly string[]
  readonly keys: readonly string[]
  readonly names: readonly string[]
  readonly left: readonly string[]
}

/** The contents of a bundle, in the order of the file. */
export function contentsOf({ items, left }: Bundle): Contents {
  return {
    certificates: items.flatMap((item) => (item.type === 'certificate' ? [sha256Hex(item.der)] : [])),
    keys: items.flatMap((item) => (item.type === 'private-key' ? [sha256Hex(item.spki)] : [])),
    names: items.flatMap((item) =>
      'friendlyName' in item && item.friendlyName !== undefined ? [item.friendlyName] : [],
    ),
    left: left.map(({ what }) => what),
  }
}

/** Reads a PKCS#12 file as somebody who gave these passwords by flag. */
export const readGiven = (bytes: Uint8Array, ...known: readonly string[]): Promise<Bundle> =>
  readPkcs12(bytes, { file: 'test.p12', password: Object.assign(passwords(...known), { given: true }) })

/** Reads a PKCS#12 file as somebody who is asked only when nothing else helps. */
export const readAsked = (bytes: Uint8Array, password: PasswordSource): Promise<Bundle> =>
  readPkcs12(bytes, { file: 'test.p12', password })
