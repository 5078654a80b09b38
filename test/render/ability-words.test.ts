import { expect, test } from 'vitest'
import { verbsOf } from '../../commands/render/ability-words.ts'
import { DIALECT_NAMES } from '../../src/dialects/dialect.ts'
import { dialect } from '../../src/dialects/index.ts'
import { LOCAL_ABILITIES } from '../../src/store/local-store.ts'

test('when a store says what it can do then in words that people type, not in names of fields', async () => {
  const vendors = await Promise.all(DIALECT_NAMES.map(async (name) => (await dialect(name)).can))
  const words = [LOCAL_ABILITIES, ...vendors].flatMap(verbsOf)
  expect(words).toContain('ca create')
  expect(words).toContain('export keys')
  expect(words.filter((word) => /[A-Z]/.test(word))).toEqual([])
})
