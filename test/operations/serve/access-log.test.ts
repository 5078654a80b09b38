import { readFileSync } from 'node:fs'
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
