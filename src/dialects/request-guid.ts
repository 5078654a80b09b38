import { toHex } from '../base/bytes.ts'
import type { Ambient } from '../base/ambient.ts'

/** Random bytes are fetched for so many names at a time: one call for each costs as much as finding the route. */
const AT_ONCE = 256
const OCTETS = 16

interface Supply {
  readonly hex: string
  at: number
}

const SUPPLIES = new WeakMap<object, Supply>()

/** A name for one answer: 32 random hex digits. It protects nothing. */
export function requestHex(ambient: Pick<Ambient, 'random'>): string {
  let supply = SUPPLIES.get(ambient)
  if (!supply || supply.at >= supply.hex.length) {
    supply = { hex: toHex(ambient.random(OCTETS * AT_ONCE)), at: 0 }
    SUPPLIES.set(ambient, supply)
  }
  supply.at += OCTETS * 2
  return supply.hex.slice(supply.at - OCTETS * 2, supply.at)
}
