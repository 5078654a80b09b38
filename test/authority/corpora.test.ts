import { describe, expect, test } from 'vitest'
import { lintTbs } from '../../src/authority/lint/lint.ts'
import { parseProfile } from '../../src/authority/parse-profile.ts'
import { openRequest } from '../../src/authority/request.ts'
import { CertmanError } from '../../src/base/errors.ts'
import { readPem } from '../../src/formats/pem.ts'
import { certificateParts, describeCertificate } from '../../src/x509/certificate.ts'
import { describeCsr } from '../../src/x509/csr.ts'
import { corpus, NO_CORPORA, type CorpusEntry } from '../support/corpora.ts'
import { makeRoot, NOW, prepareWith, signWith } from './material.ts'

const files = corpus()
const entries = (kind: CorpusEntry['kind']): readonly CorpusEntry[] =>
  (files?.entries ?? []).filter((entry) => entry.kind === kind && entry.expect === 'accept')

/** DER of the first object in a file of the corpora. */
function derOf({ path, format }: CorpusEntry): Uint8Array {
  const bytes = files!.read(path)
  return format === 'DER' ? bytes : readPem(bytes).blocks[0]!.der
}

/** Whatever a lax authority can grant. */
const LAX = parseProfile({
  name: 'lax',
  keyUsage: ['digitalSignature'],
  validity: { maximumDays: null },
  keys: {
    minimumRsaBits: 1024,
    curves: ['P-224', 'P-256', 'P-384', 'P-521', 'secp256k1', 'brainpoolP256r1'],
  },
})

describe('the corpora', () => {
  test.skipIf(!files)(
    `lints go through every certificate without falling over${files ? '' : `: ${NO_CORPORA}`}`,
    () => {
      const all = entries('cert')
      expect(all.length).toBeGreaterThan(400)
      for (const entry of all)
        for (const { message } of lintTbs(certificateParts(derOf(entry)).tbs, { publicTrust: true }).findings)
          expect(message, entry.path).not.toBe('')
    },
  )

  test.skipIf(!files)(
    `every request is signed with its names, or refused with a reason${files ? '' : `: ${NO_CORPORA}`}`,
    async () => {
      const root = await makeRoot()
      const outcomes: Record<string, number> = {}
      for (const entry of entries('csr')) {
        const csr = derOf(entry)
        let outcome = 'signed'
        try {
          const options = { profile: LAX, wish: { allowChanges: true }, now: NOW }
          const { changes } = prepareWith(root, csr, options)
          const [asked, granted] = [describeCsr(csr), describeCertificate(signWith(root, csr, options))]
          expect(granted.subject, entry.path).toBe(asked.subject)
          const withheld = changes.filter(
            ({ field, granted: given }) => field === 'subjectAltName' && given === null,
          )
          expect(granted.subjectAltName?.length ?? 0, entry.path).toBe(
            (asked.subjectAltName?.length ?? 0) - withheld.length,
          )
        } catch (error) {
          if (!(error instanceof CertmanError)) throw error
          outcome = error.code
        }
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
      }
      expect(Object.keys(outcomes).toSorted()).toEqual([
        'format.unsupported',
        'input.invalid',
        'policy.refused',
        'signed',
      ])
      expect(outcomes['signed']).toBeGreaterThan(40)
    },
  )

  test.skipIf(!files)(
    `self-signatures are judged as the manifest says${files ? '' : `: ${NO_CORPORA}`}`,
    () => {
      const unlike = entries('csr').filter((entry) => {
        let message = ''
        try {
          openRequest(derOf(entry))
        } catch (error) {
          message = (error as Error).message
        }
        // a request may be refused for another reason before its signature is looked at
        return entry['signature_valid'] === false ? message === '' : message.includes('not signed by the key')
      })
      expect(unlike.map(({ path }) => path)).toEqual([])
      expect(entries('csr').length).toBeGreaterThan(50)
    },
  )
})
