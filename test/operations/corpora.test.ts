import { describe, expect, test } from 'vitest'
import { importFiles } from '../../src/operations/import-files.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { corpus, NO_CORPORA } from '../support/corpora.ts'
import { memoryStore, rowsOf } from '../support/worlds.ts'

const found = corpus()
const tools = { ambient: frozenAmbient(), readStdin: () => Promise.resolve(new Uint8Array()) }

describe.skipIf(!found)(`the corpora${found ? '' : ` (skipped: ${NO_CORPORA})`}`, () => {
  test('when the whole folder of certificates is imported then everything accepted lands in one transaction', async () => {
    const store = memoryStore()
    const dialog = { password: () => Promise.resolve(undefined) }
    const report = await importFiles(store, { paths: ['certs'], cwd: found!.folder }, { dialog, tools })
    const rows = await rowsOf(store)
    const wanted = found!.entries.filter(
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
