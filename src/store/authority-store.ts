import type { JsonObject } from '../base/json.ts'
import type { Secret } from '../base/secret.ts'
import type {
  NewRequest,
  SigningOrder,
  Signing,
  RevocationOrder,
  Revoking,
  AuthorityCrl,
  AuthoritySettings,
  NewAuthority,
  ImportedAuthority,
  AuthorityMaking,
  AuthorityEdit,
  AuthorityCsrOrder,
  AuthorityCsr,
  RenewalOrder,
  ListedProfile,
} from './authority-orders.ts'
import type { ListedRecord, MutationOptions, Outcome, Target } from './store.ts'

/** The verbs of a certification authority. Dry runs prepare everything and write nothing. */
export interface AuthorityStore {
  /**
   * Puts a request into the queue: the request's outcome first, then that of its key. The same CSR twice is unchanged.
   *
   * @throws {CertmanError} `policy.refused` for a self-signature that does not verify, `name.taken`, `der.malformed`
   */
  submit(request: NewRequest, options?: MutationOptions): Promise<readonly Outcome[]>
  /**
   * Issues a certificate for an outstanding request. Calls made at the same time share one transaction.
   *
   * @throws {CertmanError} `state.refused`, `policy.refused`, `password.required`, `password.wrong`, `key.missing`,
   *   `name.taken`, `record.not-found`
   */
  sign(target: Target, order: SigningOrder, options?: MutationOptions): Promise<Signing>
  /** Requests taken in and signed at once, all or none; a request stands in the queue as issued. */
  issue(
    requests: readonly NewRequest[],
    order: SigningOrder,
    options?: MutationOptions,
  ): Promise<readonly Signing[]>
  /**
   * Gives a request the certificate that somebody else issued for it.
   *
   * @param chain certificates DER, the request's among them, in any order
   * @throws {CertmanError} `state.refused`; `policy.refused` when none is for the request's key, or they do not hang together
   */
  attach(target: Target, chain: readonly Uint8Array[], options?: MutationOptions): Promise<Signing>
  /** @throws {CertmanError} `state.refused` */
  reject(
    targets: readonly Target[],
    reason: string | undefined,
    options?: MutationOptions,
  ): Promise<readonly Outcome[]>
  /**
   * Revokes certificates (or those of issued requests) of authorities of this store, all or none; the CRLs follow in
   * the same transaction, or a note says why not.
   *
   * @throws {CertmanError} `state.refused` for what is revoked already or belongs to no authority here, `password.wrong`
   */
  revoke(targets: readonly Target[], order: RevocationOrder, options?: MutationOptions): Promise<Revoking>
  /**
   * Revokes certificates that have no record here: destroyed since, or issued before the authority came into the
   * store. Every CRL lists them from now on.
   *
   * @param authority id or name
   * @param serialNumbers lower-case hex without zeros in front
   * @throws {CertmanError} `state.refused` for what is revoked already or has a record; `input.invalid` for a hold
   */
  revokeSerials(
    authority: string,
    serialNumbers: readonly string[],
    order: RevocationOrder,
    options?: MutationOptions,
  ): Promise<Revoking>
  /** Ends holds. @throws {CertmanError} `state.refused` for what is not on hold */
  release(
    targets: readonly Target[],
    order: Pick<RevocationOrder, 'password'>,
    options?: MutationOptions,
  ): Promise<Revoking>
  /**
   * The current CRL; signed anew when it is due, when revocations wait for it, or with `renew`.
   *
   * @param authority id or name
   * @throws {CertmanError} `password.required` when there is none to give and the key is locked; `password.wrong`
   */
  crl(
    authority: string,
    order?: { readonly password?: Secret; readonly renew?: boolean },
    options?: MutationOptions,
  ): Promise<AuthorityCrl>
  createAuthority(order: NewAuthority, options?: MutationOptions): Promise<AuthorityMaking>
  /** @throws {CertmanError} `policy.refused` when certificate, key, certificates and CRL do not belong together */
  importAuthority(order: ImportedAuthority, options?: MutationOptions): Promise<AuthorityMaking>
  editAuthority(target: Target, edit: AuthorityEdit, options?: MutationOptions): Promise<Outcome>
  /** A request for an authority whose parent is elsewhere: `ca csr`. */
  authorityCsr(order: AuthorityCsrOrder, options?: MutationOptions): Promise<AuthorityCsr>
  /**
   * Takes the parent's answer: makes the authority, or renews the certificate of the one that is there.
   *
   * @param chain certificates DER, that of the authority among them, in any order
   */
  installAuthority(
    name: string,
    chain: readonly Uint8Array[],
    options?: MutationOptions & { readonly settings?: AuthoritySettings },
  ): Promise<AuthorityMaking>
  /** A new certificate for an authority with the same name and key, self-signed or by its parent in the store. */
  renewAuthority(
    authority: string,
    order: {
      readonly days?: number
      readonly notAfter?: Date
      readonly password?: Secret
      readonly parentPassword?: Secret
    },
    options?: MutationOptions,
  ): Promise<AuthorityMaking>
  /**
   * Issues anew from the same request under the same name; the old certificate is superseded.
   *
   * @throws {CertmanError} what `sign` throws; `state.refused` when no authority here issued it and none is named
   */
  renew(target: Target, order: RenewalOrder, options?: MutationOptions): Promise<Signing>
  /** Current certificates that should be renewed, the most urgent first. */
  due(): AsyncIterable<ListedRecord>
  /** Built-in profiles, then those of the store. */
  profiles(): Promise<readonly ListedProfile[]>
  /**
   * @param definition see `docs/profiles.md`
   * @throws {CertmanError} `input.invalid` naming the JSON path; `name.taken` without `replace`
   */
  addProfile(definition: JsonObject, options?: MutationOptions): Promise<Outcome>
  removeProfile(name: string, options?: MutationOptions): Promise<Outcome>
}
