import { CertmanError, ERRORS, type ErrorCode } from '../../base/errors.ts'
import type { NamedTable } from '../../http/serve-options.ts'

/** What callers are told in place of words that speak of this machine; the status stays. */
const TOLD: Partial<Record<ErrorCode, string>> = {
  'store.locked': 'the store is busy',
  'store.full': 'the store has no room left',
}

/**
 * A table whose callers learn nothing of the folders, files and faults of this machine: not even of an unreadable users
 * file, which everybody meets before any password. The log has the whole sentence, once until there is another.
 */
export function discreet({ dialect, table }: NamedTable, log: (line: string) => void): NamedTable {
  let last = ''
  const failed: typeof table.failed = (error, call) => {
    if (!(error instanceof CertmanError) || !speaksOfMachine(error.code)) return table.failed(error, call)
    const line = `${dialect}: ${error.code}: ${error.message}`
    if (line !== last) log(line)
    last = line
    const words = TOLD[error.code]
    const told =
      words === undefined
        ? new CertmanError('internal', 'the server has a fault')
        : new CertmanError(error.code, words)
    return table.failed(told, call)
  }
  return { dialect, table: { ...table, failed } }
}

const speaksOfMachine = (code: ErrorCode): boolean =>
  code !== 'internal' && (ERRORS[code].http === 500 || TOLD[code] !== undefined)
