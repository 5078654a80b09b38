/** One value of `/metrics`. */
export interface Gauge {
  /** `certman_certificates`. */
  readonly name: string
  readonly help: string
  readonly value: number
  readonly labels?: Readonly<Record<string, string>>
}

/** Seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** One finished request. */
export interface Finished {
  readonly dialect: string
  readonly method: string
  readonly status: number
  readonly seconds: number
}

interface Histogram {
  readonly counts: number[]
  sum: number
  count: number
}

/** Counts requests and prints them in the text format of Prometheus 0.0.4. */
export class Metrics {
  inFlight = 0
  readonly #requests = new Map<string, { labels: Readonly<Record<string, string>>; count: number }>()
  readonly #durations = new Map<string, Histogram>()

  /** Takes one finished request into account. */
  add({ dialect, method, status, seconds }: Finished): void {
    const key = `${dialect} ${method} ${status}`
    const row = this.#requests.get(key)
    if (row) row.count++
    else this.#requests.set(key, { labels: { dialect, method, status: String(status) }, count: 1 })
    let histogram = this.#durations.get(dialect)
    if (!histogram) {
      histogram = { counts: BUCKETS.map(() => 0), sum: 0, count: 0 }
      this.#durations.set(dialect, histogram)
    }
    histogram.sum += seconds
    histogram.count++
    const at = BUCKETS.findIndex((bound) => seconds <= bound)
    if (at >= 0) histogram.counts[at]!++
  }

  /** The whole page. */
  text(gauges: readonly Gauge[]): string {
    const lines = [...this.#requestLines(), ...this.#durationLines()]
    const own: Gauge[] = [
      { name: 'certman_requests_in_flight', help: 'Requests being answered.', value: this.inFlight },
      {
        name: 'process_resident_memory_bytes',
        help: 'Resident memory size in bytes.',
        value: process.memoryUsage.rss(),
      },
    ]
    let last = ''
    for (const { name, help, value, labels } of [...own, ...gauges]) {
      if (name !== last) lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`)
      lines.push(`${name}${labelText(labels ?? {})} ${value}`)
      last = name
    }
    return `${lines.join('\n')}\n`
  }

  #requestLines(): string[] {
    const name = 'certman_requests_total'
    const rows = [...this.#requests.values()].map(
      ({ labels, count }) => `${name}${labelText(labels)} ${count}`,
    )
    return [`# HELP ${name} Requests answered.`, `# TYPE ${name} counter`, ...rows]
  }

  #durationLines(): string[] {
    const name = 'certman_request_duration_seconds'
    const lines = [
      `# HELP ${name} Time from the headers to the end of the answer.`,
      `# TYPE ${name} histogram`,
    ]
    for (const [dialect, { counts, sum, count }] of this.#durations) {
      let below = 0
      BUCKETS.forEach((bound, at) => {
        below += counts[at]!
        lines.push(`${name}_bucket${labelText({ dialect, le: String(bound) })} ${below}`)
      })
      lines.push(`${name}_bucket${labelText({ dialect, le: '+Inf' })} ${count}`)
      lines.push(
        `${name}_sum${labelText({ dialect })} ${sum}`,
        `${name}_count${labelText({ dialect })} ${count}`,
      )
    }
    return lines
  }
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(
    ([name, value]) =>
      `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
  )
  return parts.length === 0 ? '' : `{${parts.join(',')}}`
}
