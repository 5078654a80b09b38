import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { secondOpinion } from '../../src/x509/second-opinion.ts'
import { readItems } from '../../src/formats/read-items.ts'
import { corpus, NO_CORPORA } from '../support/corpora.ts'

const certificates = async (path: string): Promise<readonly Uint8Array[]> => {
  const read = { file: path, password: () => Promise.resolve(undefined) }
  const { items } = await readItems(new Uint8Array(readFileSync(path)), read)
  return items.flatMap((item) => (item.type === 'certificate' ? [item.der] : []))
}

describe('when another library reads a certificate', () => {
  test('then it reads the fixtures as we do', async () => {
    const all = (
      await Promise.all(['fixtures/bundle/example-ca-bundle.pem', 'fixtures/tls/leaf.pem'].map(certificates))
    ).flat()
    expect(all).toHaveLength(3)
    for (const der of all) expect(await secondOpinion(der)).toEqual({ says: 'the same' })
  })

  /** The library's own faults, by what it reads otherwise: years before 100, times without seconds. */
  const DIFFERENT: Readonly<Record<string, string>> = {
    'certs/boringssl/pss_sha1_explicit.pem': 'notBefore',
    'certs/boringssl/pss_sha224.pem': 'notBefore',
    'certs/boringssl/pss_sha256_omit_nulls.pem': 'notBefore',
    'certs/boringssl/pss_sha256_salt31.pem': 'notBefore',
    'certs/boringssl/pss_sha256_unknown_mgf.pem': 'notBefore',
    'certs/zlint/utcNoSeconds.pem': 'notBefore',
  }

  const all = corpus()
  test.skipIf(!all)(
    `then the corpora are read alike, but for its own faults (${all ? 'all' : NO_CORPORA})`,
    async () => {
      const different: Record<string, string> = {}
      for (const { path } of all!.entries.filter(({ kind, expect: e }) => kind === 'cert' && e === 'accept'))
        for (const der of await certificates(`${all!.folder}/${path}`)) {
          const opinion = await secondOpinion(der)
          if (opinion.says === 'something else') different[path] = opinion.field
        }
      expect(different).toEqual(DIFFERENT)
    },
  )
})
