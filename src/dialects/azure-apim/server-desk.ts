import type { Answer, Call, Route } from '../../http/exchange.ts'
import { letIn } from '../credentials.ts'
import type { Access, House, ServedStore } from '../house.ts'
import { remembered, type Holding } from '../remembered.ts'
import { shownBefore } from '../shown-before.ts'
import type { WhileUnchanged } from '../while-unchanged.ts'
import { notFound, wrongVersion } from './errors.ts'
import { admit } from './server-admit.ts'
import { standardHeaders } from './server-answer.ts'
import type { Turns } from '../turns.ts'
import { VERSIONS } from './versions.ts'
import type { Form } from './wire.ts'

/** What every handler stands at. */
export interface Desk {
  readonly call: Call
  readonly house: House
  readonly access: Access
  readonly served: ServedStore
  readonly form: Form
  readonly version: string
  /** Path of the collection: `/certificates`, or the ARM path with the names as they were sent. */
  readonly collection: string
  /** ARM's name of the resource's type. */
  readonly type: string
  readonly turns: Turns
  /** How many certificates fit a filter is told on every page of them. */
  readonly asked: WhileUnchanged
}

/** Answers one request of a caller who was let in. */
export type Handler = (desk: Desk) => Promise<Answer>

/** A route handler that asks for the credential first, then for the version, and finds the store. */
export function atDesk(
  { house, ...floor }: Pick<Desk, 'house' | 'turns' | 'asked'>,
  { form, holds }: { readonly form: Form; readonly holds?: Holding | undefined },
  handler: Handler,
): Route['handle'] {
  return async (call) => {
    const access = shownBefore(house, call, 'SharedAccessSignature') ?? (await admit(house, call))
    letIn(call, access)
    const version = versionOf(call)
    const served = storeOf({ call, access, house }, form)
    const place = form === 'arm' ? armPlace(call) : CLASSIC
    const make = (call: Call): Promise<Answer> =>
      handler({ call, house, access, served, form, version, ...floor, ...place })
    const answered = await remembered(house, { call, access, holds, make })
    const headers = Object.assign(standardHeaders(house.ambient), answered.headers)
    return { ...answered, headers }
  }
}

const CLASSIC = { collection: '/certificates', type: 'Microsoft.ApiManagement/service/certificates' }

/** @throws {WireFault} 400 */
function versionOf({ query }: Call): string {
  const version = query.get('api-version')?.toLowerCase()
  if (version !== undefined && VERSIONS.includes(version)) return version
  throw wrongVersion(VERSIONS)
}

/**
 * The store that a path is about. Classic: the one that `azure-apim.store` names, else the first. ARM: the workspace, else
 * the service, by name; with one store alone, or for the dummy names of the vendor's portal, any service is the first,
 * but never in place of another store that is served.
 *
 * @throws {WireFault} 404
 */
function storeOf({ call, access, house }: Pick<Desk, 'call' | 'access' | 'house'>, form: Form): ServedStore {
  const wanted = house.options['azure-apim.store']
  const first = wanted === undefined ? access.stores[0] : access.store(wanted)
  const { service, workspace } = call.params
  const named = form === 'classic' ? first : access.store(workspace ?? service ?? '')
  if (named) return named
  const isShut = house.stores.some((name) => name.toLowerCase() === service?.toLowerCase())
  const isAny = access.stores.length === 1 || /^0+$/.test(service ?? '')
  const isOpen = workspace === undefined && isAny && !isShut
  if (form === 'arm' && isOpen && first) return first
  throw notFound(workspace === undefined ? 'Service not found.' : 'Workspace not found.')
}

/** Names as they were sent, fixed parts as the vendor writes them. */
function armPlace({ params }: Call): Pick<Desk, 'collection' | 'type'> {
  const { subscription, group, service, workspace } = params
  const inside = workspace === undefined ? '' : `/workspaces/${workspace}`
  const provider = 'Microsoft.ApiManagement/service'
  return {
    collection: `/subscriptions/${subscription}/resourceGroups/${group}/providers/${provider}/${service}${inside}/certificates`,
    type: `${provider}${workspace === undefined ? '' : '/workspaces'}/certificates`,
  }
}
