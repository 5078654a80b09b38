import { openUsers } from '../src/operations/serve/open-users.ts'
import { memoryUserBook, type UserBook } from '../src/settings/user-records.ts'
import type { Context } from './context.ts'

/** The users that the flags and the environment mean. */
export function usersOf(
  ctx: Context,
  { users }: { readonly users: string | undefined },
): { readonly file: string; readonly book: UserBook } {
  const { cwd, home, platform, ambient, terminal } = ctx
  const warn = (line: string): void => terminal.say(`warning: ${line}`)
  return openUsers({ file: users, cwd, home, platform, ambient, warn })
}

/** The users as a verb may change them: with `--dry-run` a copy that goes away. */
export function rehearsing(ctx: Context, options: { readonly users: string | undefined }): UserBook {
  const { book } = usersOf(ctx, options)
  return ctx.global.dryRun ? memoryUserBook(book.read()) : book
}
