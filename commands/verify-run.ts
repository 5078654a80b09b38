import type { JsonObject } from '../src/base/json.ts'
import { parseReferences } from '../src/domain/reference.ts'
import { inspectHost } from '../src/operations/inspect-host.ts'
import type { MemberRevocation } from '../src/operations/verify-revocation.ts'
import { NO_CRL } from '../src/path/revocation.ts'
import {
  type Asked,
  askAboutServer,
  askAboutFile,
  askAboutRecords,
  type Asking,
  verify,
} from '../src/operations/verify.ts'
import type { FileReading } from '../src/operations/read-all.ts'
import type { Context } from './context.ts'
import { type Given, present } from './declare.ts'
import { hostRequest } from './host-request.ts'
import { passwordFlags } from './options/password.ts'
import { askingPassword } from './passwords.ts'
import { renderVerdicts } from './render/verify.ts'
import { isDirectory, openIfWanted } from './store-beside.ts'
import type { VERIFY_OPTIONS } from './verify.ts'
import { questionOf } from './verify-question.ts'

/** Standard error, so that no script takes a yes for more than it is. */
const DOUBT =
  'note: what is at hand does not tell of every certificate whether it is revoked; with --require-crl the answer is no'

type VerifyFlags = Given<typeof VERIFY_OPTIONS>

/** `certman verify`, its command line being in order. */
export async function runVerify(ctx: Context, refs: readonly string[], flags: VerifyFlags): Promise<void> {
  const question = questionOf(ctx, flags)
  const references = parseReferences(refs)
  const reading: FileReading = present({
    cwd: ctx.cwd,
    password: await askingPassword(ctx, passwordFlags(flags, ctx.ambient.env)),
    tools: { ambient: ctx.ambient, readStdin: ctx.terminal.readStdin },
    format: flags.inFormat,
  })
  const store = await openIfWanted(ctx, refs.length > 0)
  try {
    const asked =
      store && refs.length > 0 ? await askAboutRecords(store, references) : await askElsewhere(flags, reading)
    const asking: Asking | undefined = store && { store, isDirectory: isDirectory(ctx) }
    const { trust, chain, crl, ocsp, requireCrl } = flags
    const verdicts = await verify(asked, asking, { ...question, ...reading, trust, chain, crl, ocsp })
    if (!requireCrl && isInDoubt(verdicts, crl.length + ocsp.length > 0)) ctx.terminal.say(DOUBT)
    if (verdicts.some(({ trusted }) => trusted !== true)) ctx.setExit(1)
    await ctx.emit(renderVerdicts(ctx, verdicts))
  } finally {
    await store?.close()
  }
}

async function askElsewhere(flags: VerifyFlags, reading: FileReading): Promise<Asked> {
  const { file, host } = flags
  if (file !== undefined) return askAboutFile(file, reading)
  return askAboutServer(await inspectHost(hostRequest({ ...flags, host: host! })))
}

/**
 * Whether something is trusted of which lists that are at hand do not tell whether it is revoked. The answer is yes all
 * the same, as it is without any list; but who brought one expects more of it.
 *
 * @param isBrought whether lists were named
 */
const isInDoubt = (verdicts: readonly JsonObject[], isBrought: boolean): boolean =>
  verdicts
    .filter(({ trusted }) => trusted === true)
    .flatMap((verdict) => verdict['revocation'] as readonly MemberRevocation[])
    .some(({ status, why }) => status === 'unknown' && (isBrought || why !== NO_CRL))
