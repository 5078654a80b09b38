/** Prints rows under a heading; numbers to the right. */
export function printTable(heading, columns, rows) {
  const cells = [columns, ...rows].map((row) => row.map(String))
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i].length)))
  const isNumber = (i) => rows.every((row) => /^[+\-\d.,x ]*( ms| s)?$/.test(String(row[i])))
  console.log(`\n${heading}`)
  for (const [at, row] of cells.entries()) {
    const line = row.map((cell, i) => (isNumber(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
    console.log(`  ${line.join('  ').trimEnd()}`)
    if (at === 0) console.log(`  ${widths.map((width) => '-'.repeat(width)).join('  ')}`)
  }
}

const ms = (number) => `${number.toFixed(1)} ms`
const plus = (number) => `${number >= 0 ? '+' : '-'}${ms(Math.abs(number))}`

const times = (number) => `${number.toFixed(2)}x`
const verdictOn = (isReached) => (isReached ? 'reached' : 'MISSED')

/** Rows of a race; `aims` are limits in ms over the yardstick. Answers how many aims were missed. */
export function printRace(heading, results, aims = {}) {
  const rows = [...results].map((result, i) => raceRow(result, i === 0, aims))
  printTable(heading, COLUMNS, rows)
  return missedIn(rows)
}

/**
 * The same for what takes little longer than an empty process. Most of that is Node's own work, which a slower machine
 * does more slowly too: three columns more judge by the ratio to the empty process of the same run.
 */
export function printStarts(heading, results, aims) {
  const [[, { ms: empty }]] = results
  const rows = [...results].map((result, i) => [
    ...raceRow(result, i === 0, aims),
    ...ratioCells(result, empty, aims),
  ])
  printTable(heading, [...COLUMNS, 'x Node', 'aim x', 'by ratio'], rows)
  return missedIn(rows)
}

const COLUMNS = ['', 'whole', 'over Node', 'aim', 'verdict']

function raceRow([name, { ms: whole, over }], isYardstick, aims) {
  const aim = aims[name]
  const judged = aim === undefined ? ['', ''] : [plus(aim), verdictOn(over <= aim)]
  return [name, ms(whole), isYardstick ? '' : plus(over), ...judged]
}

/** What an empty process took on the machine that the aims were made for. */
const PLANNED_MS = 21

function ratioCells([name, { ms: whole }], empty, aims) {
  const ratio = whole / empty
  const aim = aims[name]
  if (aim === undefined) return [times(ratio), '', '']
  const limit = (PLANNED_MS + aim) / PLANNED_MS
  return [times(ratio), times(limit), verdictOn(ratio <= limit)]
}

const missedIn = (rows) => rows.filter((row) => row[COLUMNS.indexOf('verdict')] === 'MISSED').length
