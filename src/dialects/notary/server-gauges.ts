import { compare, EVERYTHING, fieldIs, type Filter, type FilterValue } from '../../domain/filter.ts'
import type { Gauge } from '../../http/metrics.ts'
import { isOwn } from '../../store/abilities.ts'
import type { Store } from '../../store/store.ts'
import { CURRENT } from '../listing.ts'

const DAY_MS = 86_400_000

/** Notary counts anew every two minutes. */
const EVERY_MS = 120_000

/** Certificates in force that end before an instant; with `from`, not before that one. */
const endingBefore = (end: number, from?: number): Filter => ({
  op: 'and',
  terms: [
    CURRENT,
    compare('notAfter', '<', instant(end)),
    ...(from === undefined ? [] : [compare('notAfter', '>=', instant(from))]),
  ],
})

const instant = (time: number): FilterValue => ({
  type: 'instant',
  value: `${new Date(time).toISOString().slice(0, 19)}Z`,
})

const WINDOWS = [1, 7, 30, 90] as const

/**
 * The gauges of Notary's own `/metrics`, over all stores of our own: a remote one would be listed whole for each of them.
 * Counted when somebody asks, and again after two minutes.
 */
export function notaryGauges(stores: readonly Store[], now: () => Date): () => Promise<readonly Gauge[]> {
  const own = stores.filter(isOwn)
  let known: { readonly until: number; readonly gauges: Promise<readonly Gauge[]> } | undefined
  return () => {
    const time = now().getTime()
    if (known && time < known.until) return known.gauges
    known = { until: time + EVERY_MS, gauges: counted(own, time) }
    // what failed is asked again
    known.gauges.catch(() => (known = undefined))
    return known.gauges
  }
}

async function counted(stores: readonly Store[], time: number): Promise<readonly Gauge[]> {
  const count = async (kind: 'certificate' | 'request', filter: Filter): Promise<number> => {
    let sum = 0
    for (const store of stores) sum += await store.count(kind, { filter })
    return sum
  }
  const outstanding = fieldIs('state', 'outstanding')
  const gauges = [
    gauge(
      'certificate_requests',
      'Total number of certificate requests',
      await count('request', EVERYTHING.filter),
    ),
    gauge(
      'outstanding_certificate_requests',
      'Requests without an answer.',
      await count('request', outstanding),
    ),
    gauge('certificates', 'Certificates.', await count('certificate', CURRENT)),
    gauge('certificates_expired', 'Expired certificates.', await count('certificate', endingBefore(time))),
  ]
  for (const days of WINDOWS) {
    const soon = await count('certificate', endingBefore(time + days * DAY_MS, time))
    const name = `certificates_expiring_in_${days}_day${days === 1 ? '' : 's'}`
    gauges.push(gauge(name, `Certificates that end within days: ${days}.`, soon))
  }
  return [...gauges, ...(await authorityGauges(stores, time))]
}

async function authorityGauges(stores: readonly Store[], time: number): Promise<readonly Gauge[]> {
  let [enabled, expired, disabled] = [0, 0, 0]
  const days: Gauge[] = []
  for (const [at, store] of stores.entries())
    for await (const { id, enabled: isOn, notAfter } of store.list('authority', EVERYTHING)) {
      const left = Date.parse(String(notAfter)) - time
      if (left < 0) expired++
      else if (isOn === false) disabled++
      else {
        enabled++
        const labels = { ca_id: at === 0 ? id : `${at + 1}/${id}` }
        days.push({
          ...gauge(
            'enabled_ca_certificate_validity_days',
            'Days that an authority has left.',
            Math.floor(left / DAY_MS),
          ),
          labels,
        })
      }
    }
  return [
    gauge('enabled_ca_certificates', 'Authorities that sign.', enabled),
    gauge('expired_ca_certificates', 'Authorities that have expired.', expired),
    gauge('disabled_ca_certificates', 'Authorities that are switched off.', disabled),
    ...days,
  ]
}

const gauge = (name: string, help: string, value: number): Gauge => ({ name, help, value })
