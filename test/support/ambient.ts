import type { Ambient } from '../../src/base/ambient.ts'

/** A world that stands still: 2026-03-01, and random bytes that count up, so that results are exact and still differ. */
export function frozenAmbient(now = '2026-03-01T12:00:00Z'): Ambient {
  let counter = 0
  return {
    now: () => new Date(now),
    random: (length) => Uint8Array.from({ length }, () => ++counter % 251),
    env: {},
    actor: 'tester@host',
  }
}
