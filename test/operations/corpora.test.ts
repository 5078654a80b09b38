import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isCertmanError } from '../../src/base/errors.ts'
import { Secret } from '../../src/base/secret.ts'
import type { PasswordSource } from '../../src/formats/items.ts'
import { importFiles } from '../../src/operations/import-files.ts'
import { inspectFile } from '../../src/operations/inspect-file.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { corpus, NO_CORPORA, type CorpusEntry } from '../support/corpora.ts'
import { memoryStore, rowsOf } from '../support/worlds.ts'

const found = corpus()
const tools = { ambient: frozenAmbient(), readStdin: () => Promise.resolve(new Uint8Array()) }

const passwordOf =
  ({ password }: CorpusEntry): PasswordSource =>
  ({ attempt }) =>
    Promise.resolve(attempt === 1 && typeof password === 'string' ? new Secret(password) : undefined)

/** What looking into a file and importing it came to: fine, or the code of the refusal. Anything else is thrown. */
async function fate(entry: CorpusEntry): Promise<string> {
  const path = join(found!.folder, entry.path)
  const password = passwordOf(entry)
  try {
    const { items, left } = await inspectFile({ path, cwd: '/' }, password, tools)
    JSON.stringify(items)
    return items.length + left.length > 0 ? 'fine' : 'nothing'
  } catch (error) {
    if (isCertmanError(error) && error.code !== 'internal') return error.code
    throw error
  }
}

describe.skipIf(!found)(`the corpora${found ? '' : ` (skipped: ${NO_CORPORA})`}`, () => {
  // PKCS#12 files and key stores take seconds each (600,000 iterations) and have corpora tests of their own
  const entries = (found?.entries ?? []).filter(({ kind }) => kind !== 'pkcs12' && kind !== 'jks')

  test('when a file is marked accept then it can be looked into', async () => {
    const wrong: string[] = []
    for (const entry of entries.filter(({ expect: wanted }) => wanted === 'accept')) {
      const got = await fate(entry)
      if (got !== 'fine') wrong.push(`${entry.path}: ${got}`)
    }
    expect(wrong).toEqual([])
  })

  test('when a file is marked reject then it is refused cleanly', async () => {
    const wrong: string[] = []
    for (const entry of entries.filter(({ expect: wanted }) => wanted === 'reject'))
      if ((await fate(entry)) === 'fine') wrong.push(entry.path)
    expect(wrong).toEqual([])
  })

  test('when a file may go either way then it never crashes', async () => {
    const fates = new Set<string>()
    for (const entry of entries.filter(({ expect: wanted }) => wanted === 'either'))
      fates.add(await fate(entry))
    expect(fates.size).toBeGreaterThan(0)
  })

  test('when the whole folder of certificates is imported then everything accepted lands in one transaction', async () => {
    const store = memoryStore()
    const dialog = { password: () => Promise.resolve(undefined) }
    const report = await importFiles(store, { paths: ['certs'], cwd: found!.folder }, { dialog, tools })
    const rows = await rowsOf(store)
    const wanted = entries.filter(
      ({ kind, expect: want, path }) => kind === 'cert' && want === 'accept' && path.startsWith('certs/'),
    )
    const prints = new Set(rows.map((row) => row['fingerprint']))
    const missing = wanted.filter(
      ({ fields }) => typeof fields?.['sha256'] === 'string' && !prints.has(fields['sha256']),
    )
    expect(missing.map(({ path }) => path)).toEqual([])
    expect(rows.length).toBeGreaterThan(100)
    expect(report.failures.every(({ code }) => code !== 'internal')).toBe(true)
  })
})
