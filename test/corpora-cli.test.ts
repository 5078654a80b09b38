import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { runCli } from '../commands/run.ts'
import type { JsonObject } from '../src/base/json.ts'
import type { CertificateFacts, CrlFacts, CsrFacts, Extension, RevokedEntry } from '../src/domain/facts.ts'
import { corpus, NO_CORPORA, type CorpusEntry } from './support/corpora.ts'
import { fakeWorld } from './support/world.ts'
import { compareCertificate, compareCrl, compareCsr } from './x509/corpus-expectations.ts'
import { temporaryFolder } from './support/temporary.ts'

const found = corpus()
const scratch = temporaryFolder('corpora')

interface Ran {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** One run of the command line with `--json`, as a script would run it: nobody can be asked. */
async function certman(argv: readonly string[], password?: string | null): Promise<Ran> {
  const given = typeof password === 'string'
  const { world, said } = fakeWorld({ cwd: found!.folder, home: scratch, env: given ? { PW: password } : {} })
  const flags = given ? ['--password-env', 'PW'] : []
  const status = await runCli(['--json', ...argv, ...flags], world)
  return { status, stdout: said.stdout().toString(), stderr: said.stderr() }
}

const show = (entry: CorpusEntry): Promise<Ran> => certman(['show', '--file', entry.path], entry.password)

/** One item or several, as an array. */
function itemsOf({ stdout }: Ran): readonly JsonObject[] {
  const value = JSON.parse(stdout) as JsonObject | readonly JsonObject[]
  return Array.isArray(value) ? (value as readonly JsonObject[]) : [value as JsonObject]
}

// files with 600,000 iterations take seconds each; tests of PKCS#12 and key stores read them
const isSlow = ({ path }: CorpusEntry): boolean => /certtool-|keytool\.jceks/.test(path)

const entries = (found?.entries ?? []).filter((entry) => !isSlow(entry))
const expecting = (expected: CorpusEntry['expect'], kind?: string): [string, CorpusEntry][] =>
  entries
    .filter((entry) => entry.expect === expected && (kind === undefined || entry.kind === kind))
    .map((entry) => [entry.path, entry])

const KINDS: Readonly<Record<string, string>> = { cert: 'certificate', csr: 'request', crl: 'crl' }

/** What the command said in the words of the manifest, beside what the manifest says. */
function comparison(entry: CorpusEntry, item: JsonObject): { actual: unknown; wanted: unknown } {
  const extensions = item['extensions'] as unknown as readonly Extension[]
  if (entry.kind === 'cert') {
    // the manifest's reader took a bare OBJECT IDENTIFIER for a list of them
    const odd = entry.path === 'certs/zcrypto/parsecert10-tag.pem' ? ['eku'] : []
    return compareCertificate(entry, item as unknown as CertificateFacts, { extensions, odd })
  }
  if (entry.kind === 'csr') return compareCsr(entry, item as unknown as CsrFacts, extensions)
  const revoked = item['revoked'] as unknown as readonly RevokedEntry[]
  return compareCrl(entry, item as unknown as CrlFacts, { extensions, revoked })
}

const fingerprints = (items: readonly JsonObject[], kind: string): unknown[] =>
  items.filter((item) => item['kind'] === kind).map((item) => item['fingerprint'] ?? item['spkiHash'])

test('the corpora are there, or their absence is said', ({ skip }) => {
  skip(found === undefined, NO_CORPORA)
  expect(entries.length).toBeGreaterThan(1000)
})

describe.skipIf(!found)('certman show --file --json', () => {
  for (const kind of ['cert', 'csr', 'crl'])
    test.each(expecting('accept', kind))('of %s has the expected fields', async (_, entry) => {
      const ran = await show(entry)
      expect(ran).toMatchObject({ status: 0, stderr: '' })
      const item = itemsOf(ran).find((each) => each['kind'] === KINDS[kind])
      const { actual, wanted } = comparison(entry, item!)
      expect(actual).toEqual(wanted)
    })

  // the manifest hashes the compressed point; certman knows a key by its whole one, however it is written:
  // openssl ec -conv_form uncompressed -pubout -outform DER
  const WHOLE_POINTS: Readonly<Record<string, string>> = {
    'keys/mbedtls/ec_256_prv.comp.pem': '230605b9f889784fce7bbc09e9ce09d40723e0449464367a9fed8c933c258e45',
    'keys/mbedtls/ec_521_prv.comp.pem': '2a3bf39a791ccb4e71029bd4924e8be98cd73bab1a61322a9200dab2a0ea66d6',
  }
  test.each(expecting('accept', 'key'))('of %s has the expected key', async (_, entry) => {
    const ran = await show(entry)
    expect(ran.status, ran.stderr).toBe(0)
    const { spki_sha256: hash, bits: size, curve } = entry.fields as JsonObject
    const spkiHash = WHOLE_POINTS[entry.path] ?? hash
    const wanted = { spkiHash, ...(size !== undefined && { size }), ...(curve !== undefined && { curve }) }
    expect(itemsOf(ran)[0]).toMatchObject(wanted)
  })

  for (const kind of ['pkcs7', 'pkcs12', 'jks'])
    test.each(expecting('accept', kind))('of %s has everything that it holds', async (_, entry) => {
      const ran = await show(entry)
      expect(ran.status, ran.stderr).toBe(0)
      const { certs, keys, crls } = entry.fields as Record<string, string[] | undefined>
      const items = itemsOf(ran)
      expect(fingerprints(items, 'certificate').toSorted()).toEqual((certs ?? []).toSorted())
      const [ourKeys, ourCrls] = [fingerprints(items, 'key'), fingerprints(items, 'crl')]
      expect(ourKeys.toSorted()).toEqual((keys ?? ourKeys).toSorted())
      expect(ourCrls).toEqual(crls ?? ourCrls)
    })

  test.each(expecting('accept', 'bundle'))('of %s has every object in its order', async (_, entry) => {
    const ran = await show(entry)
    expect(ran.status, ran.stderr).toBe(0)
    const { objects } = entry.fields as { objects: [kind: string, hash: string][] }
    // the manifest names a key by its own bytes, which are never shown; a locked one is left without its password
    const wanted = objects.filter(([kind]) => kind !== 'key').map(([kind, hash]) => [KINDS[kind], hash])
    const shown = itemsOf(ran).filter(({ kind }) => kind !== 'key')
    expect(shown.map(({ kind, fingerprint }) => [kind, fingerprint])).toEqual(wanted)
  })

  test.each(expecting('reject'))('of %s is refused in one line', async (_, entry) => {
    const { status, stdout, stderr } = await show(entry)
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' })
    expect(stderr).toMatch(/^[^\p{Cc}\p{Cf}]+\n$/u)
    const { error } = JSON.parse(stderr) as { error: JsonObject }
    expect(error).toEqual({
      code: expect.stringMatching(/^[a-z-]+\.[a-z-]+$/) as unknown,
      message: expect.stringContaining(entry.path) as unknown,
      hint: expect.stringMatching(/\w/) as unknown,
    })
  })

  test.each(expecting('either'))('of %s is answered or refused, never a crash', async (_, entry) => {
    const { status, stdout } = await show(entry)
    expect([0, 2, 3]).toContain(status)
    expect(stdout === '').toBe(status !== 0)
  })
})

describe.skipIf(!found)('certman import of every accepted file', () => {
  const store = join(scratch, 'pki')
  const inStore = (...argv: string[]): Promise<Ran> => certman(['-s', store, ...argv])

  beforeAll(async () => {
    if (found) await certman(['store', 'init', store])
  })

  test('when all certificates and requests are imported then list and show say what show --file said', async () => {
    const files = [...expecting('accept', 'cert'), ...expecting('accept', 'csr')].map(([path]) => path)
    const imported = await inStore('import', ...files)
    expect(imported.status, imported.stderr).toBe(0)
    const listed = new Map(itemsOf(await inStore('list', '--all')).map((row) => [row['fingerprint'], row]))
    for (const [path, entry] of expecting('accept', 'cert')) {
      const [inFile] = itemsOf(await show(entry))
      const row = listed.get(inFile!['fingerprint'])
      expect(row, path).toBeDefined()
      const [stored] = itemsOf(await inStore('show', String(row!['id'])))
      // the place is the file's, chain and key depend on what lies beside, the friendly name on who came first
      const { place: _p, chain: _c, hasPrivateKey: _h, friendlyName: _f, ...same } = inFile!
      expect(stored, path).toMatchObject(same)
      const fields = Object.keys(row!).filter((field) => field in same && field !== 'publicKey')
      for (const field of fields) expect(row![field], `${path} ${field}`).toEqual(same[field])
    }
  }, 120_000)

  test('when keys are imported first and certificates later then each pair finds itself, and check has no doubt', async () => {
    const passwordOf = new Map(entries.map(({ path, password }) => [path, password]))
    const { pairs } = found!.json('pairs.json') as {
      pairs: { cert: string; key: string; match: boolean }[]
    }
    const matching = pairs.filter(({ match }) => match)
    for (const { key } of matching) {
      const ran = await certman(['-s', store, 'import', key], passwordOf.get(key))
      expect(ran.status, ran.stderr).toBe(0)
    }
    for (const { cert, key } of matching) {
      const [inFile] = itemsOf(await certman(['show', '--file', cert]))
      const [inKey] = itemsOf(await certman(['show', '--file', key], passwordOf.get(key)))
      const [stored] = itemsOf(await inStore('show', String(inFile!['fingerprint'])))
      expect(stored, cert).toMatchObject({ hasPrivateKey: true, keyId: inKey!['spkiHash'] })
    }
    expect(await inStore('store', 'check')).toMatchObject({ status: 0, stderr: '' })
  }, 120_000)
})
