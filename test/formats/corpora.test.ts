import { describe, expect, test } from 'vitest'
import { sha256Hex } from '../../src/crypto/digest.ts'
import type { Item } from '../../src/formats/items.ts'
import { readPem } from '../../src/formats/pem.ts'
import { readItems } from '../../src/formats/read-items.ts'
import { certificateParts } from '../../src/x509/certificate.ts'
import { describePublicKey } from '../../src/x509/public-key.ts'
import { corpus, NO_CORPORA, type Corpus, type CorpusEntry } from '../support/corpora.ts'
import { passwords } from '../support/password.ts'

const corpora = corpus()

// a missing folder shows as one skipped test with the reason
if (!corpora)
  test('the corpora are read', (context) => {
    expect(corpora).toBeUndefined()
    context.skip(NO_CORPORA)
  })
else describeCorpora(corpora)

type Answer = { readonly items: readonly Item[] } | { readonly error: unknown }

/** What reading answers; never throws, so that a crash shows as an error that is no `CertmanError`. */
async function read({ read: bytesOf }: Corpus, entry: CorpusEntry): Promise<Answer> {
  try {
    const options = { file: 'f', password: passwords(entry.password), lockedKeys: 'leave' } as const
    return { items: (await readItems(bytesOf(entry.path), options)).items }
  } catch (error) {
    return { error }
  }
}

const hashOf = (item: Item): string =>
  sha256Hex(item.type === 'private-key' || item.type === 'public-key' ? item.spki : item.der)

const hashesOf = (items: readonly Item[], type: Item['type']): string[] =>
  items.filter((item) => item.type === type).map(hashOf)

/** Facts of a key as the manifest spells them. */
function keyFields(item: Item | undefined): Record<string, unknown> {
  if (item?.type !== 'private-key') return {}
  const facts = describePublicKey(item.spki)
  return {
    spki_sha256: hashOf(item),
    oid: facts.algorithmOid,
    ...(facts.size === undefined ? {} : { bits: facts.size }),
  }
}

function describeCorpora(corpora: Corpus): void {
  const entries = (kind: CorpusEntry['kind'], expects: CorpusEntry['expect']): readonly CorpusEntry[] =>
    corpora.entries.filter((entry) => entry.kind === kind && entry.expect === expects)

  describe('files that every tool must read', () => {
    for (const entry of entries('key', 'accept'))
      test(`when the key ${entry.path} is read then it is the expected one`, async () => {
        const answer = await read(corpora, entry)
        expect(answer).not.toHaveProperty('error')
        const [key, ...more] = 'items' in answer ? answer.items : []
        expect(more).toEqual([])
        const { spki_sha256, oid, bits } = entry.fields as Record<string, unknown>
        expect(keyFields(key)).toMatchObject({ spki_sha256, oid, ...(bits === undefined ? {} : { bits }) })
      })

    for (const entry of entries('pkcs7', 'accept'))
      test(`when the message ${entry.path} is read then its certificates and CRLs come out`, async () => {
        const answer = await read(corpora, entry)
        const items = 'items' in answer ? answer.items : []
        const { certs, crls } = entry.fields as { certs: string[]; crls: string[] }
        expect(hashesOf(items, 'certificate')).toEqual(certs)
        expect(hashesOf(items, 'crl')).toEqual(crls)
      })

    for (const entry of entries('bundle', 'accept'))
      test(`when the bundle ${entry.path} is read then every object comes out in order`, async () => {
        const answer = await read(corpora, entry)
        const items = 'items' in answer ? answer.items : []
        const { objects } = entry.fields as { objects: [kind: string, hash: string][] }
        const expected = (kind: string): string[] =>
          objects.filter(([each]) => each === kind).map(([, hash]) => hash)
        expect(hashesOf(items, 'certificate')).toEqual(expected('cert'))
        expect(hashesOf(items, 'crl')).toEqual(expected('crl'))
        // the manifest hashes the octets of a key block; the one that is encrypted has no password in the manifest
        const { blocks } = readPem(corpora.read(entry.path))
        const keys = blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'))
        expect(keys.map(({ der }) => sha256Hex(der))).toEqual(expected('key'))
        const locked = keys.filter(({ headers }) => headers.length > 0)
        expect(hashesOf(items, 'private-key')).toHaveLength(keys.length - locked.length)
      })
  })

  for (const kind of ['key', 'pkcs7', 'bundle', 'cert', 'csr', 'crl'] as const) {
    const rejected = entries(kind, 'reject')
    const unclear = entries(kind, 'either')
    if (rejected.length > 0)
      test(`when any of ${rejected.length} damaged ${kind} files is read then it is refused`, async () => {
        for (const entry of rejected) {
          const answer = await read(corpora, entry)
          expect({ path: entry.path, answer }).toMatchObject({ answer: { error: { name: 'CertmanError' } } })
        }
      })
    if (unclear.length > 0)
      test(`when any of ${unclear.length} disputed ${kind} files is read then nothing crashes`, async () => {
        for (const entry of unclear) {
          const answer = await read(corpora, entry)
          const verdict = 'items' in answer ? 'CertmanError' : (answer.error as Error).name
          expect({ path: entry.path, verdict }).toEqual({ path: entry.path, verdict: 'CertmanError' })
        }
      })
  }

  for (const kind of ['cert', 'csr', 'crl'] as const)
    test(`when any ${kind} file that every tool reads is read then exactly one item of that kind comes out`, async () => {
      const type = ({ cert: 'certificate', csr: 'certificate-request', crl: 'crl' } as const)[kind]
      for (const entry of entries(kind, 'accept')) {
        const answer = await read(corpora, entry)
        const types = 'items' in answer ? answer.items.map((item) => item.type) : answer.error
        expect({ path: entry.path, types }).toEqual({ path: entry.path, types: [type] })
      }
    })

  const encrypted = entries('key', 'accept').filter((entry) => typeof entry.password === 'string')
  for (const entry of encrypted)
    test(`when the password of ${entry.path} is wrong then that is said, and without one that is said`, async () => {
      const options = { file: 'f', password: passwords(`${entry.password ?? ''}x`) }
      await expect(readItems(corpora.read(entry.path), options)).rejects.toMatchObject({
        code: 'password.wrong',
      })
      await expect(
        readItems(corpora.read(entry.path), { file: 'f', password: passwords() }),
      ).rejects.toMatchObject({
        code: 'password.required',
      })
    })

  interface Pair {
    readonly cert: string
    readonly key: string
    readonly match: boolean
  }
  const { pairs } = corpora.json('pairs.json') as { pairs: readonly Pair[] }
  for (const { cert, key, match } of pairs)
    test(`when ${key} is held against ${cert} then it ${match ? 'matches' : 'does not match'}`, async () => {
      const passwordOf = (path: string): string | null | undefined =>
        corpora.entries.find((entry) => entry.path === path)?.password
      const first = async (path: string): Promise<Item> => {
        const bundle = await readItems(corpora.read(path), {
          file: 'f',
          password: passwords(passwordOf(path)),
        })
        return bundle.items[0]!
      }
      const [certificate, privateKey] = [await first(cert), await first(key)]
      expect([certificate.type, privateKey.type]).toEqual(['certificate', 'private-key'])
      const spki =
        certificate.type === 'certificate' ? certificateParts(certificate.der).spki : new Uint8Array()
      expect(hashOf(privateKey) === sha256Hex(spki)).toBe(match)
    })
}
