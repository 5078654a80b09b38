import { CertmanError } from '../../base/errors.ts'
import type { RemoteSetup } from '../dialect.ts'
import { DEFAULT_VERSION } from './versions.ts'
import type { Form } from './wire.ts'

/** Where the certificates of a configured store lie. */
export interface Place {
  readonly form: Form
  /** Path of the service below the URL; empty where the URL names it. */
  readonly base: string
  readonly version: string
}

const ARM_HOST = /(?:^|\.)management\.(?:azure\.com|usgovcloudapi\.net|chinacloudapi\.cn)$/i

/**
 * Finds the form out of the URL and the settings: a URL with `/subscriptions/` in it, or the settings `subscription`,
 * `resource-group` and `service`, are Azure Resource Manager; everything else is the classic API of one service.
 *
 * @throws {CertmanError} `settings.invalid` where something is missing
 */
export function placeOf({ name, http, options, credential }: RemoteSetup): Place {
  const option = (key: string): string | undefined => options[key] || undefined
  const inUrl = /\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\//i.test(http.base.pathname)
  const [subscription, group, service] = ['subscription', 'resource-group', 'service'].map(option)
  const isArm = inUrl || subscription !== undefined || ARM_HOST.test(http.base.hostname)
  const workspace = option('workspace')
  const inside = workspace === undefined ? '' : `/workspaces/${encodeURIComponent(workspace)}`
  if (ARM_HOST.test(http.base.hostname) && credential?.form === 'sas')
    throw invalid(
      name,
      'Azure Resource Manager takes no shared access signatures',
      'use a bearer token: store add --replace … --auth bearer --password-command "az account get-access-token --query accessToken -o tsv"',
    )
  if (!isArm) return { form: 'classic', base: '', version: option('api-version') ?? DEFAULT_VERSION.classic }
  const version = option('api-version') ?? DEFAULT_VERSION.arm
  if (inUrl) return { form: 'arm', base: inside, version }
  if (subscription === undefined || group === undefined || service === undefined)
    throw invalid(
      name,
      'Azure Resource Manager needs to know which service is meant',
      'name it: --set subscription=… --set resource-group=… --set service=…',
    )
  const parts = [subscription, group, service].map(encodeURIComponent)
  const path = `/subscriptions/${parts[0]}/resourceGroups/${parts[1]}/providers/Microsoft.ApiManagement/service/${parts[2]}`
  return { form: 'arm', base: `${path}${inside}`, version }
}

const invalid = (store: string, why: string, hint: string): CertmanError =>
  new CertmanError('settings.invalid', `the store ${JSON.stringify(store)}: ${why}`, { hint, field: 'set' })
