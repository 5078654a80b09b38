import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bitString, explicit, integer, octetString, oid, sequence, time, tlv } from '../../src/asn1/writer.ts'
import { concat } from '../../src/base/bytes.ts'
import { isCertmanError } from '../../src/base/errors.ts'
import { Secret } from '../../src/base/secret.ts'
import { openSigner } from '../../src/crypto/signer.ts'
import { verifySignature } from '../../src/crypto/verify.ts'
import {
  certificateExtensions,
  certificateParts,
  describeCertificate,
  splitTrustedCertificate,
} from '../../src/x509/certificate.ts'
import { describeCrl, revokedEntries } from '../../src/x509/crl.ts'
import { describeCsr } from '../../src/x509/csr.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { describePublicKey } from '../../src/x509/public-key.ts'
import { write } from '../support/write-world.ts'

const ED25519 = sequence(oid('1.3.101.112'))
const SPKI = sequence(ED25519, bitString(new Uint8Array(32).fill(7)))
const START = new Date('2026-01-01T00:00:00Z')
const END = new Date('2050-01-01T00:00:00Z')

interface Shape {
  readonly serial?: Uint8Array
  readonly subject?: string
  readonly issuer?: string
  readonly extensions?: readonly Uint8Array[]
  readonly innerAlgorithm?: Uint8Array
  readonly spki?: Uint8Array
  readonly version?: Uint8Array
  /** In place of the extensions with their tag. */
  readonly tagged?: Uint8Array
}

/** A certificate of this shape; nobody signed it. */
function certificate(shape: Shape = {}): Uint8Array {
  const extensions = shape.extensions ?? [sequence(oid('2.5.29.19'), octetString(sequence()))]
  const tbs = sequence(
    explicit(0, shape.version ?? integer(2)),
    shape.serial ?? integer(255),
    shape.innerAlgorithm ?? ED25519,
    parseNameText(shape.issuer ?? 'CN=issuer'),
    sequence(time(START), time(END)),
    parseNameText(shape.subject ?? 'CN=subject'),
    shape.spki ?? SPKI,
    shape.tagged ?? explicit(3, sequence(...extensions)),
  )
  return sequence(tbs, ED25519, bitString(new Uint8Array(64)))
}

const code = (body: () => unknown): string => {
  try {
    body()
    return 'described'
  } catch (error) {
    return isCertmanError(error) ? error.code : `crashed: ${String(error)}`
  }
}

describe('a certificate', () => {
  test('when node:crypto reads the same bytes then serial number, dates and hashes agree', () => {
    const der = certificate()
    const node = new X509Certificate(der)
    const facts = describeCertificate(der)
    expect(facts.serialNumber).toBe(node.serialNumber.toLowerCase())
    expect(facts.fingerprint).toBe(node.fingerprint256.replaceAll(':', '').toLowerCase())
    expect(facts.thumbprint).toBe(node.fingerprint.replaceAll(':', ''))
    expect(new Date(facts.notBefore)).toEqual(new Date(node.validFrom))
    expect(new Date(facts.notAfter)).toEqual(new Date(node.validTo))
    expect([facts.version, facts.selfIssued, facts.signatureAlgorithm]).toEqual([3, false, 'Ed25519'])
  })

  test.each([
    [integer(0), '0'],
    [integer(10), 'a'],
    [integer(-255), '-ff'],
    [tlv(2, Uint8Array.of(0, 0, 0x0f)), 'f'],
    [integer(2n ** 159n), `8${'0'.repeat(39)}`],
  ])('serial number case %# is lower-case hex without leading zeros', (serial, text) => {
    expect(describeCertificate(certificate({ serial })).serialNumber).toBe(text)
  })

  test.each(['rsa', 'ec', 'ed25519'])(
    'when unused bits are noted in a signature of %s then it is invalid, as for OpenSSL',
    (type) => {
      const options = { modulusLength: 1024, namedCurve: 'P-256' }
      const keys = generateKeyPairSync(type as 'ec', options)
      const signer = openSigner(new Secret(keys.privateKey.export({ type: 'pkcs8', format: 'der' })))
      const { der } = write({ subject: 'CN=x', signer, extensions: [] })
      const { signature } = certificateParts(der)
      const noted = der.with(der.length - signature.length - 1, 1)
      const verdicts = [der, noted].map((each) => {
        const { tbs: signed, signatureAlgorithm: algorithm, signature, spki } = certificateParts(each)
        return verifySignature({ algorithm, signed, signature, spki })
      })
      expect(verdicts).toEqual(['valid', 'invalid'])
      expect([der, noted].map((each) => new X509Certificate(each).verify(keys.publicKey))).toEqual([
        true,
        false,
      ])
    },
  )

  test('when the two signature algorithms differ then the parts say so', () => {
    expect(certificateParts(certificate()).signatureAlgorithmsAgree).toBe(true)
    const innerAlgorithm = sequence(oid('1.3.101.113'))
    expect(certificateParts(certificate({ innerAlgorithm })).signatureAlgorithmsAgree).toBe(false)
  })

  test('when a known extension is malformed then it is null, and named', () => {
    const extensions = [
      sequence(oid('2.5.29.19'), octetString(integer(1))),
      sequence(oid('2.5.29.14'), octetString(octetString(Uint8Array.of(1)))),
    ]
    const facts = describeCertificate(certificate({ extensions }))
    expect(facts.basicConstraints).toBeNull()
    expect(facts.subjectKeyIdentifier).toBe('01')
    expect(facts.malformedExtensions).toEqual(['basicConstraints'])
    expect(describeCertificate(certificate())).not.toHaveProperty('malformedExtensions')
  })

  test('when the key is damaged then the certificate is still described', () => {
    const spki = sequence(sequence(oid('1.2.840.113549.1.1.1')), bitString(Uint8Array.of(1, 2, 3)))
    const { publicKey } = describeCertificate(certificate({ spki }))
    expect(publicKey).toEqual({
      type: 'rsa',
      algorithmOid: '1.2.840.113549.1.1.1',
      spkiHash: expect.any(String),
    })
    expect(publicKey).toEqual(describePublicKey(spki))
  })

  test('when the algorithm of the key is unknown then it is named by its identifier', () => {
    const spki = sequence(sequence(oid('1.2.3.4')), bitString(Uint8Array.of(1)))
    expect(describePublicKey(spki)).toMatchObject({ type: 'unknown', algorithmOid: '1.2.3.4' })
  })

  test('when OpenSSL put trust settings behind it then they are cut off', () => {
    const der = certificate()
    const auxiliary = sequence(tlv(12, Buffer.from('alias')))
    expect(splitTrustedCertificate(concat([der, auxiliary]))).toEqual({ certificate: der, auxiliary })
    expect(splitTrustedCertificate(der)).toEqual({ certificate: der })
    expect(code(() => describeCertificate(concat([der, auxiliary])))).toBe('der.malformed')
  })
})

describe('what stands where nobody looks', () => {
  const twice = (value: Uint8Array): Uint8Array => concat([value, value])
  const shapes: Readonly<Record<string, Shape>> = {
    'a second version': { version: twice(integer(2)) },
    'a second list of extensions': { tagged: explicit(3, twice(sequence())) },
    'a value behind the public key': {
      spki: sequence(ED25519, bitString(new Uint8Array(32)), integer(0)),
    },
    'an empty algorithm in the signed part': { innerAlgorithm: sequence() },
    'an algorithm in the signed part that is no identifier': { innerAlgorithm: sequence(integer(1)) },
    'a second parameter of it': { innerAlgorithm: sequence(oid('1.3.101.112'), integer(1), integer(1)) },
    'a NULL with content for its parameter': {
      innerAlgorithm: sequence(oid('1.2.840.113549.1.1.11'), tlv(5, Uint8Array.of(0))),
    },
  }
  for (const [title, shape] of Object.entries(shapes))
    test(`when a certificate has ${title} then it is refused`, () => {
      expect(code(() => describeCertificate(certificate(shape)))).toBe('der.malformed')
    })

  test('when both algorithms are well formed and differ then the certificate is described', () => {
    expect(code(() => describeCertificate(certificate({ innerAlgorithm: sequence(oid('1.2.3')) })))).toBe(
      'described',
    )
  })

  test('when a CRL has a malformed algorithm in its signed part, or two lists of extensions, then it is refused', () => {
    const crl = (algorithm: Uint8Array, tagged: Uint8Array): Uint8Array =>
      sequence(
        sequence(integer(1), algorithm, parseNameText('CN=x'), time(START), tagged),
        ED25519,
        bitString(new Uint8Array(64)),
      )
    const extensions = sequence(sequence(oid('2.5.29.20'), octetString(integer(1))))
    const codes = [
      crl(ED25519, explicit(0, extensions)),
      crl(sequence(integer(1)), explicit(0, extensions)),
      crl(ED25519, explicit(0, twice(extensions))),
    ].map((der) => code(() => describeCrl(der)))
    expect(codes).toEqual(['described', 'der.malformed', 'der.malformed'])
  })
})

describe('hostile input', () => {
  test('when a certificate is cut at any byte then it is refused', () => {
    const der = certificate()
    const codes = new Set(
      Array.from(der, (_, length) => code(() => describeCertificate(der.subarray(0, length)))),
    )
    expect([...codes]).toEqual(['der.malformed'])
  })

  test('when bytes are altered anywhere then it is described or refused, never a crash', () => {
    const der = certificate({
      extensions: [sequence(oid('2.5.29.17'), octetString(sequence(tlv(0x82, Buffer.from('a.example')))))],
    })
    const change = fc.tuple(fc.nat({ max: der.length - 1 }), fc.nat({ max: 255 }))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const altered = Uint8Array.from(der)
        for (const [at, byte] of changes) altered[at] = byte
        const answers = [
          code(() => describeCertificate(altered)),
          code(() => certificateExtensions(altered)),
          code(() => describeCsr(altered)),
          code(() => describeCrl(altered)),
        ]
        for (const answer of answers)
          expect(['described', 'der.malformed', 'limit.exceeded']).toContain(answer)
      }),
      { numRuns: 5000 },
    )
  })

  test('when another kind of value is given then the message says what was expected', () => {
    expect(() => describeCertificate(SPKI)).toThrow(/^certificate: malformed DER at byte/)
    expect(() => describeCsr(certificate())).toThrow(/^certificate request: /)
    expect(() => describeCrl(certificate())).toThrow(/^CRL: /)
  })

  test('when a name holds control characters then they are escaped in its text', () => {
    const { subject } = describeCertificate(certificate({ subject: 'CN=\\1b[31mred\\0a' }))
    expect(subject).toBe('CN=\\1B[31mred\\0A')
  })
})

describe('a CRL', () => {
  const reason = (value: number): Uint8Array =>
    sequence(sequence(oid('2.5.29.21'), octetString(Uint8Array.of(10, 1, value))))
  const crl = (entries: readonly Uint8Array[]): Uint8Array =>
    sequence(
      sequence(integer(1), ED25519, parseNameText('CN=ca'), time(START), time(END), sequence(...entries)),
      ED25519,
      bitString(new Uint8Array(64)),
    )

  test('when entries carry reasons and dates then each is read', () => {
    const invalidity = sequence(oid('2.5.29.24'), octetString(tlv(24, Buffer.from('20250101000000Z'))))
    const der = crl([
      sequence(integer(1), time(START), reason(1)),
      sequence(integer(2), time(START)),
      sequence(integer(3), time(START), reason(7)),
      sequence(integer(4), time(START), sequence(invalidity)),
    ])
    const revocationDate = '2026-01-01T00:00:00Z'
    const nothing = { reason: null, invalidityDate: null }
    expect([...revokedEntries(der)]).toEqual([
      { serialNumber: '1', revocationDate, ...nothing, reason: 'keyCompromise' },
      { serialNumber: '2', revocationDate, ...nothing },
      // 7 has no name; the code is told where unnamed things are told
      {
        serialNumber: '3',
        revocationDate,
        ...nothing,
        extensions: [{ oid: '2.5.29.21', name: 'reasonCode', critical: false, value: '7' }],
      },
      { serialNumber: '4', revocationDate, ...nothing, invalidityDate: '2025-01-01T00:00:00Z' },
    ])
    expect(describeCrl(der)).toMatchObject({ version: 2, issuer: 'CN=ca', revokedCount: 4, crlNumber: null })
  })

  test('when an extension of an entry is malformed then the entry still revokes, and the damage is told', () => {
    const broken = sequence(sequence(oid('2.5.29.21'), octetString(tlv(10, new Uint8Array()))))
    const [entry] = revokedEntries(crl([sequence(integer(1), time(START), broken)]))
    expect(entry).toMatchObject({
      serialNumber: '1',
      reason: null,
      extensions: [{ name: 'reasonCode', hex: '0a00', malformed: expect.any(String) as unknown }],
    })
  })

  test('when there are many entries then they come one by one, and stopping early is allowed', () => {
    const der = crl(
      Array.from({ length: 20_000 }, (_, i) => sequence(integer(i + 1), time(START), reason(4))),
    )
    expect(describeCrl(der).revokedCount).toBe(20_000)
    let last = ''
    for (const entry of revokedEntries(der)) last = entry.serialNumber
    expect(last).toBe((20_000).toString(16))
    for (const { serialNumber } of revokedEntries(der)) {
      last = serialNumber
      break
    }
    expect(last).toBe('1')
  })

  test('when an entry is damaged then reading stops there with an error', () => {
    const der = crl([sequence(integer(1), time(START)), sequence(time(START))])
    const read: string[] = []
    expect(() => {
      for (const { serialNumber } of revokedEntries(der)) read.push(serialNumber)
    }).toThrow(/expected the serial number/)
    expect(read).toEqual(['1'])
  })
})
