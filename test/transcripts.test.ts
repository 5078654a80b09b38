import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { runCli } from '../commands/run.ts'
import { frozenAmbient } from './support/ambient.ts'
import { requireOracle } from './support/oracles.ts'
import { playProcess } from './support/own-process.ts'
import { perform, type Scene } from './support/scene.ts'
import { differences, treeDigest } from './support/tree-digest.ts'
import { parseTranscript, type Said, type Step, type Transcript, writeStep } from './support/transcript.ts'
import { fakeWorld } from './support/world.ts'

const FOLDER = join(import.meta.dirname, 'transcripts')

const lines = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))

type Words = Pick<Said, 'stdout' | 'stderr' | 'questions' | 'status'>

/** Runs one command in this process, in a world made for it. */
async function playHere(step: Step, scene: Scene): Promise<Words> {
  const { world, said } = fakeWorld({
    cwd: scene.folder,
    env: { NO_COLOR: '1', ...step.env },
    stdin: step.stdin.map((line) => `${line}\n`).join(''),
    ambient: scene.ambient,
    ...(step.answers && { answers: step.answers }),
  })
  const status = await runCli(step.argv, world)
  const { questions } = said
  return { stdout: lines(said.stdout().toString()), stderr: lines(said.stderr()), questions, status }
}

/** Runs one command. A command that fails must leave every file as it was; the index is derived and not looked at. */
async function play(step: Step, scene: Scene): Promise<Said> {
  const before = treeDigest(scene.folder)
  const { stdout, stderr, questions, status } = step.process
    ? playProcess(step, step.process, scene.folder)
    : await playHere(step, scene)
  // the folder in which a story plays has another name each time; transcripts call it /here
  const here = (text: string): string => {
    const steady = text.replaceAll(scene.folder, '/here')
    if (!scene.mask.newKeys) return steady
    return steady
      .replace(/\bkey [0-9a-f]{16}\b/g, `key ${'*'.repeat(16)}`)
      .replace(/\b\d+ bytes\)/g, '* bytes)')
  }
  return {
    stdout: stdout.map(here),
    stderr: stderr.map(here),
    questions: questions.map(here),
    status,
    // 9: a part failed, the rest is done
    changed: status === 0 || status === 9 ? [] : differences(before, treeDigest(scene.folder)),
  }
}

let cleanUp: (() => void)[] = []
afterEach(() => {
  for (const each of cleanUp.toReversed()) each()
  cleanUp = []
})

function openScene({ files }: Transcript): Scene {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'certman-story-')))
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text, { mode: 0o600 })
  }
  const clock = { now: '2026-03-01T12:00:00Z' }
  const ambient = { ...frozenAmbient(), now: () => new Date(clock.now) }
  return { folder, ambient, clock, mask: { newKeys: false }, later: (each) => cleanUp.push(each) }
}

/** The transcript as it really went. */
async function tell(story: Transcript): Promise<string> {
  const scene = openScene(story)
  const told: string[] = []
  for (const part of story.parts) {
    if (part.type === 'step') told.push(...writeStep(part, await play(part, scene)))
    else told.push(part.text)
    if (part.type === 'action') perform(part.words, scene)
  }
  return `${told.join('\n')}\n${story.below}`
}

describe('transcripts', () => {
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.txt'))) {
    const story = parseTranscript(readFileSync(join(FOLDER, file), 'utf8'))
    test(`${file}: ${story.title}`, async (context) => {
      if (story.parts.some((part) => part.type === 'step' && part.process)) requireOracle(context, 'python3')
      const told = await tell(story)
      expect(told).not.toContain('FAILED, BUT CHANGED')
      // vitest -u writes what was said into the file; read the difference before believing it
      await expect(told).toMatchFileSnapshot(join(FOLDER, file))
    })
  }
})
