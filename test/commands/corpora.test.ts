import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/built.ts'
import { certman } from '../support/command.ts'
import { corpus, NO_CORPORA, type CorpusEntry } from '../support/corpora.ts'

const found = corpus()
let folder: ReturnType<typeof temporaryFolder>
beforeAll(() => {
  folder = temporaryFolder('corpora')
})
afterAll(() => folder.remove())

/** The command line that shows a file of the corpora. */
function commandLine(entry: CorpusEntry, path: string): string[] {
  if (entry.password === undefined || entry.password === null) return ['show', '--file', path]
  const file = join(folder.path, 'password')
  writeFileSync(file, entry.password)
  chmodSync(file, 0o600)
  return ['show', '--file', path, '--password-file', file]
}

// what a terminal must not get from a stranger's file: controls but the line end, bidi and other format characters
const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

const STATUSES: Readonly<Record<CorpusEntry['expect'], readonly number[]>> = {
  accept: [0],
  reject: [2, 3],
  either: [0, 2, 3],
}

describe.skipIf(!found)(`every file of the corpora at the counter${found ? '' : ` (${NO_CORPORA})`}`, () => {
  // the key derivations of PKCS#12 take half a minute, and test/operations opens all of them
  const entries = (found?.entries ?? []).filter(({ kind }) => kind !== 'pkcs12' && kind !== 'jks')
  // what strangers write
  const spoken = entries.filter(({ kind }) => ['cert', 'csr', 'crl'].includes(kind))
  const shown = async (entry: CorpusEntry, more: readonly string[], tty: boolean) => {
    const words = [...commandLine(entry, join(found!.folder, entry.path)), ...more]
    return certman(words, { cwd: folder.path, tty, columns: 80, env: { NO_COLOR: '1' } })
  }

  test('is shown as JSON or refused with the status of bad input, whatever it is', async () => {
    const wrong: string[] = []
    for (const entry of entries) {
      const { status, stdout, stderr } = await shown(entry, ['--json', '--no-input'], false)
      const fits = STATUSES[entry.expect].includes(status)
      const report = status === 0 ? stdout : (stderr.trimEnd().split('\n').at(-1) ?? '')
      if (!fits) wrong.push(`${entry.path}: ${status} instead of ${entry.expect}: ${stderr}`)
      else JSON.parse(report)
    }
    expect(wrong).toEqual([])
  })

  test.each([
    ['for people', []],
    ['in full', ['--text']],
  ])('is shown %s without a character that steers the terminal', async (_how, flags) => {
    const wrong: string[] = []
    for (const entry of spoken) {
      const { status, stdout, stderr } = await shown(entry, [...flags, '--no-input'], true)
      const unsafe = UNSAFE.exec(stdout + stderr)
      if (unsafe || status === 70)
        wrong.push(`${entry.path}: ${status} ${JSON.stringify(unsafe?.[0])} ${stderr}`)
    }
    expect(wrong).toEqual([])
  })
})
