import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { readItems } from '../../src/formats/read-items.ts'
import { describeItems } from '../../src/operations/inspect-file.ts'
import { extensionLines } from '../../commands/render/extension-lines.ts'
import { renderText } from '../../commands/render/text.ts'
import { corpus, NO_CORPORA, type CorpusEntry } from '../support/corpora.ts'
import { requireOracle, runOracle } from '../support/oracles.ts'
import { passwords } from '../support/password.ts'

const corpora = corpus()
const COMMANDS: Readonly<Record<string, string>> = { cert: 'x509', csr: 'req', crl: 'crl' }

/** Every nth file that OpenSSL reads, so that each source has some. */
function sample(kind: string, step: number): readonly CorpusEntry[] {
  const all = (corpora?.entries ?? []).filter((entry) => entry.kind === kind && entry.expect === 'accept')
  return all.filter((_, at) => at % step === 0)
}

/** Octets in colons, at least eight of them, lines joined; zeros before a number are no news. */
function hexOf(text: string): readonly string[] {
  const joined = text.replace(/:[ \t]*\n\s+/g, ':')
  const runs = joined.match(/(?<![0-9a-z])(?:[0-9a-f]{2}:){7,}[0-9a-f]{2}(?![0-9a-z:])/gi) ?? []
  return runs.map((run) => run.replaceAll(':', '').toLowerCase().replace(/^0+/, ''))
}

/** Parameters of RSASSA-PSS that are not those of absence. */
const saltsOf = (text: string): readonly string[] =>
  [...text.matchAll(/Salt Length: 0x([0-9A-F]+)$/gm)].map(([, hex]) => `saltLength: ${Number(`0x${hex}`)}`)

async function textOf(entry: CorpusEntry): Promise<string> {
  const options = { file: 'f', password: passwords() }
  const bundle = await readItems(corpora!.read(entry.path), options)
  const items = describeItems(bundle, new Date('2026-01-01T00:00:00Z')) as readonly JsonObject[]
  return items.map((item) => renderText(item, false)).join('\n')
}

describe.each([
  ['cert', 12],
  ['csr', 6],
  ['crl', 3],
])('what OpenSSL tells of a %s', (kind, step) => {
  test('when OpenSSL prints octets or a salt then so does --text', async (context) => {
    if (!corpora) return context.skip(NO_CORPORA)
    const openssl = requireOracle(context, 'openssl')
    const missing: string[] = []
    let told = 0
    for (const entry of sample(kind, step)) {
      const args = [COMMANDS[kind]!, '-in', join(corpora.folder, entry.path), '-text', '-noout']
      const theirs = runOracle(openssl, args).stdout.toString()
      const ours = await textOf(entry)
      const wanted = [...hexOf(theirs), ...saltsOf(theirs)]
      told += wanted.length
      missing.push(...wanted.filter((each) => !ours.includes(each)).map((each) => `${entry.path}: ${each}`))
    }
    expect(told).toBeGreaterThan(sample(kind, step).length)
    expect(missing).toEqual([])
  }, 60_000)
})

test('when an extension is there with nothing in it then --text names it, too', () => {
  const extensions = [
    { oid: '2.5.29.31', name: 'cRLDistributionPoints', critical: false, value: [{}] },
    { oid: '2.5.29.35', name: 'authorityKeyIdentifier', critical: false, value: {} },
  ]
  const text = renderText({ kind: 'certificate', extensions }, false)
  expect(text).toContain('Extension cRLDistributionPoints (2.5.29.31)\n  empty')
  expect(text).toContain('Extension authorityKeyIdentifier (2.5.29.35)\n  empty')
})

describe('a list in the value of an extension', () => {
  const lines = (value: JsonObject['value']): readonly string[] => extensionLines({ value })

  test('when each element is one line then they stand below each other as they are', () => {
    expect(lines([{ type: 'dns', value: 'a' }, { statement: 'qcSSCD' }])).toEqual([
      'dns:a',
      'statement: qcSSCD',
    ])
  })

  test('when one element has several lines then each begins with a dash', () => {
    expect(lines([{ statement: 'qcSSCD' }, { statement: 'qcType', info: ['web'] }])).toEqual([
      '- statement: qcSSCD',
      '- statement: qcType',
      '  info: web',
    ])
  })
})
