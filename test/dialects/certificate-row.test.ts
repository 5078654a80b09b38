import { describe, expect, test } from 'vitest'
import {
  bareCertificateRow,
  certificateRow,
  remoteCertificate,
  requestRow,
  utcInstant,
} from '../../src/dialects/certificate-row.ts'
import { makeCertificate, makeRequest } from '../support/make-certificates.ts'

const now = new Date('2026-06-01T00:00:00Z')

describe('the row of a certificate of a server', () => {
  test('when the bytes are there then it is as local stores list it', () => {
    const { der, id: keyId, fingerprint } = makeCertificate({ cn: 'web', dns: ['web.example'] })
    const row = certificateRow(der, { id: '7', fields: { name: 'w', keyId }, now })
    expect(row).toMatchObject({
      id: '7',
      name: 'w',
      keyId,
      tags: [],
      subject: 'CN=web,O=Example',
      fingerprint,
      state: 'valid',
      subjectAltName: [{ type: 'dns', value: 'web.example' }],
    })
  })

  test.each([
    ['2025-06-01T00:00:00Z', 'notYetValid'],
    ['2026-06-01T00:00:00Z', 'valid'],
    ['2027-06-01T00:00:00Z', 'expired'],
  ])('when it is %s then it is %s', (at, state) => {
    const { der } = makeCertificate({ cn: 'web' })
    expect(certificateRow(der, { id: '7', now: new Date(at) })['state']).toBe(state)
  })

  test('when it is revoked then that outranks the dates', () => {
    const { der } = makeCertificate({ cn: 'web' })
    const revocation = { date: '2026-05-01T00:00:00Z', reason: 'keyCompromise' } as const
    expect(certificateRow(der, { id: '7', fields: { revocation }, now })['state']).toBe('revoked')
  })

  test('when all of it is wanted then the record is whole, and its revision is the fingerprint', () => {
    const { der, fingerprint } = makeCertificate({ cn: 'web' })
    const stored = remoteCertificate(der, { id: '7', fields: { hasPrivateKey: true }, now })
    expect(stored).toMatchObject({ record: { id: '7', tags: [], exportable: true }, revision: fingerprint })
    expect(stored.record).not.toHaveProperty('hasPrivateKey')
    // absent means not known
    expect(stored.record).not.toHaveProperty('importedAt')
    expect(remoteCertificate(der, { id: '7', now, revision: 'AAA=' }).revision).toBe('AAA=')
  })

  test('when there are no bytes then what is unknown is absent', () => {
    expect(bareCertificateRow({ id: 'x' }, now)).toEqual({ id: 'x', tags: [] })
    expect(bareCertificateRow({ id: 'x', notAfter: 'never' }, now)).toEqual({ id: 'x', tags: [] })
  })

  test('when the vendor writes names and hashes in its own way then they come out in ours', () => {
    const row = bareCertificateRow(
      {
        id: 'x',
        subject: 'CN=w, S=Bavaria',
        issuer: 'not a name',
        thumbprint: 'ab12',
        serialNumber: '00:0A:1B',
        notBefore: '2026-01-01T01:00:00.123+01:00',
        notAfter: '2027-01-01T00:00:00',
        revision: 'AAA=',
        facts: { signatureAlgorithm: 'sha256WithRSAEncryption' },
      },
      now,
    )
    expect(row).toEqual({
      id: 'x',
      tags: [],
      subject: 'CN=w,ST=Bavaria',
      subjectAttributes: [
        [{ type: 'ST', oid: '2.5.4.8', value: 'Bavaria' }],
        [{ type: 'CN', oid: '2.5.4.3', value: 'w' }],
      ],
      issuer: 'not a name',
      thumbprint: 'AB12',
      serialNumber: 'a1b',
      notBefore: '2026-01-01T00:00:00Z',
      notAfter: '2027-01-01T00:00:00Z',
      signatureAlgorithm: 'sha256WithRSAEncryption',
      revision: 'AAA=',
      state: 'valid',
    })
  })

  test.each([
    ['2026-01-02T03:04:05.6780000Z', '2026-01-02T03:04:05Z'],
    ['2026-01-02T03:04:05', '2026-01-02T03:04:05Z'],
    ['2026-01-02T03:04:05+02:00', '2026-01-02T01:04:05Z'],
    ['2026-01-02 03:04:05', '2026-01-02T03:04:05Z'],
    ['1/2/2026 3:04:05 AM', '2026-01-02T03:04:05Z'],
    ['0001-01-01T00:00:00', undefined],
    ['soon', undefined],
    [undefined, undefined],
  ])('when an instant is %s then it is %s', (text, instant) => {
    expect(utcInstant(text)).toBe(instant)
  })

  test('when a request is there then its row has its facts', () => {
    const { der, fingerprint } = makeRequest('w')
    expect(requestRow(der, '3', { state: 'outstanding' })).toMatchObject({
      id: '3',
      state: 'outstanding',
      fingerprint,
    })
  })
})
