import { realFiles, type Files } from '../../../src/repository/directory/files.ts'

/** A process that is no more: every further call fails. */
export class Killed extends Error {}

/** What happens at the n-th call that changes something. */
export interface Fault {
  /** Counts from 1. */
  readonly at: number
  /**
   * `half`way through or `after` that call the process dies; `full`: that call finds no room, the process lives;
   * `broken`: that call and the next fail, whatever they do, and the process lives.
   */
  readonly how: 'half' | 'after' | 'full' | 'broken'
}

const noRoom = (): Error => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })

const broken = (): Error => Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })

const nothing = (): void => undefined

/** Files whose n-th changing call goes wrong; `calls()` tells how many there were. */
export function failingFiles(fault?: Fault): {
  readonly open: (root: string) => Files
  readonly calls: () => number
} {
  let calls = 0
  let isDead = false

  function guard<T>(run: () => T, half?: () => void): T {
    if (isDead) throw new Killed()
    calls++
    if (fault?.how === 'broken' && (calls === fault.at || calls === fault.at + 1)) throw broken()
    if (calls !== fault?.at) return run()
    if (fault.how === 'full') {
      // taking away needs no room
      if (!half) return run()
      half()
      throw noRoom()
    }
    isDead = true
    if (fault.how === 'half') half?.()
    if (fault.how === 'after') run()
    throw new Killed()
  }

  const open = (root: string): Files => {
    const real = realFiles(root)
    return {
      ...real,
      makeFolder: (path) => guard(() => real.makeFolder(path), nothing),
      write: (path, text) =>
        guard(
          () => real.write(path, text),
          () => real.write(path, text.slice(0, text.length >> 1)),
        ),
      writeAt: (path, offset, text) =>
        guard(
          () => real.writeAt(path, offset, text),
          () => real.writeAt(path, offset, Buffer.from(text).subarray(0, text.length >> 1)),
        ),
      truncate: (path, size) => guard(() => real.truncate(path, size)),
      rename: (from, to) => guard(() => real.rename(from, to), nothing),
      remove: (path) => guard(() => real.remove(path)),
      removeFolder: (path) => guard(() => real.removeFolder(path)),
      setMode: (path, mode) => guard(() => real.setMode(path, mode)),
      // a killed process leaves what it wrote in the system's hands: nothing needs flushing here
      sync: () => guard(() => Promise.resolve(), nothing),
    }
  }
  return { open, calls: () => calls }
}
