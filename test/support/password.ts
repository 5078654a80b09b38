import { Secret } from '../../src/base/secret.ts'
import type { PasswordSource } from '../../src/formats/items.ts'

/** A person who knows these passwords, in this order, and then no more. */
export function passwords(...known: readonly (string | null | undefined)[]): PasswordSource {
  const given = known.filter((each) => typeof each === 'string')
  return ({ attempt }) => {
    const next = given[attempt - 1]
    return Promise.resolve(next === undefined ? undefined : new Secret(next))
  }
}
