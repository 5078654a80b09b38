import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isCertmanError } from '../../src/base/errors.ts'
import { Secret } from '../../src/base/secret.ts'
import { readPem, writePem } from '../../src/formats/pem.ts'
import { readItems } from '../../src/formats/read-items.ts'
import { describeItems } from '../../src/operations/inspect-file.ts'
import { jsonText } from '../../commands/render/json.ts'
import { renderRecords } from '../../commands/render/show-records.ts'
import { NOW } from './rows.ts'

const fixtures = join(import.meta.dirname, '../../fixtures')

/** A file to be spoiled: its octets, and the label when they came out of PEM. */
interface Victim {
  readonly name: string
  readonly bytes: Uint8Array
  readonly label?: string
}

// bundles and key stores with costly key derivation would leave no room for many tries
const victims: readonly Victim[] = readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(?:pem|crt|cer|csr|crl|p7b|p7c|key|pub)$/.test(name) && !name.includes('bundle'))
  .flatMap((name) => {
    const bytes = readFileSync(join(fixtures, name))
    const inside = readPem(bytes).blocks.map(({ label, der }) => ({ name, bytes: der, label }))
    return [{ name, bytes }, ...inside]
  })

type Change = (bytes: Buffer, at: number) => Buffer

const put =
  (...octets: readonly number[]): Change =>
  (bytes, at) =>
    Buffer.concat([bytes.subarray(0, at), Buffer.from(octets), bytes.subarray(at)])

const over =
  (...octets: readonly number[]): Change =>
  (bytes, at) => {
    const copy = Buffer.from(bytes)
    Buffer.from(octets).copy(copy, at)
    return copy
  }

/** Definite SEQUENCEs, one in the other. */
function nested(depth: number): readonly number[] {
  let inner: number[] = []
  for (let i = 0; i < depth; i++)
    inner = [0x30, ...(inner.length < 128 ? [inner.length] : [0x81, inner.length & 0xff]), ...inner]
  return inner
}

const CHANGES: readonly Change[] = [
  (bytes, at) => bytes.subarray(0, at),
  (bytes, at) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 7)]),
  (bytes, at) => Buffer.concat([bytes.subarray(0, at + 64), bytes.subarray(at)]),
  (bytes, at) => over((bytes[at] ?? 0) ^ 0x10)(bytes, at),
  over(0x1b, 0x5b, 0x33, 0x31, 0x6d),
  over(0xe2, 0x80, 0xae),
  over(0x00, 0x0d, 0x07, 0x7f),
  over(0x84, 0x7f, 0xff, 0xff, 0xff),
  over(0x80),
  put(0x84, 0xff, 0xff, 0xff, 0xff),
  put(...nested(80)),
  ...[0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x17, 0x1e, 0x24, 0x30, 0x31, 0x3f, 0xa0].map((tag) =>
    over(tag),
  ),
]

const spoiled = fc
  .record({
    victim: fc.constantFrom(...victims),
    changes: fc.array(fc.tuple(fc.constantFrom(...CHANGES), fc.double({ min: 0, max: 1, noNaN: true })), {
      minLength: 1,
      maxLength: 3,
    }),
    armour: fc.boolean(),
  })
  .map(({ victim, changes, armour }) => {
    let bytes: Buffer = Buffer.from(victim.bytes)
    for (const [change, where] of changes) bytes = change(bytes, Math.floor(where * bytes.length))
    return armour && victim.label ? Buffer.from(writePem(victim.label, bytes)) : bytes
  })

const context = {
  ambient: { now: () => NOW, random: () => new Uint8Array(), env: {}, actor: 'me' },
  global: { color: false, dryRun: false },
  terminal: { stdoutIsTty: true, columns: 80 },
}

/** Every text that `show` can make of a file; none when the file is refused. */
async function textsOf(bytes: Uint8Array): Promise<readonly string[]> {
  try {
    const bundle = await readItems(bytes, {
      file: 'hostile',
      lockedKeys: 'leave',
      password: ({ attempt }) => Promise.resolve(attempt === 1 ? new Secret('none') : undefined),
    })
    const items = describeItems(bundle, NOW)
    const texts = [jsonText(items)]
    for (const form of ['overview', 'text', 'pem'] as const)
      texts.push(await renderRecords(context, items, form).text())
    return texts
  } catch (error) {
    if (isCertmanError(error) && error.code !== 'internal') return [error.message]
    throw error
  }
}

describe('hostile files', () => {
  test('property: a spoiled file is shown without raw control characters, or refused with one of our errors', async () => {
    expect(victims.length).toBeGreaterThan(30)
    await fc.assert(
      fc.asyncProperty(spoiled, async (bytes) => {
        for (const text of await textsOf(new Uint8Array(bytes)))
          expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      }),
      { numRuns: 1500 },
    )
  }, 60_000)
})
