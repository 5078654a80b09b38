import type { JsonObject } from '../src/base/json.ts'
import { describeItems } from '../src/operations/inspect-file.ts'
import { type HostReport, inspectHost, parseHostPort } from '../src/operations/inspect-host.ts'
import type { StarttlsProtocol } from '../src/operations/starttls-protocols.ts'
import type { Context } from './context.ts'
import { present } from './declare.ts'
import { bounded, MOST_SECONDS } from './options/bounds.ts'
import { renderHost } from './render/show.ts'
import type { ShowForm } from './render/show-records.ts'

/** How long a server may take to answer. */
const TIMEOUT_SECONDS = 10

interface HostFlags {
  readonly host: string
  readonly servername: string | undefined
  readonly starttls: StarttlsProtocol | undefined
  readonly timeout: number | undefined
}

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
  const { host, port } = parseHostPort(flags.host)
  const report = await inspectHost(
    present({
      host,
      port,
      servername: flags.servername,
      starttls: flags.starttls,
      timeoutMs: (bounded(flags.timeout, 'timeout', MOST_SECONDS) ?? TIMEOUT_SECONDS) * 1000,
    }),
  )
  const items = describeChain(ctx, report, `${host}:${port}`)
  await ctx.emit(renderHost(ctx, { report, items }, form))
}
