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

/** Rows of a race; `aims` are limits in ms over the yardstick. Answers how many aims were missed. */
export function printRace(heading, results, aims = {}) {
  let missed = 0
  const rows = [...results].map(([name, { ms: whole, over }], i) => {
    const aim = aims[name]
    if (aim !== undefined && over > aim) missed++
    const verdict = aim === undefined ? '' : over <= aim ? 'reached' : 'MISSED'
    return [name, ms(whole), i === 0 ? '' : plus(over), aim === undefined ? '' : plus(aim), verdict]
  })
  printTable(heading, ['', 'whole', 'over Node', 'aim', 'verdict'], rows)
  return missed
}
