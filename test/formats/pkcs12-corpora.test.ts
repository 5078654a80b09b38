import { describe, expect, test } from 'vitest'
import type { Bundle } from '../../src/formats/items.ts'
import { corpus, NO_CORPORA, type CorpusEntry } from '../support/corpora.ts'
import { contentsOf, readAsked, readGiven } from '../support/pkcs12.ts'
import { countedPasswords } from '../support/password.ts'

const corpora = corpus()
const entries = corpora?.entries.filter(({ kind }) => kind === 'pkcs12') ?? []

interface Fields {
  readonly certs: readonly string[]
  readonly keys: readonly string[] | null
  readonly friendly_names: readonly string[]
}

/** Where the file has more or other things than the manifest's readers could say. */
const DIFFERENCES: Readonly<
  Record<string, { readonly left?: readonly string[]; readonly names?: readonly string[] }>
> = {
  // the manifest lists the name of the secret key; certman leaves the secret and names it there
  'pkcs12/own/keytool-secretkey.p12': { left: ['secret "aes"'], names: [] },
  // openssl prints these names without their high bytes
  'pkcs12/own/unicode-name.p12': {
    names: ['Freundlicher Name Müller 日本', 'Freundlicher Name Müller 日本'],
  },
  'pkcs12/pyca/name-unicode-no-pwd.p12': { names: ['ä', 'ç', '☺', '☺'] },
  'pkcs12/pyca/name-unicode-pwd.p12': { names: ['ä', 'ç', '☺', '☺'] },
  // a composite key that openssl cannot read: the certificate is taken, the key is listed
  'pkcs12/xipki/constant-ext1-8fa142.p12': { left: ['private key'], names: ['main'] },
}

const reading = (entry: CorpusEntry, ...more: string[]): Promise<Bundle> =>
  readGiven(
    corpora!.read(entry.path),
    ...(typeof entry.password === 'string' ? [entry.password] : []),
    ...more,
  )

const sorted = (values: readonly string[]): string[] => [...values].sort()

describe('PKCS#12 files of the corpora', () => {
  test('when the corpora are there then they hold many such files', ({ skip }) => {
    skip(!corpora, NO_CORPORA)
    expect(entries.length).toBeGreaterThan(80)
  })

  for (const entry of entries.filter((entry) => entry.expect === 'accept'))
    test(`when ${entry.path} is opened then it holds what other readers find in it`, async () => {
      const fields = entry.fields as unknown as Fields
      const difference = DIFFERENCES[entry.path]
      const found = contentsOf(await reading(entry))
      expect(sorted(found.certificates)).toEqual(sorted(fields.certs))
      expect(sorted(found.keys)).toEqual(sorted(fields.keys ?? []))
      expect(sorted(found.names)).toEqual(sorted(difference?.names ?? fields.friendly_names))
      expect(found.left).toEqual(difference?.left ?? [])
    })

  for (const entry of entries.filter((entry) => entry.expect === 'reject'))
    test(`when ${entry.path} is opened then it is refused as damaged`, async () => {
      await expect(reading(entry)).rejects.toMatchObject({ code: 'der.malformed' })
    })

  // certtool derives with 600,000 iterations, and a wrong password is tried in several spellings: one such file will do
  const isDear = ({ path }: CorpusEntry): boolean =>
    path.includes('/certtool-') && !path.endsWith('/certtool-aes-256.p12')
  for (const entry of entries.filter((each) => each['wrong_password_must_fail'] === true && !isDear(each)))
    test(`when ${entry.path} is opened with a wrong password then nothing comes out`, async () => {
      const bytes = corpora!.read(entry.path)
      await expect(readGiven(bytes, `not ${entry.password}`)).rejects.toMatchObject({
        code: 'password.wrong',
      })
    })

  for (const entry of entries.filter((entry) => entry.expect === 'accept' && entry.password === ''))
    test(`when ${entry.path} has an empty password then nobody is asked`, async () => {
      const bundle = await readAsked(corpora!.read(entry.path), () => {
        throw new Error('somebody was asked')
      })
      const { certs } = entry.fields as unknown as Fields
      expect(sorted(contentsOf(bundle).certificates)).toEqual(sorted(certs))
    })

  test('when the first password is wrong then the second one is asked for', async ({ skip }) => {
    const entry = entries.find(({ path }) => path === 'pkcs12/own/unicode-password.p12')
    if (!entry) return skip(NO_CORPORA)
    const { password, attempts } = countedPasswords('no', entry.password)
    const bundle = await readAsked(corpora!.read(entry.path), password)
    expect(attempts).toEqual([1, 2])
    expect(contentsOf(bundle).certificates).toEqual((entry.fields as unknown as Fields).certs)
  })
})
