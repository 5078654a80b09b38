import { CertmanError, reworded } from '../base/errors.ts'
import { printable } from '../base/text.ts'
import type { Place } from './items.ts'

/** A place in one line, safe to print: `web.pem, block 2 (line 14)`. */
export function describePlace(place: Place): string {
  const file = place.file === '-' ? 'standard input' : printable(place.file)
  return place.at === undefined ? file : `${file}, ${printable(place.at)}`
}

/** A place inside another one: `block 1 (line 1), certificate 2`. */
export const within = (place: Place, at: string): Place => ({
  file: place.file,
  at: place.at === undefined ? at : `${place.at}, ${at}`,
})

/** The same error, its message led by the place; errors that are not ours pass as they are. */
export function placed(cause: unknown, place: Place): unknown {
  // nobody was at fault in the file when the person pressed Ctrl-C
  if (!(cause instanceof CertmanError) || cause.code === 'interrupted') return cause
  const where = describePlace(place)
  return cause.message.startsWith(where) ? cause : reworded(cause, `${where}: ${cause.message}`)
}

/** Runs `body`; a `CertmanError` that leaves it names the place. */
export function atPlace<T>(place: Place, body: () => T): T {
  try {
    return body()
  } catch (cause) {
    throw placed(cause, place)
  }
}
