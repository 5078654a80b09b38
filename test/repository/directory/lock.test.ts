import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { realFiles } from '../../../src/repository/directory/files.ts'
import { LockConnection, tryLock } from '../../../src/repository/directory/lock.ts'
import { LOCK } from '../../../src/repository/directory/paths.ts'
import { temporaryFolder } from '../../support/worlds.ts'

const holder = { pid: process.pid, host: 'host', command: 'test', since: '2026-03-01T12:00:00Z' }

test('when the lock file was taken away between two transactions then there is one holder all the same', () => {
  const folder = join(temporaryFolder(), 'store')
  mkdirSync(folder)
  const files = realFiles(folder)
  const connection = new LockConnection()
  const lock = () => tryLock(files, { holder, connection })
  lock()!.release()
  rmSync(join(folder, LOCK), { force: true })
  const held = lock()!
  const other = new LockConnection()
  expect(tryLock(files, { holder, connection: other })).toBeUndefined()
  held.release()
  tryLock(files, { holder, connection: other })!.release()
  for (const each of [connection, other]) each.close()
})
