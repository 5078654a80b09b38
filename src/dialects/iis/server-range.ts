import { invalidRange } from './errors.ts'

/** Both ends included, counted from 0. */
export interface Slice {
  readonly first: number
  readonly last: number
}

/**
 * The slice that a `Range` asks for. This is not RFC 9110: both bounds are wanted, nothing is cut to fit.
 *
 * @param total how many there are
 * @returns undefined where all is to be sent: without the header, and for the `certificates=0--1` that IIS WebManager
 *   sends of nothing (a host refuses it, and the page waits for ever)
 * @throws {WireFault} 416
 */
export function sliceOf(header: string | undefined, total: number): Slice | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  if (total === 0 && /^certificates=0--1$/i.test(text)) return undefined
  const [, first, last] = /^certificates=(\d{1,9})-(\d{1,9})$/i.exec(text) ?? []
  const slice = { first: Number(first ?? NaN), last: Number(last ?? NaN) }
  if (slice.first <= slice.last && slice.last < total) return slice
  throw invalidRange()
}
