import { inspectHost, parseHostPort } from '../src/operations/inspect-host.ts'
import type { StarttlsProtocol } from '../src/operations/starttls.ts'
import type { Context } from './context.ts'
import { present } from './declare.ts'
import { renderHost, type ShowForm } from './texts.ts'

interface HostFlags {
  readonly host: string
  readonly servername: string | undefined
  readonly starttls: StarttlsProtocol | undefined
  readonly timeout: number | undefined
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
      timeoutMs: (flags.timeout ?? 10) * 1000,
    }),
  )
  await ctx.emit(renderHost(ctx, report, form))
}
