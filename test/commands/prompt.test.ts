import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { terminalPrompter } from '../../commands/prompt.ts'

/** What a checklist of thirty shows before a key is pressed, on a terminal so high. */
async function shownAt(rows: number): Promise<string> {
  const input = new PassThrough()
  const output = Object.assign(new PassThrough(), { rows, columns: 80 })
  const prompter = await terminalPrompter({ input, output })
  const choices = Array.from({ length: 30 }, (_, value) => ({ value, name: `choice ${value}` }))
  const answer = prompter.check('which ones?', choices)
  const first = await new Promise<string>((settle) => {
    let seen = ''
    output.on('data', (piece: Buffer) => {
      seen += piece.toString()
      if (seen.includes('submit')) settle(seen)
    })
  })
  input.write('\r')
  await answer
  return first
}

describe('a checklist', () => {
  test.each([
    [50, 15],
    [24, 12],
    [0, 12],
    [10, 4],
  ])('when the terminal has %i rows then it shows %i choices at once', async (rows, count) => {
    expect((await shownAt(rows)).match(/choice \d+/g)).toHaveLength(count)
  })
})
