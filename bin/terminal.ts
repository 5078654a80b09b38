import { fstatSync } from 'node:fs'
import { isatty } from 'node:tty'

/**
 * Whether a descriptor is a terminal. A pipe or a file is told apart by its type alone: loading `node:tty` (and
 * with it the network modules) would cost every script 2 ms.
 */
export function isTerminal(fd: 0 | 1 | 2): boolean {
  try {
    return fstatSync(fd).isCharacterDevice() && isatty(fd)
  } catch {
    // closed by the caller
    return false
  }
}
