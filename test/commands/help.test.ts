import { describe, expect, test } from 'vitest'
import type { Verb } from '../../commands/declare.ts'
import { parseVerb } from '../../commands/parse.ts'
import { route } from '../../commands/route.ts'
import { verbsIn, findVerb, GROUPS } from '../../commands/verbs.ts'
import { TOPIC_NAMES } from '../../commands/help/topic-names.ts'
import { certman } from '../support/command.ts'
import { shellWords } from '../support/transcript.ts'

const visible = Object.entries(verbsIn()).filter(([, entry]) => !entry.hidden)
const verbs: readonly Verb[] = await Promise.all(visible.map(([, entry]) => entry.load()))
const world = { cwd: '/nowhere', tty: true, columns: 80 }

/** The command lines of an example: what follows a pipe or stands in `<(…)` counts too. */
const commandLines = (example: string): string[] =>
  [...example.matchAll(/(xargs (?:-r )?)?(certman [^|>)]*)/g)].map(
    ([, xargs, line = '']) => `${line.replace(/&&.*/, '').trim()}${xargs ? ' x' : ''}`,
  )

describe('help', () => {
  test.each(visible)(
    'when the table of verbs leads to %s then it is the verb of that name',
    async (name, entry) => {
      expect((await entry.load()).name).toBe(name)
    },
  )

  test.each(verbs)('when help about $name is asked for then it begins with examples', async ({ name }) => {
    const { stdout, stderr, status } = await certman([...name.split(' '), '--help'], world)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const head = new RegExp(`^certman ${name}: [^]+?\\n\\nUsage: certman ${name}.*\\n\\nExamples:\\n`)
    expect(stdout).toMatch(head)
  })

  test.each(verbs)(
    'when help about $name is shown on 80 columns then no line is longer, and examples can be copied whole',
    async ({ name }) => {
      const { stdout } = await certman(['help', ...name.split(' ')], world)
      const long = stdout.split('\n').filter((line) => line.length > 80)
      expect(long).toEqual([])
    },
  )

  test.each(verbs.flatMap((verb) => verb.examples.flatMap(([example]) => commandLines(example))))(
    'the example "%s" is a command line that is understood',
    async (line) => {
      const { name, known, rest } = route(shellWords(line).slice(1))
      expect(known).toMatch(/^(?:verb|group)$/)
      const verb = await findVerb(name!)?.load()
      expect(() => verb && parseVerb(verb, rest)).not.toThrow()
    },
  )

  test.each(TOPIC_NAMES)('when help about the topic %s is asked for then it is there', async (topic) => {
    const { stdout, status } = await certman(['help', topic], world)
    expect(status).toBe(0)
    expect(stdout).toMatch(`certman help ${topic}: `)
  })

  test.each(Object.keys(GROUPS))(
    'when %s is given without a verb then its verbs are shown',
    async (group) => {
      // serve is a verb as well: alone it would start
      const words = findVerb(group) ? [group, '--help'] : [group]
      const { stdout, status } = await certman(words, world)
      expect(status).toBe(0)
      for (const [name] of visible.filter(([each]) => each.startsWith(`${group} `)))
        expect(stdout).toContain(name)
    },
  )

  test('when help about nothing is asked for then the nearest verb is named', async () => {
    expect(await certman(['help', 'improt'], world)).toEqual({
      status: 2,
      stdout: '',
      stderr: 'certman: error: there is no verb "improt"\ncertman: hint: did you mean certman import?\n',
    })
  })
})
