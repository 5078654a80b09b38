import { CertmanError } from '../base/errors.ts'
import { printable } from '../base/text.ts'

/** The error of a place in a profile: `the profile is wrong at validity.defaultDays: …`. @param path empty: the whole of it */
export function profileFault(
  path: string,
  what: string,
  hint = 'see docs/profiles.md for every field',
): CertmanError {
  const at = path === '' ? '' : ` at ${printable(path)}`
  return new CertmanError('input.invalid', `the profile is wrong${at}: ${what}`, {
    hint,
    ...(path !== '' && { field: path }),
  })
}

/** A value inside the JSON of a profile, with the path that leads to it: every fault names its place. */
export class JsonPlace {
  readonly #value: unknown
  readonly #path: string

  /** @param path of this value: `validity.defaultDays`; empty for the whole document */
  constructor(value: unknown, path = '') {
    this.#value = value
    this.#path = path
  }

  /** The error of this place. */
  fault(what: string, hint?: string): CertmanError {
    return profileFault(this.#path, what, hint)
  }

  get isNull(): boolean {
    return this.#value === null
  }

  get isArray(): boolean {
    return Array.isArray(this.#value)
  }

  get isText(): boolean {
    return typeof this.#value === 'string'
  }

  /** The fields of an object; any other than these is a fault. */
  object(known: readonly string[]): ReadonlyMap<string, JsonPlace> {
    const value = this.#value
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.#expected('an object')
    const fields = new Map<string, JsonPlace>()
    for (const [name, content] of Object.entries(value)) {
      const place = new JsonPlace(content, this.#path === '' ? name : `${this.#path}.${name}`)
      if (!known.includes(name))
        throw place.fault('there is no such field', `take one of ${known.join(', ')}`)
      fields.set(name, place)
    }
    return fields
  }

  /** Each element of an array. */
  list<T>(each: (place: JsonPlace) => T): T[] {
    if (!Array.isArray(this.#value)) throw this.#expected('a list')
    return this.#value.map((element: unknown, i) => each(new JsonPlace(element, `${this.#path}[${i}]`)))
  }

  text(): string {
    if (typeof this.#value !== 'string' || this.#value === '') throw this.#expected('a text')
    return this.#value
  }

  /** A text that `read` takes; the CertmanError that it throws becomes a fault of this place. */
  checked<T>(read: (text: string) => T): T {
    const text = this.text()
    try {
      return read(text)
    } catch (error) {
      if (error instanceof CertmanError) throw this.fault(error.message, error.hint)
      throw error
    }
  }

  boolean(): boolean {
    if (typeof this.#value !== 'boolean') throw this.#expected('true or false')
    return this.#value
  }

  /** A whole number within both ends. */
  integer(minimum: number, maximum: number): number {
    const value = this.#value
    if (typeof value !== 'number' || !Number.isInteger(value) || value < minimum || value > maximum)
      throw this.#expected(`a whole number from ${minimum} to ${maximum}`)
    return value
  }

  /** One of these texts. */
  oneOf<T extends string>(choices: readonly T[]): T {
    const found = choices.find((choice) => choice === this.#value)
    if (found === undefined) throw this.#expected(`one of ${choices.join(', ')}`)
    return found
  }

  #expected(what: string): CertmanError {
    const found = JSON.stringify(this.#value) ?? 'nothing'
    return this.fault(
      `expected ${what}, found ${printable(found.length > 60 ? `${found.slice(0, 60)}…` : found)}`,
    )
  }
}
