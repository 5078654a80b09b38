import { CertmanError } from '../../src/base/errors.ts'
import { Secret } from '../../src/base/secret.ts'
import type { Prompter } from '../../commands/context.ts'
import { ClosedPipe, type Signals, type World } from '../../commands/world.ts'
import type { Ambient } from '../../src/base/ambient.ts'
import { frozenAmbient } from './ambient.ts'

/** What a run of the command line said. */
export interface Said {
  readonly stdout: () => Buffer
  readonly stderr: () => string
  /** Questions that were asked, in order. */
  readonly questions: readonly string[]
}

export interface FakeWorldOptions {
  readonly cwd: string
  /** Default: a folder `home` in `cwd`. */
  readonly home?: string
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: Uint8Array | string
  /** Answers to questions, in order; with any, all three streams are terminals. `^C` is Ctrl-C. */
  readonly answers?: readonly string[]
  readonly tty?: boolean
  readonly columns?: number
  readonly ambient?: Ambient
  readonly signals?: Signals
  /** Characters of standard output after which nobody reads any more. */
  readonly closesAfter?: number
}

/**
 * A prompter that reads from a script (`<Enter>` is an empty answer): `yes` and `no` for confirmations, texts and passwords as they are, the
 * beginning of a choice's name, and for a checklist beginnings of names separated by ` | ` or `all`.
 */
export function scriptedPrompter(answers: readonly string[], questions: string[]): Prompter {
  const left = [...answers]
  const next = (question: string): string => {
    questions.push(question)
    const answer = left.shift()
    if (answer === undefined) throw new Error(`nobody answers: ${question}`)
    if (answer === '^C') throw new CertmanError('interrupted', 'interrupted')
    return answer === '<Enter>' ? '' : answer
  }
  const find = <T>(choices: readonly { readonly name: string; readonly value: T }[], start: string): T => {
    const found = choices.find(({ name }) => name.startsWith(start))
    if (!found)
      throw new Error(`no choice begins with ${start}: ${choices.map(({ name }) => name).join(' / ')}`)
    return found.value
  }
  return {
    password: async (question) => new Secret(next(question)),
    confirm: async (question) => next(question) === 'yes',
    text: async (question, check) => {
      for (;;) {
        const answer = next(question)
        if (check?.(answer) === undefined) return answer
      }
    },
    choose: async (question, choices) => find(choices, next(question)),
    check: async (question, choices) => {
      const answer = next(question)
      if (answer === 'all') return choices.map(({ value }) => value)
      return answer.split(' | ').map((start) => find(choices, start))
    },
  }
}

/** A world without a process: frozen clock, counted randomness, streams in memory. */
export function fakeWorld(options: FakeWorldOptions): { readonly world: World; readonly said: Said } {
  const out: Buffer[] = []
  const err: Buffer[] = []
  const questions: string[] = []
  const isTty = options.tty ?? options.answers !== undefined
  const columns = isTty ? (options.columns ?? 100) : undefined
  let room = options.closesAfter ?? Infinity
  const ambient = options.ambient ?? frozenAmbient()
  const world: World = {
    ambient: { now: ambient.now, random: ambient.random, actor: ambient.actor, env: { ...options.env } },
    cwd: options.cwd,
    home: options.home ?? `${options.cwd}/home`,
    platform: process.platform,
    stdout: {
      isTty,
      columns,
      async write(data) {
        if (room <= 0) throw new ClosedPipe()
        room -= data.length
        out.push(Buffer.from(data))
      },
    },
    stderr: { isTty, columns, write: async (data) => void err.push(Buffer.from(data)) },
    stdin: { isTty, read: async () => Buffer.from(options.stdin ?? '') },
    promptStreams: () => ({ input: process.stdin, output: process.stderr }),
    ...(options.signals && { signals: options.signals }),
    prompter: scriptedPrompter(options.answers ?? [], questions),
  }
  return {
    world,
    said: { stdout: () => Buffer.concat(out), stderr: () => Buffer.concat(err).toString(), questions },
  }
}
