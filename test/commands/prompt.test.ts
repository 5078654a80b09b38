import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { terminalPrompter } from '../../commands/prompt.ts'

/** What a menu or a checklist of thirty shows before a key is pressed, on a terminal so high. */
async function shownAt(rows: number, kind: 'choose' | 'check', description?: string): Promise<string> {
  const input = new PassThrough()
  const output = Object.assign(new PassThrough(), { rows, columns: 80 })
  const prompter = await terminalPrompter({ input, output })
  const choices = Array.from({ length: 30 }, (_, value) => ({
    value,
    name: `choice ${value}`,
    ...(description !== undefined && { description }),
  }))
  const answer = prompter[kind]('which ones?', choices)
  const first = await new Promise<string>((settle) => {
    let seen = ''
    output.on('data', (piece: Buffer) => {
      seen += piece.toString()
      // the line of the keys is the last one
      if (/navigate/.test(seen)) settle(seen)
    })
  })
  input.write('\r')
  await answer
  return first
}

describe.each(['choose', 'check'] as const)('%s', (kind) => {
  test.each([
    [50, 15],
    [24, 15],
    [0, 15],
    [12, 7],
    [6, 2],
  ])('when the terminal has %i rows then it shows %i choices at once', async (rows, count) => {
    const shown = await shownAt(rows, kind)
    expect(shown.match(/choice \d+/g)).toHaveLength(count)
    expect(shown.split('\n').length).toBeLessThanOrEqual(rows || 24)
  })

  test.each([
    [50, 15, true],
    [24, 13, true],
    [15, 4, true],
    [14, 9, false],
    [12, 7, false],
  ])(
    'when something is told of each choice then at %i rows it shows %i, and that: %s',
    async (rows, count, isTold) => {
      const shown = await shownAt(rows, kind, 'its name\nits issuer\nits end\n\nits key\nits use')
      expect(shown.match(/choice \d+/g)).toHaveLength(count)
      expect(shown.includes('its use')).toBe(isTold)
      expect(shown.split('\n').length).toBeLessThanOrEqual(rows)
    },
  )

  test.each([
    [24, 8, true],
    [20, 4, true],
    [19, 14, false],
  ])(
    'when lines of it are wider than the terminal then at %i rows it shows %i, and that: %s',
    async (rows, count, isTold) => {
      const name = 'an organisation '.repeat(14)
      const shown = await shownAt(
        rows,
        kind,
        `${name}\n${name}\nits end\nits key\nits use\nits file\nits end`,
      )
      expect(shown.match(/choice \d+/g)).toHaveLength(count)
      expect(shown.includes('its use')).toBe(isTold)
      expect(shown.split('\n').length).toBeLessThanOrEqual(rows)
    },
  )
})
