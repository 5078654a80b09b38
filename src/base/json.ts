/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject

/** A JSON object; absent fields mean unknown, `null` means none. */
export interface JsonObject {
  readonly [field: string]: Json | undefined
}

/** Facts are plain JSON (strings, numbers, booleans, null, arrays, objects), but interfaces have no index signature. */
export const asJson = (facts: object): JsonObject => facts as JsonObject

/** The members that are not undefined: absent, where that means something else than undefined. */
export const defined = <T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }

/** Whether a value is an object, and no array. */
export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value that a text is in JSON; undefined for what is no JSON. */
export function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
