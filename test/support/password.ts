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

/** The same person, and the numbers of the attempts so far. */
export function countedPasswords(...known: readonly (string | null | undefined)[]): {
  readonly password: PasswordSource
  readonly attempts: readonly number[]
} {
  const attempts: number[] = []
  const answer = passwords(...known)
  const password: PasswordSource = (question) => {
    attempts.push(question.attempt)
    return answer(question)
  }
  return { password, attempts }
}
