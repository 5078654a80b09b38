import fs from 'node:fs'
import { dirname, join } from 'node:path'
import { vi } from 'vitest'
import type { Ambient } from '../../src/base/ambient.ts'
import { LockConnection, tryLock } from '../../src/repository/directory/lock.ts'
import { realFiles } from '../../src/repository/directory/files.ts'
import { inRepository } from './built.ts'

/** Where a story plays. */
export interface Scene {
  readonly folder: string
  /** One for the whole story, so that randomness goes on and ids stay exact. */
  readonly ambient: Ambient
  /** What the clock of the story shows; `@ clock` sets it. */
  readonly clock: { now: string }
  /** New keys and signatures differ each time: after `@ new-keys` it is `key ****************` and `* bytes`. */
  readonly mask: { newKeys: boolean }
  /** Runs when the story is over, last first. */
  readonly later: (undo: () => void) => void
}

type Act = (scene: Scene, words: readonly string[]) => void

/** The length octets of X.690 section 8.1.3. */
function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length]
  const octets: number[] = []
  for (let left = length; left > 0; left >>>= 8) octets.unshift(left & 0xff)
  return [0x80 | octets.length, ...octets]
}

/** A SEQUENCE in a SEQUENCE, and so on. */
function nestedSequences(depth: number): Buffer {
  const parts: Buffer[] = []
  let length = 0
  for (let at = 0; at < depth; at++) {
    const head = Buffer.from([0x30, ...lengthOctets(length)])
    parts.push(head)
    length += head.length
  }
  return Buffer.concat(parts.toReversed())
}

/** Every write to a file after the first `free` ones finds no room. */
function fillDisk(scene: Scene, free: number): void {
  let left = free
  const full = (): void => {
    if (left-- <= 0)
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  }
  const { writeSync, writeFileSync } = fs
  const spies = [
    vi.spyOn(fs, 'writeSync').mockImplementation(((...all: Parameters<typeof writeSync>) => {
      full()
      return writeSync(...all)
    }) as typeof writeSync),
    vi.spyOn(fs, 'writeFileSync').mockImplementation(((...all: Parameters<typeof writeFileSync>) => {
      full()
      writeFileSync(...all)
    }) as typeof writeFileSync),
  ]
  scene.later(() => spies.forEach((spy) => spy.mockRestore()))
}

/** Root may do everything: a story about permissions is played as nobody. */
function becomeNobody(scene: Scene): void {
  if (process.geteuid?.() !== 0) return
  const nobody = 65_534
  for (const name of ['', ...fs.readdirSync(scene.folder, { recursive: true, encoding: 'utf8' })])
    fs.chownSync(join(scene.folder, name), nobody, nobody)
  process.seteuid!(nobody)
  scene.later(() => process.seteuid!(0))
}

const ACTS: Readonly<Record<string, Act>> = {
  copy: ({ folder }, [from = '', to = '']) => {
    fs.mkdirSync(dirname(join(folder, to)), { recursive: true })
    fs.cpSync(inRepository(from), join(folder, to), { recursive: true })
  },
  mkdir: ({ folder }, [name = '']) => void fs.mkdirSync(join(folder, name), { recursive: true }),
  remove: ({ folder }, [name = '']) => fs.rmSync(join(folder, name), { recursive: true }),
  /** Keeps the first bytes of a file. */
  cut: ({ folder }, [name = '', bytes]) => fs.truncateSync(join(folder, name), Number(bytes)),
  /** An empty file of that size that takes no room. */
  large: ({ folder }, [name = '', bytes]) => {
    fs.writeFileSync(join(folder, name), '')
    fs.truncateSync(join(folder, name), Number(bytes))
  },
  nested: ({ folder }, [name = '', depth]) =>
    fs.writeFileSync(join(folder, name), nestedSequences(Number(depth))),
  /** Replaces a text in a file, which must be there. */
  replace: ({ folder }, [name = '', from = '', to = '']) => {
    const before = fs.readFileSync(join(folder, name), 'utf8')
    if (!before.includes(from)) throw new Error(`${name} does not hold ${from}`)
    fs.writeFileSync(join(folder, name), before.replace(from, to))
  },
  chmod: ({ folder }, [mode = '', name = '']) => fs.chmodSync(join(folder, name), parseInt(mode, 8)),
  /** Another certman holds the store's lock until the end of the story. */
  lock: (scene, [store = '']) => {
    const holder = { pid: 4711, host: 'elsewhere', command: 'import', since: '2026-03-01T11:59:00.000Z' }
    const lock = tryLock(realFiles(join(scene.folder, store)), { holder, connection: new LockConnection() })
    if (!lock) throw new Error('the lock is held already')
    scene.later(() => lock.release())
  },
  full: (scene, [free]) => fillDisk(scene, Number(free)),
  /** Somebody makes room on the disk. */
  room: () => void vi.restoreAllMocks(),
  nobody: becomeNobody,
  clock: ({ clock }, [instant = '']) => void (clock.now = instant),
  'new-keys': ({ mask }) => void (mask.newKeys = true),
}

/** Does what an `@` line says. */
export function perform([name = '', ...words]: readonly string[], scene: Scene): void {
  const act = ACTS[name]
  if (!act) throw new Error(`there is no action ${name}`)
  act(scene, words)
}
