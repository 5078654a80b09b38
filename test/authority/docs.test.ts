import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LINT_RULES } from '../../src/authority/lint/lint.ts'
import { builtInProfiles } from '../../src/authority/profile.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/profiles.md'), 'utf8')
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  )

test('docs/profiles.md lists each lint with its severity and source, and no other', () => {
  const start = rows.findIndex(([first]) => first === 'rule')
  expect(rows.slice(start + 2)).toEqual(LINT_RULES.map(({ id, severity, source }) => [id, severity, source]))
})

test('docs/profiles.md gives the days of each built-in profile', () => {
  for (const { name, validity } of builtInProfiles()) {
    const row = rows.find(([first]) => first === name)
    expect(row?.[2], name).toBe(`${validity.defaultDays}, ${validity.maximumDays ?? '–'}`)
  }
})

test('the profile in docs/profiles.md is one', async () => {
  const { parseProfile } = await import('../../src/authority/parse-profile.ts')
  const json = /```json\n([\s\S]*?)```/.exec(page)![1]!
  expect(parseProfile(JSON.parse(json))).toMatchObject({ name: 'corp-web', names: { required: true } })
})
