import type { Ambient } from '../base/ambient.ts'
import type { Secret } from '../base/secret.ts'
import type { Reference } from '../domain/reference.ts'
import type { Outcome, Store } from '../store/store.ts'

/** A request as a person describes it: key and CSR are made here. */
export interface RequestWish {
  /** RFC 4514 text, or OpenSSL's old form. May be absent where there is an alternative name. */
  readonly subject?: string
  /** `dns:w.example`, `ip:192.0.2.7`, `email:…`, `uri:…`, `upn:…`, `dirName:…`, `rid:…`, or a bare value that is guessed. */
  readonly subjectAltName?: readonly string[]
  /** See `KEY_TYPES`; default `ec-p256`, or that of `like`. */
  readonly keyType?: string
  readonly keyUsage?: readonly string[]
  /** Names (`serverAuth`) or OIDs. */
  readonly extendedKeyUsage?: readonly string[]
  /** A certificate or request whose names and usages are taken over, with a new key. */
  readonly like?: Reference
  readonly name?: string
  readonly tags?: readonly string[]
  /** Name of a profile, as a hint for `sign`. */
  readonly profile?: string
  readonly requestedBy?: string
  readonly challengePassword?: Secret
  /** Encrypts the new key at rest. */
  readonly keyPassword?: Secret
  /** `false`: the key may not leave the store. */
  readonly exportable?: false
  readonly dryRun?: boolean
}

/** What came of a request: the outcomes of `Store.submit` (the request first), and the CSR. */
export interface RequestReport {
  readonly outcomes: readonly Outcome[]
  /** PKCS#10 DER. */
  readonly csr: Uint8Array
}

/**
 * Makes a key and a CSR and puts both into the store: the request in the queue, the key beside it.
 *
 * @throws {CertmanError} `input.invalid` naming the field, `name.taken`, `record.not-found` for `like`
 */
export async function makeRequest(
  _store: Store,
  _wish: RequestWish,
  _tools: { readonly ambient: Ambient },
): Promise<RequestReport> {
  throw new TypeError('not built yet')
}
