import { describe, expect, test } from 'vitest'
import { describeProtection } from '../../src/formats/pkcs12/protection.ts'
import { corpus } from '../support/corpora.ts'

/** OpenSSL's report of the file, as the manifest has it, in our words: `[what, algorithm words, iterations]`. */
function expected(lines: readonly string[]): string[][] {
  const parts: string[][] = []
  const encrypted = lines.filter((line) => line.startsWith('PKCS7 Encrypted data: '))
  const mac = lines.find((line) => line.startsWith('MAC: '))
  parts.push(['integrity', ...(mac ? numbers(mac) : ['none'])])
  for (const line of encrypted) parts.push(['encrypted part', ...numbers(line)])
  for (const line of lines) {
    if (line.startsWith('Shrouded Keybag: ')) parts.push(['private key', ...numbers(line)])
    if (line === 'Key bag') parts.push(['private key', 'none'])
  }
  return parts.sort()
}

const numbers = (line: string): string[] => [/Iteration (\d+)/.exec(line)?.[1] ?? '?', cipher(line)]

/** The one word that tells schemes apart in both languages. */
const cipher = (text: string): string =>
  (
    /AES-\d+|CAMELLIA-\d+|DES-EDE3|3-KeyTripleDES|2-KeyTripleDES|128BitRC[24]|40BitRC[24]/.exec(text)?.[0] ??
    /sha\d+/i.exec(text.replace('HMAC-', ''))?.[0] ??
    'none'
  ).toLowerCase()

const manifest = corpus()

describe.skipIf(!manifest)('when the protection of a PKCS#12 file is described', () => {
  // PBMAC1 is unknown to the OpenSSL that made the manifest: those have a line "Schema"
  const files = (manifest?.entries ?? []).filter(
    ({ kind, expect: verdict, fields }) =>
      kind === 'pkcs12' &&
      verdict === 'accept' &&
      Array.isArray(fields?.['encryption']) &&
      !JSON.stringify(fields['encryption']).includes('Schema'),
  )

  test.each(files.map((entry) => [entry.path, entry] as const))(
    'then %s is told as OpenSSL tells it',
    async (_, entry) => {
      const parts = await describeProtection(manifest!.read(entry.path))
      const told = parts.map(({ what, scheme }) =>
        scheme === 'none'
          ? [what, 'none']
          : [what, /(\d+) iterations/.exec(scheme)?.[1] ?? '?', cipher(scheme)],
      )
      expect(told.sort()).toEqual(expected(entry.fields!['encryption'] as string[]))
    },
  )

  test('then PBMAC1 is named with its key derivation', async () => {
    const entry = manifest!.entries.find(({ path }) => path.endsWith('pbmac1_256_256.good.p12'))!
    expect((await describeProtection(manifest!.read(entry.path)))[0]).toEqual({
      what: 'integrity',
      scheme: 'PBMAC1, PBKDF2 with HMAC-SHA256, 2048 iterations, HMAC-SHA256',
    })
  })
})
