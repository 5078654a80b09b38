/** Puts all of `more` behind what `list` has. `push(...more)` takes them as arguments, for which a hundred thousand are too many. */
export function append<T>(list: T[], more: Iterable<T>): void {
  for (const each of more) list.push(each)
}

/** All that comes, in a list. */
export async function collect<T>(all: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const each of all) list.push(each)
  return list
}
