import type { JsonObject } from '../src/base/json.ts'
import { describeItems } from '../src/operations/inspect-file.ts'
import { type HostReport, inspectHost } from '../src/operations/inspect-host.ts'
import type { PathMember } from '../src/path/path-member.ts'
import type { Context } from './context.ts'
import { type HostFlags, hostRequest } from './host-request.ts'
import { present } from './declare.ts'
import { renderHost, type ShownHost } from './render/show.ts'
import type { ShowForm } from './render/show-records.ts'

/** The certificates that the server sent, described as those of a file. */
function describeChain(ctx: Context, { chain }: HostReport, place: string): readonly JsonObject[] {
  const items = chain.map((der, at) => {
    const where = { file: place, at: `certificate ${at + 1} of ${chain.length}` }
    return { type: 'certificate', der, place: where } as const
  })
  return describeItems({ format: 'der-certificate', items, left: [] }, ctx.ambient.now())
}

/** `show --host`: what a TLS port serves. */
export async function showHost(ctx: Context, flags: HostFlags, form: ShowForm): Promise<void> {
  const request = hostRequest(flags)
  const report = await inspectHost(request)
  const items = describeChain(ctx, report, `${request.host}:${request.port}`)
  await ctx.emit(renderHost(ctx, { report, items, ...(await stapledIn(ctx, report)) }, form))
}

/** Few servers staple: for the others what reads OCSP is not loaded. */
async function stapledIn(ctx: Context, report: HostReport): Promise<Pick<ShownHost, 'stapled'>> {
  if (!report.ocspResponse) return {}
  const { stapledStatus } = await import('../src/operations/stapled.ts')
  const issuersOf = (leaf: PathMember): Promise<readonly PathMember[]> => knownIssuers(ctx, leaf)
  return present({ stapled: await stapledStatus(report, { at: ctx.ambient.now(), issuersOf }) })
}

/** Issuers that the store in use has, where that is a folder. */
async function knownIssuers(ctx: Context, leaf: PathMember): Promise<readonly PathMember[]> {
  const { isDirectory, openIfWanted } = await import('./store-beside.ts')
  const store = await openIfWanted(ctx, false)
  if (!store) return []
  try {
    const { issuersIn } = await import('../src/operations/verify-store.ts')
    return isDirectory(ctx) ? await issuersIn(store, [leaf]) : []
  } finally {
    await store.close()
  }
}
