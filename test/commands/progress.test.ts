import { describe, expect, test } from 'vitest'
import { makeContext } from '../../commands/make-context.ts'
import { progressLine } from '../../commands/progress.ts'
import { parseVerb } from '../../commands/parse.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { fakeWorld } from '../support/world.ts'

/** A progress line under a clock that the test turns. */
function progressOn(words: readonly string[], tty: boolean) {
  let now = Date.parse('2026-03-01T12:00:00Z')
  const ambient = { ...frozenAmbient(), now: () => new Date(now) }
  const { world, said } = fakeWorld({ cwd: '/nowhere', tty, columns: 40, ambient })
  const { global } = parseVerb({ name: 'help', args: [], options: {} }, words)
  const progress = progressLine(makeContext(global, world, { name: 'help' }).context)
  return { progress, said, wait: (ms: number) => void (now += ms) }
}

describe('progress', () => {
  test('when the work takes less than a second then nothing is drawn', () => {
    const { progress, said, wait } = progressOn([], true)
    wait(999)
    progress.step(1, 2, 'reading')
    progress.end()
    expect(said.stderr()).toBe('')
  })

  test('when it takes longer then one line counts, and is erased at the end', () => {
    const { progress, said, wait } = progressOn([], true)
    wait(1000)
    progress.step(1, 2, 'reading')
    wait(50)
    progress.step(2, 2, 'too soon to draw')
    wait(50)
    progress.step(3, 0, 'files of unknown number')
    progress.end()
    expect(said.stderr()).toBe('\r\u001b[Kreading: 1 of 2\r\u001b[Kfiles of unknown number: 3\r\u001b[K')
  })

  test('when a question comes between then the line is erased for it, and drawn again later', () => {
    const { progress, said, wait } = progressOn([], true)
    wait(1000)
    progress.step(1, 2, 'reading')
    progress.clear()
    progress.clear()
    wait(100)
    progress.step(2, 2, 'reading')
    progress.step(2, 2, '')
    progress.end()
    expect(said.stderr()).toBe('\r\u001b[Kreading: 1 of 2\r\u001b[K\r\u001b[Kreading: 2 of 2\r\u001b[K')
  })

  test('when a file name is hostile or long then the line stays one safe line', () => {
    const { progress, said, wait } = progressOn([], true)
    wait(2000)
    progress.step(1, 2, `a\u001b[2J\n${'x'.repeat(100)}`)
    expect(said.stderr()).toBe(`\r\u001b[Ka\\u{1b}[2J\\u{a}${'x'.repeat(23)}…`)
  })

  test.each([
    [[], false],
    [['--quiet'], true],
  ])('when the flags are %j and a terminal is there: %s, then nothing is drawn', (words, tty) => {
    const { progress, said, wait } = progressOn(words, tty)
    wait(5000)
    progress.step(1, 2, 'reading')
    progress.end()
    expect(said.stderr()).toBe('')
  })
})
