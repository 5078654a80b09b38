import type { Serving } from '../../src/operations/serve/start.ts'
import type { Emission } from '../context.ts'
import { safeText } from './safe.ts'
import { entries, entry, renderSheet } from './sheet.ts'
import { toJson } from './style.ts'

/** What a server says when it listens. */
export function renderServing(about: {
  readonly serving: Serving
  readonly dialects: readonly string[]
  readonly users: number
}): Emission {
  const { serving, dialects, users } = about
  const { url, fingerprint, places } = serving
  const stores = places.map(({ name, number, id }) => ({ name, number, id }))
  return {
    quiet: () => '',
    json: toJson({ url, fingerprint: fingerprint ?? null, dialects, stores, users }),
    text: () =>
      `${safeText(`certman serves at ${url}`)}\n${renderSheet(
        [
          {
            title: 'Server',
            entries: [
              ...entry('SHA-256', fingerprint ?? ''),
              ...entry('Dialects', dialects.join(', ')),
              ...entries(
                'Stores',
                stores.map(({ name, number }) => `${name} (number ${number})`),
              ),
              ...entry('Users', String(users)),
            ],
          },
        ],
        { width: undefined, color: false },
      )}`,
  }
}
