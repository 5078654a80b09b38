import type { Argument } from '../declare.ts'

/** Records of a store. */
export const REFERENCES = {
  name: 'REF',
  help: 'ids, names, fingerprints (certman help references)',
  many: true,
  completes: 'reference',
} as const satisfies Argument

/** One authority. */
export const AUTHORITY = {
  name: 'NAME',
  help: 'name or id of the authority',
  completes: 'authority',
} as const satisfies Argument

/** Authorities that the same is done to. */
export const AUTHORITIES = {
  name: 'NAME',
  help: 'names or ids of authorities',
  many: true,
  completes: 'authority',
} as const satisfies Argument

/** A user of `serve`. */
export const USER = { name: 'NAME', help: 'name of the user' } as const satisfies Argument
