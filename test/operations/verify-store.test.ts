import { expect, test } from 'vitest'
import * as der from '../../src/asn1/writer.ts'
import { foreignMember } from '../../src/operations/verify-member.ts'
import { askStore } from '../../src/operations/verify-store.ts'
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
