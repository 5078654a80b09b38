import { realFiles, type Files } from '../../../src/repository/directory/files.ts'
import { folderOf, type StorePath } from '../../../src/repository/directory/paths.ts'

/** One change of the disk: of a file's content, or of a name in a folder. `flushed` once a flush has covered it. */
interface Deed {
  /** The file or folder whose flush makes it last. */
  readonly of: StorePath
  /** Does it to a disk; part of it only where `whole` is false. */
  readonly redo: (disk: Files, whole: boolean) => void
  flushed: boolean
}

/** A disk that remembers every change since it was opened, so that a power cut can be played at any of them. */
export interface RecordingDisk {
  readonly open: (root: string) => Files
  readonly deeds: readonly Deed[]
}

/**
 * Files that record what is done to them. The model is harsher than real file systems: what was not flushed may be
 * lost or not, each change by itself, and contents in part; a new name lasts only when its folder was flushed.
 */
export function recordingDisk(): RecordingDisk {
  const deeds: Deed[] = []
  const note = (of: StorePath, redo: Deed['redo']): void => void deeds.push({ of, redo, flushed: false })
  const exists = (disk: Files, path: StorePath): boolean => disk.facts(path) !== undefined

  const open = (root: string): Files => {
    const real = realFiles(root)
    const noteName = (path: StorePath): void => {
      if (exists(real, path)) return
      note(folderOf(path), (disk) => {
        if (exists(disk, folderOf(path)) && !exists(disk, path)) disk.write(path, '')
      })
    }
    const noteContent = (path: StorePath, redo: Deed['redo']): void =>
      note(path, (disk, whole) => {
        if (exists(disk, path)) redo(disk, whole)
      })
    return {
      ...real,
      makeFolder: (path) => {
        const parts = path.split('/')
        parts.forEach((_, at) => {
          const folder = parts.slice(0, at + 1).join('/')
          if (folder !== '' && !exists(real, folder))
            note(folderOf(folder), (disk) => {
              if (exists(disk, folderOf(folder))) disk.makeFolder(folder)
            })
        })
        return real.makeFolder(path)
      },
      write: (path, text) => {
        noteName(path)
        noteContent(path, (disk, whole) => disk.write(path, whole ? text : text.slice(0, text.length >> 1)))
        real.write(path, text)
      },
      writeAt: (path, offset, text) => {
        noteName(path)
        const bytes = Buffer.from(text)
        noteContent(path, (disk, whole) => {
          // a file that is shorter here has lost what came before: zeros, as after a real cut
          const at = disk.facts(path)!.size
          if (at < offset) disk.writeAt(path, at, Buffer.alloc(offset - at))
          disk.writeAt(path, offset, whole ? bytes : bytes.subarray(0, bytes.length >> 1))
        })
        real.writeAt(path, offset, text)
      },
      truncate: (path, size) => {
        noteContent(path, (disk) => disk.truncate(path, size))
        real.truncate(path, size)
      },
      rename: (from, to) => {
        // what was written under the old name is flushed under the new one as well
        note(folderOf(to), (disk) => {
          if (exists(disk, from)) disk.rename(from, to)
        })
        real.rename(from, to)
      },
      remove: (path) => {
        note(folderOf(path), (disk) => disk.remove(path))
        real.remove(path)
      },
      sync: async (paths) => {
        const flushed = deeds.filter((deed) => paths.includes(deed.of))
        // a flush takes its time: others go on meanwhile, and a cut may come
        await new Promise(setImmediate)
        for (const deed of flushed) deed.flushed = true
      },
    }
  }
  return { open, deeds }
}

/** Numbers from 0 to 1 that only look like chance. */
function dice(seed: number): () => number {
  let state = seed + 0x9e3779b9
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3ce5) + 0x6d2b79f5
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32
  }
}

/**
 * What the disk holds after a power cut: everything flushed, and of the rest what chance (`seed`) leaves; seed 0 leaves
 * nothing of it.
 *
 * @param root a copy of the store as it was when recording began
 * @param deeds those done before the cut, with `flushed` as it was at that moment
 */
export function playCut(root: string, deeds: readonly Deed[], seed: number): void {
  const disk = realFiles(root)
  const roll = dice(seed)
  for (const deed of deeds) {
    if (deed.flushed) deed.redo(disk, true)
    else if (seed !== 0 && roll() < 0.5) deed.redo(disk, roll() < 0.7)
  }
}
