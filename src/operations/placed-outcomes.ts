import type { Place } from '../formats/items.ts'
import { OutcomeOf } from '../store/shown-outcome.ts'
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

/** The place is looked for when it is asked for, as the row is. */
class PlacedOutcome extends OutcomeOf {
  readonly #placeOf: (outcome: Outcome) => Place | undefined

  constructor(of: Outcome, placeOf: (outcome: Outcome) => Place | undefined) {
    super(of)
    this.#placeOf = placeOf
  }

  get place(): Place | undefined {
    return this.#placeOf(this.of)
  }

  override toJSON(): ImportOutcome {
    return { ...super.toJSON(), place: this.place }
  }
}
