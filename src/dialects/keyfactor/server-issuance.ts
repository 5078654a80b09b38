import type { Json } from '../../base/json.ts'
import { fieldIs, type Filter } from '../../domain/filter.ts'
import { isOwn } from '../../store/abilities.ts'
import type { ServedStore } from '../house.ts'
import { invalid, type WireFault } from './errors.ts'
import type { Desk } from './server-desk.ts'
import { optional, shown, optionalText } from './server-request.ts'
import { authoritiesIn, firstThat } from './server-scope.ts'
import { templateName } from './server-templates.ts'

/** Where a request goes, and whether it is signed at once. */
export interface Issuance {
  readonly served: ServedStore
  /** Id of the authority; its name, where the caller may not see authorities. */
  readonly authority?: string
  readonly profile?: string
  readonly atOnce: boolean
}

/**
 * An enrollment that names a certificate authority is issued at once, where the caller may sign; otherwise it waits in the
 * queue. `keyfactor.approval=always` lets everything wait.
 *
 * @throws {WireFault} 400 for an authority that is not there
 */
export async function chooseIssuance(desk: Desk, body: Json): Promise<Issuance> {
  const { access } = desk
  const profile = await profileNamed(desk, body)
  const named = optionalText(body, 'CertificateAuthority')
  if (named === undefined) return { served: requestStore(desk), ...profile, atOnce: false }
  const readable = access.stores.filter(({ claims }) => claims.includes('read'))
  if (readable.length === 0) return { ...unseen(desk, named), ...profile }
  const { served, id } = await authorityNamed(desk, readable, named)
  const atOnce = served.claims.includes('sign') && served.store.can.sign && !everythingWaits(desk)
  return { served, authority: id, ...profile, atOnce }
}

/** Whether every enrollment awaits approval, whoever asks. */
export const everythingWaits = ({ house }: Desk): boolean => house.options['keyfactor.approval'] === 'always'

/** A requestor sees no authorities, and its client names one all the same: the store finds it by its name. */
const unseen = (desk: Desk, named: string): Issuance => ({
  served: requestStore(desk),
  authority: logicalName(named),
  atOnce: false,
})

const requestStore = (desk: Desk): ServedStore => firstThat(desk, ({ request }) => request)

/** The logical name may follow a host name and one or two backslashes. */
const logicalName = (text: string): string => text.split('\\').at(-1)!.trim()

/** The profile by `Template`, else by `EnrollmentPatternId`, which newer clients send; none where neither is said. */
export async function profileNamed(desk: Desk, body: Json): Promise<{ readonly profile?: string }> {
  const template = optionalText(body, 'Template')
  if (template !== undefined) return { profile: template }
  const pattern = optional(body, 'EnrollmentPatternId', 'number') ?? 0
  return pattern > 0 ? { profile: await templateName(desk, pattern) } : {}
}

/** An authority by its logical name. @throws {WireFault} 400 */
export async function authorityNamed(
  { asked }: Pick<Desk, 'asked'>,
  stores: readonly ServedStore[],
  text: string,
): Promise<{ readonly served: ServedStore; readonly id: string }> {
  const logical = logicalName(text).toLowerCase()
  for (const served of stores) {
    const last = found.get(served)?.get(logical)
    const isLast = async (id: string): Promise<boolean> =>
      asked.get(served, `authority ${id} is ${logical}`, () => isStill(served, id, logical))
    if (last !== undefined && (await isLast(last))) return { served, id: last }
    for await (const { id, name } of authoritiesIn(served))
      if (name.toLowerCase() === logical) {
        found.set(served, new Map(found.get(served)).set(logical, id))
        return { served, id }
      }
  }
  throw unknownAuthority(text)
}

/** The answer where there is no authority of that name. */
export const unknownAuthority = (text: string): WireFault =>
  invalid(`The certificate authority '${shown(text)}' was not found.`)

/** Ids by the names that were asked for. A listing counts all that each authority issued: not for every enrollment. */
const found = new WeakMap<ServedStore, ReadonlyMap<string, string>>()

/** Whether an authority of a store of our own still has the name; others are listed. */
async function isStill({ store }: ServedStore, id: string, name: string): Promise<boolean> {
  if (!isOwn(store)) return false
  const filter: Filter = { op: 'and', terms: [fieldIs('id', id), fieldIs('name', name)] }
  return (await store.count('authority', { filter })) === 1
}
