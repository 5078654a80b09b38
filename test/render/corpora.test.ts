import { describe, expect, test } from 'vitest'
import { isCertmanError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { describeItems } from '../../src/operations/inspect-file.ts'
import { readItems } from '../../src/formats/read-items.ts'
import { Secret } from '../../src/base/secret.ts'
import { jsonText } from '../../commands/render/json.ts'
import { safeText } from '../../commands/render/safe.ts'
import { renderRecords } from '../../commands/render/show-records.ts'
import { displayWidth } from '../../commands/render/width.ts'
import { corpus, NO_CORPORA, type CorpusEntry } from '../support/corpora.ts'
import { NOW } from './rows.ts'

const context = {
  ambient: { now: () => NOW, random: () => new Uint8Array(), env: {}, actor: 'me' },
  global: { color: false, dryRun: false },
  terminal: { stdoutIsTty: true, columns: 80 },
}

const corpora = corpus()

async function itemsOf(entry: CorpusEntry): Promise<readonly JsonObject[]> {
  const password = new Secret(entry.password ?? '')
  try {
    const bundle = await readItems(corpora?.read(entry.path) ?? new Uint8Array(), {
      file: entry.path,
      password: async ({ attempt }) => (attempt === 1 ? password : undefined),
    })
    return describeItems(bundle, NOW)
  } catch (error) {
    if (isCertmanError(error)) return []
    throw error
  }
}

/** Every text in a JSON value, names of fields aside. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : []
}

describe.skipIf(!corpora)(`whatever the corpora hold${corpora ? '' : ` (${NO_CORPORA})`}`, () => {
  const kinds = ['cert', 'csr', 'crl', 'key'] as const

  test.each(kinds)(
    'a %s is shown within 80 columns, and nothing in it reaches the terminal unescaped',
    async (kind) => {
      let shown = 0
      for (const entry of corpora?.entries.filter((one) => one.kind === kind) ?? [])
        for (const item of await itemsOf(entry)) {
          const overview = await renderRecords(context, [item], 'overview').text()
          const full = await renderRecords(context, [item], 'text').text()
          for (const text of [overview, full, jsonText(item)])
            expect(text.replaceAll('\n', ''), entry.path).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
          for (const line of overview.split('\n'))
            expect(displayWidth(line), `${entry.path}: ${line}`).toBeLessThanOrEqual(80)
          shown++
        }
      expect(shown).toBeGreaterThan(40)
    },
  )

  test('the full text of a certificate holds every text of its JSON', async () => {
    for (const entry of corpora?.entries.filter((one) => one.kind === 'cert') ?? [])
      for (const item of await itemsOf(entry)) {
        const full = await renderRecords(context, [item], 'text').text()
        const texts = textsOf({ ...item, kind: '', pem: '' })
        const missing = texts.filter((text) => !full.includes(safeText(text)))
        expect(missing, entry.path).toEqual([])
      }
  })
})
