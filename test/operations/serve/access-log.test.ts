import { mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openAccessLog } from '../../../src/operations/serve/access-log.ts'
import { temporaryFolder } from '../../support/temporary.ts'

test('what a disk does not take in time is lost and told once, and what comes after it is written', async () => {
  const accessLog = join(temporaryFolder('log'), 'access.log')
  const said: string[] = []
  const log = (line: string): void => void said.push(line)
  const file = await openAccessLog({ accessLog, write: () => undefined, log })
  for (let at = 0; at < 100_010; at++) file!.line('x')
  await new Promise((resolve) => setImmediate(resolve))
  file!.line('last')
  await file!.close()
  const lines = readFileSync(accessLog, 'utf8').trimEnd().split('\n')
  expect([lines.length, lines.at(-1)]).toEqual([100_001, 'last'])
  expect(said).toEqual(['the access log is not written fast enough: lines are lost'])
})

test('when there can be no new file then the log goes on in the old one and says so', async () => {
  const folder = temporaryFolder('log')
  const accessLog = join(folder, 'access.log')
  const said: string[] = []
  const log = (line: string): void => void said.push(line)
  const file = await openAccessLog({ accessLog, write: () => undefined, log })
  renameSync(accessLog, join(folder, 'access.1'))
  mkdirSync(accessLog)
  await file!.reopen()
  file!.line('after')
  await file!.close()
  expect(readFileSync(join(folder, 'access.1'), 'utf8')).toBe('after\n')
  expect(said).toEqual([`cannot write the access log ${accessLog}: EISDIR: it goes on where it was`])
})

test('when the disk is full then it is told once that lines are lost', async () => {
  const said: string[] = []
  const log = (line: string): void => void said.push(line)
  const file = await openAccessLog({ accessLog: '/dev/full', write: () => undefined, log })
  for (let times = 0; times < 2; times++) {
    file!.line('lost')
    // waits for what is being written
    await file!.reopen()
  }
  await file!.close()
  expect(said).toEqual(['the access log cannot be written, lines are lost: ENOSPC'])
})
