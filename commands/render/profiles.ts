import type { ListedProfile } from '../../src/store/authority-orders.ts'
import type { Emission } from '../context.ts'
import { jsonText } from './json.ts'
import { type RenderContext, styleOf, toJson } from './style.ts'
import { renderRows } from './table.ts'

/** Days of a validity: `90, at most 397`. */
function daysText({ profile }: ListedProfile): string {
  const { defaultDays, maximumDays } = profile.validity
  return maximumDays === null ? String(defaultDays) : `${defaultDays}, at most ${maximumDays}`
}

/** All profiles; JSON: the profiles themselves with `builtIn`. */
export function renderProfiles(ctx: RenderContext, profiles: readonly ListedProfile[]): Emission {
  const columns = [{ header: 'NAME' }, { header: 'FROM' }, { header: 'DAYS' }, { header: 'SUMMARY', min: 8 }]
  const rows = profiles.map((each) => {
    const { name, summary } = each.profile
    return [name, each.builtIn ? 'built in' : 'store', daysText(each), summary]
  })
  return {
    json: toJson(profiles.map(({ profile, ...rest }) => ({ ...profile, ...rest }))),
    text: () => renderRows(columns, rows, styleOf(ctx)),
  }
}

/** One profile: JSON for people too, because that is what `ca profile add` takes. */
export function renderProfile({ profile }: ListedProfile): Emission {
  const json = toJson(profile)
  return { json, text: () => jsonText(json) }
}
