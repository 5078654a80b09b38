import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { certman } from '../support/command.ts'
import { corpus, NO_CORPORA } from '../support/corpora.ts'
import { temporaryFolder } from '../support/temporary.ts'

const found = corpus()
let folder: string
beforeAll(() => {
  folder = temporaryFolder('corpora')
})

// what a terminal must not get from a stranger's file: controls but the line end, bidi and other format characters
const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

describe.skipIf(!found)(`every file of the corpora at the counter${found ? '' : ` (${NO_CORPORA})`}`, () => {
  // what strangers write
  const spoken = (found?.entries ?? []).filter(({ kind }) => ['cert', 'csr', 'crl'].includes(kind))
  // test/corpora-cli reads all as JSON, test/render prints all in full; refusals are printed here only
  test('is shown for people, or refused, without a character that steers the terminal', async () => {
    const wrong: string[] = []
    for (const entry of spoken) {
      const { status, stdout, stderr } = await certman(
        ['show', '--no-input', '--file', join(found!.folder, entry.path)],
        { cwd: folder, tty: true, columns: 80, env: { NO_COLOR: '1' } },
      )
      const unsafe = UNSAFE.exec(stdout + stderr)
      if (unsafe || status === 70)
        wrong.push(`${entry.path}: ${status} ${JSON.stringify(unsafe?.[0])} ${stderr}`)
    }
    expect(wrong).toEqual([])
  })
})
