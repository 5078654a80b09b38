import { fstatSync, statSync } from 'node:fs'
import { isatty } from 'node:tty'

/** What scripts, cron and services stand in for a terminal; on Windows it is no character device. */
const NULL_DEVICE = '/dev/null'

/**
 * Whether a descriptor is a terminal. A pipe or a file is told apart by its type alone, the null device by its number:
 * loading `node:tty` (and with it the network modules) would cost every script 2 ms.
 */
export function isTerminal(fd: 0 | 1 | 2): boolean {
  try {
    const facts = fstatSync(fd)
    return facts.isCharacterDevice() && !isNullDevice(facts.rdev) && isatty(fd)
  } catch {
    // closed by the caller
    return false
  }
}

function isNullDevice(device: number): boolean {
  return device === statSync(NULL_DEVICE, { throwIfNoEntry: false })?.rdev
}
