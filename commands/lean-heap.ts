import { setFlagsFromString } from 'node:v8'
import type { ImportDialog } from '../src/operations/import-files.ts'

/** The heap may grow by half of what is in use before V8 looks for garbage; left alone, to four times of it. */
const NEAR_USE = '--heap-growing-percent=50'

/** Items of one job that fill the memory if nobody minds. */
const MANY = 10_000

let isLean = false

/**
 * Keeps the heap of this process near what is in use once there is much to do. V8 lets it grow to three times of that
 * before it looks for garbage: with a hundred thousand certificates 150 MB more, and not measurably quicker.
 */
export function leanWhenMany(progress: NonNullable<ImportDialog['progress']>): typeof progress {
  return (done, total, what) => {
    if (total >= MANY && !isLean) {
      isLean = true
      setFlagsFromString(NEAR_USE)
    }
    progress(done, total, what)
  }
}

/**
 * Keeps the heap of a server near what is in use, and lets nothing be allocated among the old objects because others like it
 * have lived long, as some do while long lists are made. When it has died it keeps what it points to, all of a request, until
 * V8 clears old objects too: measured 3.5 kB of each request, and a tenth of a short answer's processor time. To be called
 * before there is much to do.
 */
export function leanRequests(): void {
  setFlagsFromString(NEAR_USE)
  setFlagsFromString('--no-allocation-site-pretenuring')
}
