import type { JsonObject } from '../base/json.ts'
import type {
  AuthorityCrl,
  AuthorityCsr,
  AuthorityMaking,
  ListedProfile,
  Revoking,
  Signing,
} from './authority-orders.ts'
import type { AuthorityStore } from './authority-store.ts'
import { LocalVerbs } from './local-verbs.ts'
import type { ListedRecord, MutationOptions, Outcome } from './store.ts'

type Args<Verb extends keyof AuthorityStore> = Parameters<AuthorityStore[Verb]>

/** The verbs of a certification authority over a repository; each loads what it needs when it is called. */
export abstract class LocalAuthorities extends LocalVerbs implements AuthorityStore {
  submit(..._: Args<'submit'>): Promise<readonly Outcome[]> {
    throw new TypeError('not built yet')
  }

  sign(..._: Args<'sign'>): Promise<Signing> {
    throw new TypeError('not built yet')
  }

  issue(..._: Args<'issue'>): Promise<readonly Signing[]> {
    throw new TypeError('not built yet')
  }

  attach(..._: Args<'attach'>): Promise<Signing> {
    throw new TypeError('not built yet')
  }

  reject(..._: Args<'reject'>): Promise<readonly Outcome[]> {
    throw new TypeError('not built yet')
  }

  revoke(..._: Args<'revoke'>): Promise<Revoking> {
    throw new TypeError('not built yet')
  }

  release(..._: Args<'release'>): Promise<Revoking> {
    throw new TypeError('not built yet')
  }

  crl(..._: Args<'crl'>): Promise<AuthorityCrl> {
    throw new TypeError('not built yet')
  }

  createAuthority(..._: Args<'createAuthority'>): Promise<AuthorityMaking> {
    throw new TypeError('not built yet')
  }

  importAuthority(..._: Args<'importAuthority'>): Promise<AuthorityMaking> {
    throw new TypeError('not built yet')
  }

  editAuthority(..._: Args<'editAuthority'>): Promise<Outcome> {
    throw new TypeError('not built yet')
  }

  authorityCsr(..._: Args<'authorityCsr'>): Promise<AuthorityCsr> {
    throw new TypeError('not built yet')
  }

  installAuthority(..._: Args<'installAuthority'>): Promise<AuthorityMaking> {
    throw new TypeError('not built yet')
  }

  renewAuthority(..._: Args<'renewAuthority'>): Promise<AuthorityMaking> {
    throw new TypeError('not built yet')
  }

  renew(..._: Args<'renew'>): Promise<Signing> {
    throw new TypeError('not built yet')
  }

  due(): AsyncIterable<ListedRecord> {
    throw new TypeError('not built yet')
  }

  profiles(): Promise<readonly ListedProfile[]> {
    throw new TypeError('not built yet')
  }

  addProfile(_: JsonObject, __?: MutationOptions): Promise<Outcome> {
    throw new TypeError('not built yet')
  }

  removeProfile(_: string, __?: MutationOptions): Promise<Outcome> {
    throw new TypeError('not built yet')
  }
}
