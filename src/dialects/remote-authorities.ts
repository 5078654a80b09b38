/* oxlint-disable no-unused-vars -- the parameters are for the methods of clients that stand in their place */
import type { CertmanError } from '../base/errors.ts'
import type { RecordKind } from '../domain/records.ts'
import { type Ability, DEEDS } from '../store/abilities.ts'
import type { AuthorityStore } from '../store/authority-store.ts'
import type {
  AuthorityCrl,
  AuthorityCsr,
  AuthorityMaking,
  ListedProfile,
  Revoking,
  Signing,
} from '../store/authority-orders.ts'
import type { ListedRecord, Outcome } from '../store/store.ts'
import type { DialectFace, RemoteSetup } from './dialect.ts'
import { unsupported } from './refusals.ts'
import { namingVendor } from './vendor-http.ts'

/** The half of `RemoteStore` that stands for the verbs of an authority, and the words of all refusals. */
export abstract class RemoteAuthorities implements AuthorityStore {
  protected readonly face: DialectFace
  protected readonly setup: RemoteSetup

  constructor(face: DialectFace, setup: RemoteSetup) {
    this.face = face
    this.setup = namingVendor(face.title, setup)
  }

  /** What this store says when it cannot do a thing: for those who ask first. */
  refusal(ability: Ability): CertmanError {
    return this.cannot(ability)
  }

  /** @param deed completes "cannot …"; only for keys that are no ability */
  protected cannot(key: Ability): CertmanError
  protected cannot(key: string, deed: string): CertmanError
  protected cannot(key: string, deed: string = DEEDS[key as Ability]): CertmanError {
    return unsupported({ face: this.face, store: this.setup.name, key, deed })
  }

  /** The refusal to list a kind; `limits` has its sentence under `list.request` and the like. */
  protected cannotList(kind: RecordKind): CertmanError {
    const deed = `list ${kind === 'authority' ? 'authorities' : `${kind}s`}`
    return this.cannot(`list.${kind}`, deed)
  }

  /** The refusal to delete a kind; `limits` may have its sentence under `delete.request` and the like. */
  protected cannotDelete(kind: RecordKind): CertmanError {
    return this.cannot(`delete.${kind}`, `delete ${kind === 'authority' ? 'an authority' : `a ${kind}`}`)
  }

  async submit(..._: unknown[]): Promise<readonly Outcome[]> {
    throw this.cannot('request')
  }

  async sign(..._: unknown[]): Promise<Signing> {
    throw this.cannot('sign')
  }

  async issue(..._: unknown[]): Promise<readonly Signing[]> {
    throw this.cannot('sign')
  }

  async attach(..._: unknown[]): Promise<Signing> {
    throw this.cannot('attach')
  }

  async reject(..._: unknown[]): Promise<readonly Outcome[]> {
    throw this.cannot('reject')
  }

  async revoke(..._: unknown[]): Promise<Revoking> {
    throw this.cannot('revoke')
  }

  async revokeSerials(..._: unknown[]): Promise<Revoking> {
    throw this.cannot('revokeSerials', 'revoke by serial number')
  }

  async release(..._: unknown[]): Promise<Revoking> {
    throw this.cannot('release', 'end the hold of a certificate')
  }

  async crl(..._: unknown[]): Promise<AuthorityCrl> {
    throw this.cannot('crl')
  }

  async createAuthority(..._: unknown[]): Promise<AuthorityMaking> {
    throw this.cannot('createAuthority')
  }

  async importAuthority(..._: unknown[]): Promise<AuthorityMaking> {
    throw this.cannot('createAuthority.import', 'take in authorities')
  }

  async editAuthority(..._: unknown[]): Promise<Outcome> {
    throw this.cannot('editAuthority')
  }

  async authorityCsr(..._: unknown[]): Promise<AuthorityCsr> {
    throw this.cannot('createAuthority.csr', 'make requests for authorities')
  }

  async installAuthority(..._: unknown[]): Promise<AuthorityMaking> {
    throw this.cannot('createAuthority.install', 'install certificates of authorities')
  }

  async renewAuthority(..._: unknown[]): Promise<AuthorityMaking> {
    throw this.cannot('editAuthority.renew', 'renew authorities')
  }

  async renew(..._: unknown[]): Promise<Signing> {
    throw this.cannot('renew')
  }

  // oxlint-disable-next-line require-yield -- a listing that refuses
  async *due(): AsyncIterable<ListedRecord> {
    throw this.cannot('renew')
  }

  async profiles(): Promise<readonly ListedProfile[]> {
    throw this.cannot('profiles')
  }

  async addProfile(..._: unknown[]): Promise<Outcome> {
    throw this.cannot('profiles')
  }

  async removeProfile(..._: unknown[]): Promise<Outcome> {
    throw this.cannot('profiles')
  }
}
