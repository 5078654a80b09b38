import { isObject, type Json } from '../base/json.ts'

/** An own member of what may be no object; undefined when it is absent or `null`. */
export const member = (value: Json | undefined, name: string): Json | undefined =>
  isObject(value) && Object.hasOwn(value, name) ? (value[name] ?? undefined) : undefined

/** A member that is text; undefined for every other type. */
export function textMember(value: Json | undefined, name: string): string | undefined {
  const found = member(value, name)
  return typeof found === 'string' ? found : undefined
}
