import type { Secret } from '../base/secret.ts'
import type { PbeWork } from '../crypto/pbe-work.ts'

/** Where in its file an item stood, for messages: `block 3 (line 41)`, `bag 2`, `entry "web"`. */
export interface Place {
  readonly file: string
  readonly at?: string
}

/** One thing that a file holds. Bytes are DER, exactly as found (BER containers are made definite first). */
export type Item =
  | {
      readonly type: 'certificate'
      readonly der: Uint8Array
      readonly place: Place
      /** PKCS#12 friendlyName, Java alias. */
      readonly friendlyName?: string
      /** Hex; pairs a key with its certificate inside one PKCS#12. */
      readonly localKeyId?: string
      /** The file marks it as trusted: Java's trustedCertEntry, the trusted-key attribute in PKCS#12. */
      readonly trusted?: boolean
    }
  | {
      readonly type: 'private-key'
      /** PKCS#8 PrivateKeyInfo (RFC 5958), decrypted. */
      readonly pkcs8: Secret
      /** SubjectPublicKeyInfo DER. */
      readonly spki: Uint8Array
      readonly place: Place
      readonly friendlyName?: string
      readonly localKeyId?: string
      /** Whether it was encrypted in the file. */
      readonly wasEncrypted: boolean
    }
  | { readonly type: 'public-key'; readonly spki: Uint8Array; readonly place: Place }
  | { readonly type: 'certificate-request'; readonly der: Uint8Array; readonly place: Place }
  | { readonly type: 'crl'; readonly der: Uint8Array; readonly place: Place }

/** What the file held and nobody can take: secret bags, unknown PEM labels, parameters. Always listed, never dropped. */
export interface LeftItem {
  readonly what: string
  readonly place: Place
  readonly why: string
}

/** The formats that `readItems` recognises by content. */
export type InputFormat =
  | 'pem'
  | 'der-certificate'
  | 'der-certificate-request'
  | 'der-crl'
  | 'der-key'
  | 'der-public-key'
  | 'pkcs7'
  | 'pkcs12'
  | 'jks'
  | 'jceks'
  | 'openssh'

/** Everything that one file held, in reading order. */
export interface Bundle {
  readonly format: InputFormat
  /** JSON Web Keys, and what they brought. */
  readonly isJwk?: boolean
  readonly items: readonly Item[]
  readonly left: readonly LeftItem[]
}

/** Asked for a password; `attempt` counts from 1. `undefined` means there is none (any more). */
export interface PasswordSource {
  (need: {
    readonly file: string
    /** `PKCS#12 file`, `encrypted private key in block 2 (line 14)` … */
    readonly what: string
    readonly attempt: number
  }): Promise<Secret | undefined>
  /** The person named a password beforehand: it alone counts, and the empty one is not tried in silence. */
  readonly given?: boolean
}

/** How to read: the name for messages, and whom to ask for a password. */
export interface ReadOptions {
  /** Shown in places and messages; `-` for standard input. */
  readonly file: string
  readonly password: PasswordSource
  /**
   * A PEM file has an encrypted key and no password is given: refuse the file (default), or list the key in `left` as
   * long as there is something else to take.
   */
  readonly lockedKeys?: 'refuse' | 'leave'
  /** Skip the sniffing: the person says what it is. */
  readonly format?: InputFormat
  /** What opening all its keys may cost; absent: as much as a person has the patience for. */
  readonly work?: PbeWork
}
