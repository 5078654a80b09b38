import { array, assert, constantFrom, integer, property, tuple } from 'fast-check'
import { expect, test } from 'vitest'
import { Recent } from '../../src/base/recent.ts'

test('when values are kept and taken in any order then the last used are there, as a plain list would have it', () => {
  const step = tuple(
    constantFrom('keep' as const, 'take' as const, 'of' as const),
    constantFrom('a', 'b', 'c', 'd', 'e'),
  )
  assert(
    property(integer({ min: 1, max: 4 }), array(step, { maxLength: 60 }), (most, steps) => {
      const recent = new Recent<number>(most)
      let model: readonly (readonly [string, number])[] = []
      const use = (key: string, value: number): void => {
        model = [...model.filter(([each]) => each !== key), [key, value] as const].slice(-most)
      }
      for (const [at, [verb, key]] of steps.entries()) {
        const known = model.find(([each]) => each === key)?.[1]
        const given = {
          keep: () => recent.keep(key, at),
          take: () => recent.take(key),
          of: () => recent.of(key, () => at),
        }
        const expected = { keep: undefined, take: known, of: known ?? at }
        expect(given[verb]()).toBe(expected[verb])
        if (verb !== 'take' || known !== undefined) use(key, verb === 'keep' ? at : (known ?? at))
      }
    }),
  )
})

test('when a value cannot be made then the error is the caller’s, and the next one makes it', () => {
  const recent = new Recent<string>(2)
  const fail = (): string => {
    throw new Error('no')
  }
  expect(() => recent.of('a', fail)).toThrow('no')
  expect(recent.of('a', () => 'made')).toBe('made')
})

test('when values have weights then all that are kept weigh so much at most', () => {
  const recent = new Recent<string>(10, ({ length }) => length)
  recent.keep('a', 'aaaa')
  recent.keep('b', 'bbbb')
  recent.keep('a', 'aa')
  recent.keep('c', 'cccc')
  expect(['a', 'b', 'c'].map((key) => recent.take(key))).toEqual(['aa', 'bbbb', 'cccc'])
  recent.keep('d', 'd')
  expect(['a', 'b', 'c', 'd'].map((key) => recent.take(key))).toEqual([undefined, 'bbbb', 'cccc', 'd'])
  recent.keep('e', 'e'.repeat(11))
  expect(['b', 'c', 'd', 'e'].map((key) => recent.take(key))).toEqual(['bbbb', 'cccc', 'd', undefined])
})
