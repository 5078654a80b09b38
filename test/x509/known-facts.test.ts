import { beforeAll, expect, test } from 'vitest'
import { describeCertificate } from '../../src/x509/certificate.ts'
import { knownFacts } from '../../src/x509/known-facts.ts'
import { certificateDer } from '../repository/material.ts'

const few = Array.from({ length: 40 }, (_, n) => certificateDer(n + 2))
const fewComeTwice = (): void => [...few, ...few].forEach((der) => void knownFacts(der))

// other tests of this process may have left a long row of strangers behind
beforeAll(fewComeTwice)

test('what is asked for twice is described once, and after a long row of strangers still said right', () => {
  const first = certificateDer(1)
  const facts = knownFacts(first)
  expect(knownFacts(Uint8Array.from(first))).not.toBe(facts)
  expect(knownFacts(first)).toBe(facts)
  // more than two generations of certificates that nobody asks for again
  for (let n = 0; n < 2200; n++) knownFacts(Uint8Array.from(first))
  const again = knownFacts(first)
  expect(again).toEqual(describeCertificate(first))
  expect(knownFacts(first)).toBe(again)
  // a few that come twice are known again at once, however many strangers there were
  fewComeTwice()
  const known = few.map(knownFacts)
  expect(few.map(knownFacts)).toEqual(known)
  expect(few.every((der, at) => knownFacts(der) === known[at])).toBe(true)
})
