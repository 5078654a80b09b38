import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import * as der from '../../src/asn1/writer.ts'
import { foreignMember, storedMember } from '../../src/operations/verify-member.ts'
import { askStore } from '../../src/operations/verify-store.ts'
import type { Store, StoredCertificate } from '../../src/store/store.ts'
import { certificateParts } from '../../src/x509/certificate.ts'
import { makeCertificate } from '../support/make-certificates.ts'
import { memoryStore } from '../support/worlds.ts'

test('who signs the CRLs about a certificate is looked for in the store, and who issued that one', async () => {
  const root = makeCertificate({ cn: 'Root', ca: true })
  const above = makeCertificate({ cn: 'Above the lister', ca: true })
  const lister = makeCertificate({ cn: 'Lister', ca: true, issuer: above })
  const stranger = makeCertificate({ cn: 'Stranger', ca: true })
  // one DistributionPoint with a cRLIssuer alone (RFC 5280 section 4.2.1.13)
  const name = der.explicit(4, certificateParts(lister.der).subjectDer)
  const points = der.sequence(der.sequence(der.implicit(2, name, true)))
  const extension = der.sequence(der.oid('2.5.29.31'), der.octetString(points))
  const leaf = makeCertificate({ cn: 'leaf', issuer: root, extensions: [extension] })
  const store = memoryStore()
  const certificates = [root, above, lister, stranger].map((each) => ({
    der: each.der,
    source: { how: 'imported' } as const,
  }))
  await store.import({ certificates, keys: [] })
  const { issuers } = await askStore(store, [foreignMember(leaf.der, 'file')], true)
  expect(issuers.map(({ facts }) => facts.fingerprint).toSorted()).toEqual(
    [root, above, lister].map(({ fingerprint }) => fingerprint).toSorted(),
  )
})

test('a server is asked for the issuers of a few certificates at a time', async () => {
  const { der: leaf } = makeCertificate({ cn: 'leaf' })
  const local = memoryStore()
  await local.import({ certificates: [{ der: leaf, source: { how: 'imported' } }], keys: [] })
  const stored = await local.certificate('1')
  let [now, most] = [0, 0]
  const issuersOf = async (): Promise<readonly StoredCertificate[]> => {
    most = Math.max(most, ++now)
    await turn()
    now--
    return [stored]
  }
  const members = Array.from({ length: 100 }, () => storedMember(stored))
  const { issuers } = await askStore({ issuersOf } as unknown as Store, members, false)
  expect([issuers.length, most]).toEqual([100, 8])
})
