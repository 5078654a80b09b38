import type { Context } from './context.ts'
import { safeText } from './render/safe.ts'
import { cut } from './render/width.ts'

/** Work that takes less than this shows nothing. */
const PATIENCE_MS = 1000

/** More often than this nobody can read. */
const REDRAW_MS = 100

export interface Progress {
  /** @param what empty between two pieces of work: nothing is shown */
  readonly step: (done: number, total: number, what: string) => void
  /** Erases the line for something else to be written there; the next step draws it again. */
  readonly clear: () => void
  /** Erases the line; later steps draw nothing. */
  readonly end: () => void
}

/** A line on the terminal that counts, from the second on that the work takes. */
export function progressLine(ctx: Context): Progress {
  const { terminal, ambient, global } = ctx
  const silent = !terminal.stderrIsTty || global.quiet
  const started = ambient.now().getTime()
  let drawnAt = 0
  let drawn = false
  let ended = false
  const clear = (): void => {
    if (drawn) terminal.draw('\r\u001b[K')
    drawn = false
  }
  return {
    step: (done, total, what) => {
      if (what === '') return clear()
      const now = ambient.now().getTime()
      if (silent || ended || now - started < PATIENCE_MS || now - drawnAt < REDRAW_MS) return
      drawnAt = now
      drawn = true
      const line = safeText(total > 0 ? `${what}: ${done} of ${total}` : `${what}: ${done}`)
      terminal.draw(`\r\u001b[K${cut(line, terminal.columns - 1)}`)
    },
    clear,
    end: () => {
      clear()
      ended = true
    },
  }
}
