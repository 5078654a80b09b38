import { RECORD_KINDS } from '../../domain/records.ts'
import { hasDecimalIds } from '../record-index.ts'
import { highestLogged } from './check-log.ts'
import type { Files } from './files.ts'
import { readHead, writeHead } from './head.ts'
import { HEAD, preparedPath } from './paths.ts'

/**
 * `store.json` lags behind the records in use. Before an index is built from the files it catches up with the log: the
 * newest of the records may be gone by hand, or by a backup that was brought back, and then nothing else knows their
 * ids. The caller holds the lock, and nothing is pending.
 */
export async function keepGivenIds(files: Files): Promise<void> {
  const head = readHead(files)
  const logged = highestLogged(files)
  const nextIds = { ...head.nextIds }
  for (const kind of RECORD_KINDS.filter(hasDecimalIds))
    nextIds[kind] = Math.max(nextIds[kind], (logged.get(kind) ?? 0) + 1)
  if (RECORD_KINDS.every((kind) => nextIds[kind] === head.nextIds[kind])) return
  files.write(preparedPath(HEAD), writeHead({ ...head, nextIds }))
  await files.sync([preparedPath(HEAD)])
  files.rename(preparedPath(HEAD), HEAD)
  await files.sync([''])
}
