// Two servers under load by turns: how fast this machine is changes within seconds.
import { load } from './load.mjs'
import { median } from './measure.mjs'

/** A load on a server, the processor time (µs) that each answer took it, and its memory. */
export async function loaded(server, order) {
  const before = await server.usage()
  const result = await load({ port: server.port, ...order })
  const { cpu, rss } = await server.usage()
  if (result.bad > 0)
    throw new Error(`${result.bad} of ${result.count} answers are errors (${result.firstBad})`)
  return { ...result, each: (cpu - before.cpu) / result.count, rss }
}

/**
 * Medians of both servers, and of `ofBare`: the processor time of the bare one by that of the other, turn by turn.
 *
 * @param asked loads the server
 * @param likewise loads the bare one in the same way, given what came of that
 */
export async function inTurns(asked, likewise, count) {
  const turns = []
  for (let turn = 0; turn < count; turn++) {
    const one = await asked()
    const base = await likewise(one)
    turns.push({ one, base, ofBare: base.each / one.each })
  }
  const of = (value) => median(turns.map(value))
  const medians = ['perSecond', 'p50', 'p99', 'each'].map((name) => [name, of(({ one }) => one[name])])
  const total = turns.reduce((sum, { one }) => sum + one.count, 0)
  return {
    one: { ...turns.at(-1).one, ...Object.fromEntries(medians), count: total },
    base: { perSecond: of(({ base }) => base.perSecond) },
    ofBare: of(({ ofBare }) => ofBare),
  }
}
