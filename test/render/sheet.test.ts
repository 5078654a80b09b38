import { expect, test } from 'vitest'
import { renderSheet } from '../../commands/render/sheet.ts'

const style = { width: undefined, color: false }
const sheetOf = (labels: readonly string[]): string =>
  renderSheet([{ title: 'T', entries: labels.map((label) => ({ label, values: [{ text: 'x' }] })) }], style)

test('values are aligned behind the longest label that is not too long', () => {
  expect(sheetOf(['a', 'four', 'a label that is too long'])).toBe(
    'T\n  a             x\n  four          x\n  a label that is too long\n                x\n',
  )
})

test('a sheet may have more entries than a call has arguments', () => {
  expect(sheetOf(Array.from({ length: 150_000 }, () => 'a'))).toHaveLength(2 + 150_000 * '  a  x\n'.length)
})
