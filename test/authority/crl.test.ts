import * as fc from 'fast-check'
import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { keepsEntry, prepareCrl, signCrl, type CrlInput } from '../../src/authority/crl.ts'
import { REVOCATION_REASONS } from '../../src/domain/revocation-reason.ts'
import { crlExtensions, describeCrl, revokedEntries } from '../../src/x509/crl.ts'
import { describeCertificate } from '../../src/x509/certificate.ts'
import { parseGeneralName } from '../../src/x509/general-name-text.ts'
import { outputOf, requireOracle, runOracle } from '../support/oracles.ts'
import { failureOf, makeCsr, makeRoot, NOW, pem, pemFile, signWith } from './material.ts'

const root = await makeRoot()
const WEEK = new Date(NOW.getTime() + 7 * 86_400_000)
const LATER = new Date('2026-05-01T00:00:00Z')

const crlOf = (input: Partial<CrlInput>): Uint8Array =>
  signCrl(
    prepareCrl({
      authority: root.open,
      number: 1n,
      thisUpdate: NOW,
      nextUpdate: WEEK,
      entries: [],
      ...input,
    }),
    root.signer,
  )

describe('CRLs', () => {
  test('when a certificate is revoked, OpenSSL refuses it and accepts its neighbour', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const [good, bad] = [signWith(root, await makeCsr()), signWith(root, await makeCsr())]
    const { serialNumber } = describeCertificate(bad)
    const crl = crlOf({
      entries: [{ serialNumber, revocationDate: '2026-04-01T00:00:00Z', reason: 'keyCompromise' }],
    })
    const files = ['-CAfile', pemFile([root.der]), '-CRLfile', pemFile([crl], 'X509 CRL')]
    const verify = (der: Uint8Array) =>
      runOracle(openssl, [
        'verify',
        '-x509_strict',
        '-crl_check_all',
        '-attime',
        String(NOW.getTime() / 1000 + 60),
        ...files,
        pemFile([der]),
      ])
    expect(verify(good).status, verify(good).text).toBe(0)
    expect(verify(bad).text).toContain('certificate revoked')
  })

  test('when OpenSSL reads a CRL, it finds number, reason, invalidity date and key identifier', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const entries = [
      { serialNumber: 'ab', revocationDate: '2026-04-01T00:00:00Z', reason: 'unspecified' as const },
      {
        serialNumber: 'cd',
        revocationDate: '2026-03-01T00:00:00Z',
        reason: 'cACompromise' as const,
        invalidityDate: '2026-02-01T00:00:00Z',
      },
    ]
    const scope = { names: [parseGeneralName('uri:http://ca.example/r.crl')] }
    const file = pemFile([crlOf({ number: 77n, entries, scope })], 'X509 CRL')
    const text = outputOf(openssl, [
      'crl',
      '-in',
      file,
      '-noout',
      '-text',
      '-CAfile',
      pemFile([root.der]),
    ]).toString()
    for (const part of [
      'X509v3 CRL Number: \n                77',
      'CA Compromise',
      'Invalidity Date: \n                Feb  1 00:00:00 2026 GMT',
      'Authority Key Identifier',
      'URI:http://ca.example/r.crl',
    ])
      expect(text).toContain(part)
    expect(text).not.toContain('Unspecified')
  })

  test('when certtool verifies a CRL against the authority, it agrees', async (context) => {
    const certtool = requireOracle(context, 'certtool')
    const file = pemFile(
      [crlOf({ entries: [{ serialNumber: '1', revocationDate: '2026-04-01T00:00:00Z' }] })],
      'X509 CRL',
    )
    const ca = pemFile([])
    writeFileSync(ca, pem('CERTIFICATE', root.der))
    const answer = runOracle(certtool, ['--crl-info', '--infile', file, '--load-ca-certificate', ca])
    expect(answer.status, answer.text).toBe(0)
    expect(answer.text).toContain('Revoked certificates (1)')
  })

  test('a CRL lists exactly the revoked, in any number', () => {
    const entry = fc.record({
      serialNumber: fc.bigInt({ min: 1n, max: (1n << 127n) - 1n }).map((n) => n.toString(16)),
      revocationDate: fc
        .integer({ min: 0, max: 4_000_000_000 })
        .map((s) => new Date(s * 1000).toISOString().replace('.000Z', 'Z')),
      reason: fc.constantFrom(
        ...REVOCATION_REASONS.map(([name]) => name).filter((name) => name !== 'removeFromCRL'),
      ),
    })
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), (entries) => {
        const der = crlOf({ entries })
        expect(describeCrl(der).revokedCount).toBe(entries.length)
        expect(
          [...revokedEntries(der)].map(({ serialNumber, revocationDate, reason }) => ({
            serialNumber,
            revocationDate,
            reason,
          })),
        ).toEqual(
          entries.map((each) => ({ ...each, reason: each.reason === 'unspecified' ? null : each.reason })),
        )
      }),
      { numRuns: 40 },
    )
  })

  test('a CRL has authorityKeyIdentifier and cRLNumber, neither critical', () => {
    expect(crlExtensions(crlOf({})).map(({ name, critical }) => [name, critical])).toEqual([
      ['authorityKeyIdentifier', false],
      ['cRLNumber', false],
    ])
  })

  test.each([
    ['a number below 1', { number: 0n }, 'input.invalid'],
    ['a number of 21 octets', { number: 1n << 160n }, 'input.invalid'],
    ['an end before its start', { nextUpdate: NOW }, 'input.invalid'],
    [
      'removeFromCRL in a full CRL',
      {
        entries: [
          { serialNumber: '1', revocationDate: '2026-04-01T00:00:00Z', reason: 'removeFromCRL' as const },
        ],
      },
      'input.invalid',
    ],
    [
      'an authority without cRLSign',
      { authority: { ...root.open, facts: { ...root.open.facts, keyUsage: ['keyCertSign'] } } },
      'policy.refused',
    ],
  ])('%s is refused', async (_, input, code) => {
    expect(await failureOf(() => crlOf(input))).toMatchObject({ code })
  })

  const certificate = {
    notAfter: '2026-04-01T00:00:00Z',
    revokedAt: '2026-02-01T00:00:00Z',
    extendedKeyUsage: ['serverAuth'],
  }

  // RFC 5280 section 3.3
  test.each([
    ['there was no CRL yet', undefined, true],
    ['the last CRL is older than its end', '2026-03-01T00:00:00Z', true],
    ['the last CRL was issued at its end', '2026-04-01T00:00:00Z', true],
    ['the last CRL was issued after its end', '2026-04-01T00:00:01Z', false],
  ])('when %s, an expired certificate stays: %s', (_, previous, stays) => {
    const last = previous === undefined ? undefined : new Date(previous)
    expect(keepsEntry(certificate, LATER, last)).toBe(stays)
  })

  test('when a certificate was revoked after its end, it stands in one CRL at least', () => {
    const late = { ...certificate, revokedAt: '2026-04-03T00:00:00Z' }
    expect(keepsEntry(late, LATER, new Date('2026-04-02T00:00:00Z'))).toBe(true)
    // it stood in the one of the same moment
    expect(keepsEntry(late, LATER, new Date('2026-04-03T00:00:00Z'))).toBe(false)
    expect(keepsEntry(late, LATER, new Date('2026-04-04T00:00:00Z'))).toBe(false)
  })

  test('when the last CRL was signed by a clock that ran ahead, what has not ended stays', () => {
    const ahead = new Date('2027-01-01T00:00:00Z')
    expect(keepsEntry(certificate, new Date('2026-03-01T00:00:00Z'), ahead)).toBe(true)
    expect(keepsEntry(certificate, LATER, ahead)).toBe(false)
  })

  test.each([
    [['codeSigning'], true],
    [['emailProtection', 'timeStamping'], true],
    [['serverAuth', 'clientAuth'], false],
    [['anyExtendedKeyUsage'], false],
    [null, false],
  ])('when it was for %s, it stays after its end and a CRL: %s', (extendedKeyUsage, stays) => {
    const last = new Date('2026-04-04T00:00:00Z')
    expect(keepsEntry({ ...certificate, extendedKeyUsage }, LATER, last)).toBe(stays)
  })
})
