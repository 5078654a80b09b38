import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fieldsOf } from '../../src/query/fields.ts'

test('docs/filter.md lists every field of every kind with its other spellings, and no other', () => {
  const page = readFileSync(new URL('../../docs/filter.md', import.meta.url), 'utf8')
  const sections = page.slice(page.indexOf('## Fields')).split('### ').slice(1)
  const listed = sections.map((section) =>
    section
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name)),
  )
  const kinds = ['certificate', 'request', 'key', 'authority', 'collection'] as const
  expect(listed).toEqual(
    kinds.map((kind) => fieldsOf(kind).map(({ name, aliases }) => [name, ...(aliases ?? [])])),
  )
})
