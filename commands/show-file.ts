import type { InputFormat, LeftItem } from '../src/formats/items.ts'
import { inspectFile } from '../src/operations/inspect-file.ts'
import type { Context } from './context.ts'
import { type Given, present } from './declare.ts'
import { isData } from './options/global.ts'
import { type PASSWORD_OPTIONS, passwordFlags } from './options/password.ts'
import { askingPassword, fileTools } from './passwords.ts'
import { renderInspection } from './render/show.ts'
import type { ShowForm } from './render/show-records.ts'

const leftRemark = ({ what, place, why }: LeftItem): string =>
  `not shown: ${what}${place.at === undefined ? '' : ` (${place.at})`}: ${why}`

/** What `show --file` is told besides the global flags. */
interface FileFlags extends Given<typeof PASSWORD_OPTIONS> {
  readonly file: string
  readonly inFormat: InputFormat | undefined
}

/** `show --file`: what lies in a file. */
export async function showFile(ctx: Context, options: FileFlags, form: ShowForm): Promise<void> {
  const report = await inspectFile(
    present({
      path: options.file,
      cwd: ctx.cwd,
      format: options.inFormat,
      // people only: JSON is the items
      protection: form !== 'pem' && !isData(ctx.global.output),
    }),
    await askingPassword(ctx, passwordFlags(options, ctx.ambient.env)),
    fileTools(ctx),
  )
  // JSON has the items alone; what could not be read is said nevertheless
  if (isData(ctx.global.output) || form === 'pem')
    report.left.forEach((each) => ctx.terminal.say(leftRemark(each)))
  await ctx.emit(renderInspection(ctx, report, form))
}
