import type { Access, ServedStore, ServedUser } from '../../dialects/house.ts'
import type { Claim } from '../../domain/records.ts'
import { administers, managesAuthorities, ROLE_CLAIMS, seesOwnOnly } from '../../domain/role.ts'
import type { UserRecord } from '../../settings/user-records.ts'
import { bothClaims, guardedStore } from '../../store/guarded-store.ts'
import type { Store } from '../../store/store.ts'

/** One store that is served, as the server itself sees it. */
export interface ServedPlace {
  readonly name: string
  /** 1, 2, 3 … in the order of the command line. */
  readonly number: number
  readonly id: string
  /** The store's own. */
  readonly claims: readonly Claim[]
  /** Unguarded; its orders carry the server's passwords. */
  readonly store: Store
}

/** What a user may do, whatever the store says. */
const claimsOf = ({ role, claims }: Pick<UserRecord, 'role' | 'claims'>): readonly Claim[] =>
  claims ?? ROLE_CLAIMS[role]

/** A user without the secrets. */
export const servedUser = ({ number, name, role, password }: UserRecord): ServedUser => ({
  number,
  name,
  role,
  hasPassword: password !== undefined,
})

/**
 * What is open to a user at this moment.
 *
 * @returns undefined when no store is
 */
export function accessOf(
  user: UserRecord,
  places: readonly ServedPlace[],
  now: () => Date,
): Access | undefined {
  const stores = places.filter(({ name }) => isOpen(user, name)).map((place) => served(user, place, now))
  if (stores.length === 0) return undefined
  return {
    user: servedUser(user),
    stores,
    collections: user.collections,
    managesUsers: isUnlimited(user),
    managesAuthorities: hasAuthorities(user),
    store: (name) => stores.find((store) => isSame(store.name, name)),
  }
}

const isUnlimited = ({ role, stores, collections, claims }: UserRecord): boolean =>
  administers(role) &&
  stores === undefined &&
  collections === undefined &&
  (claims === undefined || ROLE_CLAIMS[role].every((claim) => claims.includes(claim)))

/** An admin's claims say how far; whoever else is limited has been given a part, and authorities are none of it. */
const hasAuthorities = ({ role, collections, claims }: UserRecord): boolean =>
  administers(role) || (managesAuthorities(role) && collections === undefined && claims === undefined)

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const isOpen = ({ stores }: UserRecord, name: string): boolean =>
  stores === undefined || stores.some((each) => isSame(each, name))

function served(user: UserRecord, place: ServedPlace, now: () => Date): ServedStore {
  const { name, number, id } = place
  const grants = {
    user: user.name,
    store: name,
    claims: claimsOf(user),
    ownOnly: seesOwnOnly(user.role),
    administers: administers(user.role),
    managesAuthorities: hasAuthorities(user),
    ...(user.collections && { collections: user.collections }),
  }
  return {
    name,
    number,
    id,
    claims: bothClaims(place.claims, grants.claims),
    store: guardedStore(place.store, grants, now),
  }
}
