import { expect, test } from 'vitest'
import type { StoredRecord } from '../../src/repository/repository.ts'
import { openCertificate } from '../../src/store/open-certificate.ts'
import { makeCertificate } from '../support/make-certificates.ts'

const now = new Date('2026-03-01T12:00:00Z')

/** As if it had been read from the disk anew. */
const stored = (der: Uint8Array): StoredRecord => ({
  kind: 'certificate',
  id: '1',
  revision: 'r',
  row: {},
  fields: {},
  pem: { label: 'CERTIFICATE', der: Uint8Array.from(der) },
})

const factsOf = (der: Uint8Array): unknown => openCertificate(stored(der), now).facts

test('what a certificate says is read once for all who open it', () => {
  const { der } = makeCertificate({ cn: 'web.example' })
  expect(factsOf(der)).toBe(factsOf(der))
})

test('what a very long certificate says is not kept: a thousand of them would fill the memory', () => {
  const dns = Array.from({ length: 2000 }, (_, n) => `host-${n}.web.example`)
  const { der } = makeCertificate({ cn: 'web.example', dns })
  expect(factsOf(der)).toEqual(factsOf(der))
  expect(factsOf(der)).not.toBe(factsOf(der))
})
