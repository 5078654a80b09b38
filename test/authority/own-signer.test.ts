import { expect, test } from 'vitest'
import { prepareCrl, signCrl } from '../../src/authority/crl.ts'
import { openAuthority } from '../../src/authority/open-authority.ts'
import { issue, issueAside } from '../../src/authority/prepared.ts'
import { prepareRoot } from '../../src/authority/self-signed.ts'
import { generateKey } from '../../src/crypto/generate-key.ts'
import { openSigner, type Signer } from '../../src/crypto/signer.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { failureOf, makeCsr, NOW, prepareWith, random } from './material.ts'

const { pkcs8 } = await generateKey('ec-p256')
const signer = openSigner(pkcs8)
const subject = parseNameText('CN=Root')
const der = issue(prepareRoot({ subject, signer, now: NOW, random }).prepared, signer)
const root = { der, signer, open: openAuthority({ certificate: der, signer }) }

const certificate = prepareWith(root, await makeCsr({ sans: ['dns:w.example'] })).prepared
const nextUpdate = new Date('2026-05-01T00:00:00Z')
const crl = prepareCrl({ authority: root.open, number: 1n, thisUpdate: NOW, nextUpdate, entries: [] })

/** What signs, each given a signer. */
const SIGNED: Readonly<Record<string, (by: Signer) => unknown>> = {
  'a certificate': (by) => issue(certificate, by),
  'a certificate, beside the thread': (by) => issueAside(certificate, by),
  'a CRL': (by) => signCrl(crl, by),
}

const OTHERS = {
  'another key of the same type': openSigner((await generateKey('ec-p256')).pkcs8),
  'the same key with another digest': openSigner(pkcs8, { digest: 'sha512' }),
}

for (const [what, sign] of Object.entries(SIGNED))
  for (const [who, other] of Object.entries(OTHERS))
    test(`${what} that was prepared for one signer is not signed by ${who}`, async () => {
      expect(await failureOf(async () => sign(other))).toMatchObject({ code: 'key.mismatch' })
      expect(await sign(signer)).toBeInstanceOf(Uint8Array)
    })
