import 'reflect-metadata'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { X509Crl } from '@peculiar/x509'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KeyType } from '../../src/crypto/generate-key.ts'
import type { Signer } from '../../src/crypto/signer.ts'
import { REVOCATION_REASONS } from '../../src/domain/revocation-reason.ts'
import { crlExtensions, crlParts, describeCrl, revokedEntries } from '../../src/x509/crl.ts'
import { verifySignature } from '../../src/crypto/verify.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { assembleSigned } from '../../src/x509/write-certificate.ts'
import { cRLNumber } from '../../src/x509/write-crl-extensions.ts'
import { writeTbsCrl, type CrlEntry } from '../../src/x509/write-crl.ts'
import * as ext from '../../src/x509/write-extensions.ts'
import { outputOf, requireOracle, runOracle } from '../support/oracles.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { newSigner, pem, writeLeaf, writeRoot } from '../support/write-world.ts'

const folder = temporaryFolder('write-crl')

const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const NAMES = REVOCATION_REASONS.map(([name]) => name)
const issuer = parseNameText('CN=Root,O=Example,C=DE')

/** A signed CRL, number 7, of one week. */
function writeCrl(signer: Signer, entries: Iterable<CrlEntry>): Uint8Array {
  const tbs = writeTbsCrl({
    algorithm: signer.algorithm,
    issuer,
    thisUpdate: new Date('2026-03-01T00:00:00Z'),
    nextUpdate: new Date('2051-03-08T00:00:00Z'),
    entries,
    extensions: [ext.authorityKeyIdentifier(ext.keyIdentifier(signer.spki)), cRLNumber('7')],
  })
  return assembleSigned(tbs, signer.algorithm, signer.sign(tbs))
}

const SOME: readonly CrlEntry[] = [
  { serialNumber: '7b2', revocationDate: '2026-02-01T10:00:00Z', reason: 'keyCompromise' },
  { serialNumber: 'ff', revocationDate: '2026-02-02T10:00:00Z' },
  { serialNumber: '1', revocationDate: '2026-02-03T10:00:00Z', reason: 'unspecified' },
  {
    serialNumber: `7${'f'.repeat(39)}`,
    revocationDate: '2026-02-28T23:59:59Z',
    reason: 'certificateHold',
    invalidityDate: '2025-12-31T23:59:59Z',
  },
]

describe('a CRL', () => {
  const KINDS: readonly KeyType[] = [
    'rsa-2048',
    'rsa-pss-2048',
    'ec-p256',
    'ec-p384',
    'ec-p521',
    'ed25519',
    'ed448',
  ]

  test.for(KINDS)(
    'when %s signs it then openssl refuses what it lists and nothing else',
    async (type, context) => {
      const openssl = requireOracle(context, 'openssl')
      const root = writeRoot(await newSigner(type))
      const leaf = writeLeaf(root, await newSigner())
      const verify = (entries: readonly CrlEntry[]): string => {
        const crl = writeCrl(root.signer, entries)
        const trusted = file('root.pem', pem('CERTIFICATE', root.der) + pem('X509 CRL', crl))
        const at = String(Date.parse('2026-03-02T00:00:00Z') / 1000)
        const args = ['verify', '-x509_strict', '-crl_check', '-attime', at, '-CAfile', trusted]
        return runOracle(openssl, [...args, file('leaf.pem', pem('CERTIFICATE', leaf.der))]).text
      }
      expect(verify(SOME)).toContain('certificate revoked')
      expect(verify(SOME.slice(1))).toMatch(/: OK\n/)
      expect(verify([])).toMatch(/: OK\n/)
    },
  )

  test('when openssl prints it then everything is as written', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const signer = await newSigner()
    const text = outputOf(
      openssl,
      ['crl', '-inform', 'DER', '-noout', '-text'],
      writeCrl(signer, SOME),
    ).toString()
    expect(text).toContain('Version 2 (0x1)')
    expect(text).toContain('Last Update: Mar  1 00:00:00 2026 GMT')
    // RFC 5280 section 5.1.2.4: GeneralizedTime from 2050 on
    expect(text).toContain('Next Update: Mar  8 00:00:00 2051 GMT')
    expect(text).toMatch(/X509v3 CRL Number: *\n +7\n/)
    expect(
      text.match(/(Serial Number|Revocation Date|Reason Code|Invalidity Date): *\n? *.+/g)?.map(oneLine),
    ).toEqual([
      'Serial Number: 07B2',
      'Revocation Date: Feb 1 10:00:00 2026 GMT',
      'Reason Code: Key Compromise',
      'Serial Number: FF',
      'Revocation Date: Feb 2 10:00:00 2026 GMT',
      'Serial Number: 01',
      'Revocation Date: Feb 3 10:00:00 2026 GMT',
      `Serial Number: 7${'F'.repeat(39)}`,
      'Revocation Date: Feb 28 23:59:59 2026 GMT',
      'Reason Code: Certificate Hold',
      'Invalidity Date: Dec 31 23:59:59 2025 GMT',
    ])
  })

  test('when GnuTLS and another library read it then they see the same', async (context) => {
    const certtool = requireOracle(context, 'certtool')
    const signer = await newSigner()
    const crl = writeCrl(signer, SOME)
    const { text } = runOracle(certtool, ['--crl-info'], pem('X509 CRL', crl))
    expect(text).toContain('Revoked certificates (4):')
    expect(text).toContain('CRL Number (not critical): 07')
    const read = new X509Crl(crl)
    expect(read.entries.map(({ serialNumber }) => serialNumber.toLowerCase())).toEqual([
      '07b2',
      'ff',
      '01',
      `7${'f'.repeat(39)}`,
    ])
    expect(read.nextUpdate).toEqual(new Date('2051-03-08T00:00:00Z'))
  })

  test('when nothing is revoked then there is no list at all (RFC 5280 section 5.1.2.6)', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const crl = writeCrl(await newSigner(), [])
    expect(outputOf(openssl, ['crl', '-inform', 'DER', '-noout', '-text'], crl).toString()).toContain(
      'No Revoked',
    )
    expect(describeCrl(crl)).toMatchObject({ version: 2, revokedCount: 0, crlNumber: '7' })
    expect(crlExtensions(crl).map(({ name }) => name)).toEqual(['authorityKeyIdentifier', 'cRLNumber'])
  })
})

const oneLine = (text: string): string => text.replace(/\s+/g, ' ')

describe('entries', () => {
  const instant = fc
    .date({
      min: new Date('1950-01-01T00:00:00Z'),
      max: new Date('2100-01-01T00:00:00Z'),
      noInvalidDate: true,
    })
    .map((date) => date.toISOString().replace(/\.\d+Z$/, 'Z'))
  const anyEntry = fc.record({
    serialNumber: fc.bigInt({ min: -(1n << 60n), max: 1n << 170n }).map((value) => value.toString(16)),
    revocationDate: instant,
    reason: fc.option(fc.constantFrom(...NAMES.filter((name) => name !== 'unspecified'))),
    invalidityDate: fc.option(instant, { freq: 4 }),
  })

  test('when any are written then reading gives them back, and writing those again the same CRL', async () => {
    const signer = await newSigner('ed25519')
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 30 }), (entries) => {
        const crl = writeCrl(signer, entries)
        expect([...revokedEntries(crl)]).toEqual(entries)
        expect(describeCrl(crl).revokedCount).toBe(entries.length)
        expect(writeCrl(signer, revokedEntries(crl))).toEqual(crl)
      }),
    )
  })

  test('when they fill several chunks then none is lost at a border', async () => {
    const signer = await newSigner('ed25519')
    const count = 30_000
    const crl = writeCrl(signer, many(count))
    let index = 0
    const wrong: string[] = []
    const expected = many(count)
    for (const { serialNumber } of revokedEntries(crl)) {
      if (serialNumber !== expected.next().value?.serialNumber) wrong.push(`${index}: ${serialNumber}`)
      index++
    }
    expect(wrong).toEqual([])
    expect(index).toBe(count)
    const { tbs, signatureAlgorithm, signature } = crlParts(crl)
    const verdict = verifySignature({
      algorithm: signatureAlgorithm,
      signed: tbs,
      signature,
      spki: signer.spki,
    })
    expect(verdict).toBe('valid')
  })

  test.each([
    ['2026-02-28T12:00:00Z', '260228120000Z'],
    ['2028-02-29T12:00:00Z', '280229120000Z'],
    ['2026-03-31T12:00:00+02:00', '260331100000Z'],
    ['2026-03-31T12:00:00.750Z', '260331120000Z'],
    ['1999-12-31T23:59:59Z', '991231235959Z'],
    ['2050-01-01T00:00:00Z', '20500101000000Z'],
  ])('when the date is %s then openssl reads %s', async (revocationDate, digits) => {
    const crl = writeCrl(await newSigner('ed25519'), [{ serialNumber: '5', revocationDate }])
    expect(Buffer.from(crl).toString('latin1')).toContain(digits)
    expect([...revokedEntries(crl)]).toHaveLength(1)
  })

  test.each<[string, CrlEntry, string]>([
    [
      'no serial number',
      { serialNumber: 'xyz', revocationDate: '2026-01-01T00:00:00Z' },
      'no serial number: "xyz"',
    ],
    ['an empty one', { serialNumber: '', revocationDate: '2026-01-01T00:00:00Z' }, 'no serial number: ""'],
    ['no date', { serialNumber: '1', revocationDate: 'yesterday' }, 'no instant: "yesterday"'],
    ['no such month', { serialNumber: '1', revocationDate: '2026-13-01T00:00:00Z' }, 'no instant'],
    ['no thirtieth of February', { serialNumber: '1', revocationDate: '2026-02-30T00:00:00Z' }, 'no instant'],
    ['no such day', { serialNumber: '1', revocationDate: '2026-03-00T00:00:00Z' }, 'no instant'],
    [
      'no invalidity date',
      { serialNumber: '1', revocationDate: '2026-01-01T00:00:00Z', invalidityDate: '?' },
      'no instant: "?"',
    ],
  ])('when an entry has %s then it is refused', async (_title, entry, message) => {
    const signer = await newSigner('ed25519')
    expect(() => writeCrl(signer, [entry])).toThrow(message)
    expect(() => writeCrl(signer, [entry])).toThrow(expect.objectContaining({ code: 'input.invalid' }))
  })

  test('when each reason is written then openssl knows it, and 7 is not among them', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const entries = NAMES.map((reason, i) => ({
      serialNumber: String(i + 1),
      revocationDate: '2026-01-01T00:00:00Z',
      reason,
    }))
    const crl = writeCrl(await newSigner(), entries)
    const text = outputOf(openssl, ['crl', '-inform', 'DER', '-noout', '-text'], crl).toString()
    expect(text.match(/Reason Code: *\n +.+/g)?.map((line) => line.split('\n')[1]?.trim())).toEqual([
      'Key Compromise',
      'CA Compromise',
      'Affiliation Changed',
      'Superseded',
      'Cessation Of Operation',
      'Certificate Hold',
      'Remove From CRL',
      'Privilege Withdrawn',
      'AA Compromise',
    ])
  })
})

/** Entries of every length that serial numbers have, with and without a reason. */
function* many(count: number): Generator<CrlEntry> {
  for (let i = 1; i <= count; i++) {
    const serialNumber = (BigInt(i) ** BigInt(1 + (i % 9))).toString(16)
    yield { serialNumber, revocationDate: '2026-02-01T10:00:00Z', reason: i % 2 === 0 ? 'superseded' : null }
  }
}
