import type { Place } from '../formats/items.ts'
import type { Outcome } from '../store/store.ts'
import { keyOf, type Gathered } from './gather-items.ts'
import type { ImportOutcome } from './import-files.ts'

/** Outcomes of an import, each with the place in the files that it comes from; all places are found when one is asked for. */
export function withPlaces(outcomes: readonly Outcome[], found: Gathered): readonly ImportOutcome[] {
  let places: ReadonlyMap<string, Place> | undefined
  const placeOf = ({ kind, id, row }: Outcome): Place | undefined => {
    places ??= placesOf(found)
    return places.get(kind === 'key' ? id : Buffer.from(String(row['fingerprint']), 'hex').toString('latin1'))
  }
  return outcomes.map((outcome) => new PlacedOutcome(outcome, placeOf))
}

function placesOf(found: Gathered): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>()
  for (const { item } of found.certificates) places.set(keyOf(item.der), item.place)
  for (const { item, id } of found.keys) places.set(id, item.place)
  for (const { item } of found.requests) places.set(keyOf(item.der), item.place)
  return places
}

/** Row and place are made when they are looked at, like the row of the outcome itself. */
class PlacedOutcome implements Outcome {
  readonly #outcome: Outcome
  readonly #placeOf: (outcome: Outcome) => Place | undefined

  constructor(outcome: Outcome, placeOf: (outcome: Outcome) => Place | undefined) {
    this.#outcome = outcome
    this.#placeOf = placeOf
  }

  get kind(): Outcome['kind'] {
    return this.#outcome.kind
  }

  get id(): string {
    return this.#outcome.id
  }

  get outcome(): Outcome['outcome'] {
    return this.#outcome.outcome
  }

  get what(): string {
    return this.#outcome.what
  }

  get row(): Outcome['row'] {
    return this.#outcome.row
  }

  get place(): Place | undefined {
    return this.#placeOf(this.#outcome)
  }

  toJSON(): ImportOutcome {
    const { kind, id, outcome, what, row, place } = this
    return { kind, id, outcome, what, row, place }
  }
}
