/**
 * The candidates that `word` may be a slip of the finger for: at most three, nearest first, without case
 * and without invisible characters.
 * A candidate is near when a third of its letters, or fewer, differ, or when one starts with the other.
 */
function near(word: string, candidates: readonly string[]): string[] {
  const wanted = word
    .slice(0, 64)
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .toLowerCase()
  return [...new Set(candidates)]
    .map((name) => ({ name, distance: nearness(wanted, name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name)
}

/** `did you mean a, b or c?`, or undefined when nothing is near. */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  const found = near(word, candidates)
  if (found.length === 0) return undefined
  const last = found.pop() ?? ''
  return `did you mean ${found.length > 0 ? `${found.join(', ')} or ` : ''}${last}?`
}

function nearness(a: string, b: string): number {
  if (a.length >= 3 && (b.startsWith(a) || b.endsWith(`.${a}`))) return 1
  return distance(a, b)
}

/** Optimal string alignment: insertions, deletions, substitutions, swapped neighbours. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1)
      row.push(best)
    }
    before = previous
    previous = row
  }
  return previous[b.length] ?? 0
}
