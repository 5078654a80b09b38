// Times whole processes: every contestant in turn, again and again, the order reversed every other round.
import { spawnSync } from 'node:child_process'
import { performance } from 'node:perf_hooks'

/** The environment of a fresh machine: variables that make Node or OpenSSL read a CA bundle at every start are unset. */
export const cleanEnv = (extra = {}) => {
  const env = { ...process.env, NO_COLOR: '1', ...extra }
  for (const name of ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'])
    delete env[name]
  return env
}

function once({ command, prepare, status = 0, env }) {
  prepare?.()
  const [file, ...args] = typeof command === 'function' ? command() : command
  const started = performance.now()
  const run = spawnSync(file, args, {
    env: env ?? cleanEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  })
  const took = performance.now() - started
  if (run.error) throw run.error
  if (run.status !== status)
    throw new Error(`${file} ${args.join(' ')}: exit status ${run.status}\n${run.stderr}`)
  return took
}

/** The middle of a list of numbers. */
export const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]

/**
 * Times contestants `{ name, command, prepare?, status? }`; the first is the yardstick. A command may be a function, which
 * makes what the run needs and answers the words; that is not counted.
 * @returns name → { ms: median, over: median of the differences to the yardstick of the same round }
 */
export function race(contestants, rounds) {
  const times = new Map(contestants.map(({ name }) => [name, []]))
  for (const contestant of contestants) once(contestant)
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 ? contestants.toReversed() : contestants
    for (const contestant of order) times.get(contestant.name).push(once(contestant))
  }
  const yardstick = times.get(contestants[0].name)
  const results = new Map()
  for (const [name, all] of times)
    results.set(name, { ms: median(all), over: median(all.map((ms, i) => ms - yardstick[i])) })
  return results
}

/** Whether a tool can be run. */
export const has = (tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0
