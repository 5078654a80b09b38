import type { JsonObject } from '../../src/base/json.ts'
import type { ProbeResult } from '../../src/dialects/dialect.ts'
import type { Abilities, StoreInfo } from '../../src/store/store.ts'
import type { Emission } from '../context.ts'
import { at, textAt } from './cells.ts'
import { entries, type Entry, entry, renderSheet, type SheetStyle } from './sheet.ts'
import { type RenderContext, styleOf, toJson } from './style.ts'
import { verbsOf, wordOf } from './ability-words.ts'

/** Whether a server answered, and what it said. */
export type RemoteCheck =
  | ({ readonly ok: true } & ProbeResult)
  | { readonly ok: false; readonly code: string; readonly message: string }

/** Everything that is known of a configured server. */
export interface RemoteReport {
  readonly info: StoreInfo
  /** Vendor, user, where the secret comes from, trust. */
  readonly about: JsonObject
  readonly can: Abilities
  readonly limits: Readonly<Record<string, string>>
  /** Undefined: it was not asked. */
  readonly check: RemoteCheck | undefined
  /** Milliseconds; shown to people only. */
  readonly took: number
}

const SECRETS: Readonly<Record<string, (about: JsonObject) => string>> = {
  file: (about) => `file ${textAt(about, 'secret.path')}`,
  env: (about) => `environment variable ${textAt(about, 'secret.name')}`,
  command: (about) => `command ${textAt(about, 'secret.command')}`,
  saved: () => 'kept in the settings',
  asked: () => 'asked for each time',
}

function connectionEntries(about: JsonObject): Entry[] {
  const source = SECRETS[textAt(about, 'secret.from')]
  const client = at(about, 'clientCertificate')
  const settings = Object.entries((at(about, 'options') ?? {}) as JsonObject)
  return [
    ...entry('Login', textAt(about, 'auth')),
    ...entry('User', textAt(about, 'user')),
    ...entry('Secret', source === undefined ? '' : source(about)),
    ...entry(
      'Certificate',
      client === undefined
        ? ''
        : `${textAt(about, 'clientCertificate.ref')} in ${textAt(about, 'clientCertificate.store')}`,
    ),
    ...entry('Trusts', textAt(about, 'caFile')),
    ...entry('Pinned', textAt(about, 'pin')),
    ...entry('Proxy', textAt(about, 'proxy')),
    ...entry('Timeout', textAt(about, 'timeout')),
    ...entries(
      'Settings',
      settings.map(([key, value]) => `${key}=${String(value)}`),
    ),
  ]
}

function checkEntries(check: RemoteCheck | undefined, took: number): Entry[] {
  if (!check) return entry('Answer', 'not asked')
  if (!check.ok) return entry('Answer', `no: ${check.message}`, 'bad')
  return [
    ...entry('Answer', `yes, in ${took} ms`, 'good'),
    ...entry('Server', check.server ?? ''),
    ...entry('Known as', check.user ?? ''),
    ...Object.entries(check.facts ?? {}).flatMap(([key, value]) => entry(key, value)),
  ]
}

function sheet({ info, about, can, limits, check, took }: RemoteReport, style: SheetStyle): string {
  return renderSheet(
    [
      {
        title: 'Store',
        entries: [
          ...entry('Name', info.name),
          ...entry('Kind', `${info.kind} (${textAt(about, 'vendor')})`),
          ...entry('Location', info.location),
          ...connectionEntries(about),
        ],
      },
      {
        title: 'Abilities',
        entries: [
          ...entry('Lists', can.list.join(', ')),
          ...entry('Can', verbsOf(can).join(', ')),
          ...entries(
            'Cannot',
            Object.entries(limits).map(([key, sentence]) => `${wordOf(key)}: ${sentence}`),
          ),
        ],
      },
      { title: 'Check', entries: checkEntries(check, took) },
    ],
    style,
  )
}

/** A configured server as `store show` presents it. */
export function renderRemoteStore(ctx: RenderContext, report: RemoteReport): Emission {
  const { info, about, can, limits, check } = report
  return {
    json: toJson({ ...info, ...about, can, limits, ...(check && { check }) }),
    text: () => sheet(report, styleOf(ctx)),
  }
}
