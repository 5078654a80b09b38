import { memoryUserBook, type UserBook } from '../src/settings/user-records.ts'
import type { Context } from './context.ts'
import { usersOf } from './serve-users.ts'

/** The users as a verb may change them: with `--dry-run` a copy that goes away. */
export function rehearsing(ctx: Context, options: { readonly users: string | undefined }): UserBook {
  const { book } = usersOf(ctx, options)
  return ctx.global.dryRun ? memoryUserBook(book.read()) : book
}
