import type { Ambient } from '../../base/ambient.ts'
import { CertmanError, ERRORS, isCertmanError, type ErrorCode } from '../../base/errors.ts'
import { printable } from '../../base/text.ts'
import { codeOf } from '../../http/call-errors.ts'
import type { NamedTable } from '../../http/serve-options.ts'

/** What callers are told in place of words that speak of this machine; the status stays. */
const TOLD: Partial<Record<ErrorCode, string>> = {
  'store.locked': 'the store is busy',
  'store.full': 'the store has no room left',
  // told by its own code: where many are asked for at once, one of them is it
  'store.damaged': 'something is damaged in the store',
}

/** Takes what went wrong inside the server; `where` is a dialect's name. */
export type Faults = (where: string, error: unknown) => void

/** What faults are told with. */
interface Telling {
  readonly log: (line: string) => void
  readonly verbose: boolean
  readonly ambient: Pick<Ambient, 'now'>
}

/** What was told is told again after so long. */
const AGAIN_MS = 60_000

/** Faults that differ, told in that time: who asks for one damaged record after the other fills no disk. */
const MOST_FAULTS = 50

/**
 * Tells whoever runs the server, each thing once a minute: an error of ours as it is, any other fault by its kind alone,
 * since its words may quote what a caller sent; with `verbose` its stack.
 */
export function faultsTo({ log, verbose, ambient }: Telling): Faults {
  const told = new Set<string>()
  let since = 0
  return (where, error) => {
    const now = ambient.now().getTime()
    // a clock that was put back ends it too
    if (now < since || now >= since + AGAIN_MS) {
      told.clear()
      since = now
    }
    const lines = linesOf(where, error, verbose)
    const key = lines.join('\n')
    if (told.size > MOST_FAULTS || told.has(key)) return
    told.add(key)
    if (told.size > MOST_FAULTS) log(`more than ${MOST_FAULTS} faults in a minute: the next are not told`)
    else lines.forEach(log)
  }
}

function linesOf(where: string, error: unknown, verbose: boolean): readonly string[] {
  if (error instanceof CertmanError && error.code !== 'internal')
    return [`${where}: ${error.code}: ${error.message}`]
  if (isAway(error)) {
    const { code, syscall = '', path = '' } = error as NodeJS.ErrnoException
    return [printable(`${where}: files cannot be used: ${code} (${[syscall, path].join(' ').trim()})`)]
  }
  const { name, code = '' } = error instanceof Error ? (error as NodeJS.ErrnoException) : { name: 'no error' }
  const kind = `${where}: internal fault (${[name, code].filter(Boolean).join(' ')})`
  if (!verbose) return [`${kind}; --verbose tells the place`]
  const lines = [kind]
  for (let at = error; at instanceof Error; at = at.cause) lines.push(...(at.stack ?? String(at)).split('\n'))
  return lines
}

/**
 * A table whose callers learn nothing of the folders, files and faults of this machine: not even of an unreadable users
 * file, which everybody meets before any password. What a store throws comes through `discreetStore` before.
 *
 * @param tell takes what callers are not told
 */
export function discreet({ dialect, table }: NamedTable, tell: Faults): NamedTable {
  const failed: typeof table.failed = (error, call) => {
    const other = withoutMachine(error)
    const answer = table.failed(other, call)
    if (other !== error || (answer.status === 500 && !isTold(error))) tell(dialect, error)
    return answer
  }
  return { dialect, table: { ...table, failed } }
}

/** The same error, or the one that callers are told in its place where its words speak of this machine. */
export function withoutMachine(error: unknown): unknown {
  if (isAway(error))
    return new CertmanError('server.busy', 'the files of the store cannot be used at the moment', {
      cause: error,
    })
  if (!(error instanceof CertmanError) || error.code === 'internal') return error
  const words = TOLD[error.code]
  if (words === error.message) return error
  if (words !== undefined) return new CertmanError(error.code, words, { cause: error })
  return ERRORS[error.code].http === 500 ? serverFault(error) : error
}

/** What the system says of a folder that has gone, is not mounted, fails, or is not permitted any more. */
const AWAY: readonly string[] =
  'ENOENT ENOTDIR EACCES EPERM EROFS EIO ESTALE ENODEV ENXIO ENOTCONN EHOSTDOWN ETIMEDOUT EMFILE ENFILE'.split(
    ' ',
  )

/** Whether a store is not there, for as long as its folder is not: no fault of the server, and it may come back. */
const isAway = (error: unknown): boolean =>
  isCertmanError(error, 'store.not-found') ||
  isCertmanError(error, 'store.invalid') ||
  (error instanceof Error && 'syscall' in error && AWAY.includes(codeOf(error)))

/** What callers are told of trouble that is not theirs. */
export const serverFault = (cause: CertmanError): CertmanError =>
  new CertmanError('internal', 'the server has a fault', { cause })

/** What callers are told in place of another error, which the log has already; or an answer made of such a one. */
const isTold = (error: unknown): boolean =>
  isInPlace(error) || (error instanceof Error && isInPlace(error.cause))

const isInPlace = (error: unknown): boolean =>
  error instanceof CertmanError &&
  error.cause instanceof CertmanError &&
  (error.code === 'internal' || error.message === TOLD[error.code])
