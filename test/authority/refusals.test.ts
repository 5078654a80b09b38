import { generateKeyPairSync } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesOf, DerReader, TAG } from '../../src/asn1/reader.ts'
import { bitString, integer, nullValue, octetString, oid, sequence, setOf } from '../../src/asn1/writer.ts'
import { Secret } from '../../src/base/secret.ts'
import { parseProfile } from '../../src/authority/parse-profile.ts'
import { openSigner, type Signer } from '../../src/crypto/signer.ts'
import { openRequest } from '../../src/authority/request.ts'
import { openAuthority } from '../../src/authority/open-authority.ts'
import { rsaWeakness } from '../../src/authority/weak-rsa.ts'
import { describeCertificate } from '../../src/x509/certificate.ts'
import { parseConstraintName, parseGeneralName } from '../../src/x509/general-name-text.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { assembleSigned } from '../../src/x509/write-certificate.ts'
import { writeCsr } from '../../src/x509/write-csr.ts'
import * as write from '../../src/x509/write-extensions.ts'
import { makeCertificate } from '../support/make-certificates.ts'
import {
  failureOf,
  makeCsr,
  makeIntermediate,
  makeRoot,
  NOW,
  prepareWith,
  signerOf,
  signWith,
  type SignOptions,
} from './material.ts'

const W = ['dns:w.example']

/** Prepares and answers the error. */
async function refusal(
  csr: Uint8Array,
  options: SignOptions & { root?: Parameters<typeof makeRoot>[0] } = {},
) {
  const root = await makeRoot(options.root)
  return failureOf(() => prepareWith(root, csr, options))
}

describe('a request that cannot be believed', () => {
  test('when its signature is broken', async () => {
    const csr = await makeCsr({ sans: W })
    csr[csr.length - 1]! ^= 1
    expect(await refusal(csr)).toMatchObject({
      code: 'input.invalid',
      message: expect.stringContaining('not signed by the key'),
    })
  })

  test('when it is signed by another key', async () => {
    const [mine, other] = [await signerOf('ec-p256'), await signerOf('ec-p256', 'other')]
    const csr = writeCsr({
      subject: parseNameText('CN=w'),
      extensions: [],
      signer: { ...mine, sign: other.sign },
    })
    expect(await failureOf(() => openRequest(csr))).toMatchObject({ code: 'input.invalid' })
  })

  test('when nobody here can check the signature', async () => {
    const signer = await signerOf('ec-p256')
    const csr = writeCsr({
      subject: parseNameText('CN=w'),
      extensions: [],
      signer: { ...signer, algorithm: sequence(oid('1.2.3.4')) },
    })
    expect(await failureOf(() => openRequest(csr))).toMatchObject({
      code: 'format.unsupported',
      message: expect.stringContaining('unsupported'),
    })
  })

  test('when its signature algorithm has parameters that no RFC knows', async () => {
    const [ec, ed25519, rsa] = [
      await signerOf('ec-p256'),
      await signerOf('ed25519'),
      await signerOf('rsa-2048'),
    ]
    const openWith = (signer: Signer, ...parameters: Uint8Array[]) => {
      const id = new DerReader(signer.algorithm).enter(TAG.sequence).read(TAG.oid)
      const algorithm = sequence(bytesOf(id), ...parameters)
      const csr = writeCsr({
        subject: parseNameText('CN=w'),
        extensions: [],
        signer: { ...signer, algorithm },
      })
      return () => openRequest(csr)
    }
    // RFC 4055 section 5: readers bear their absence; Mbed TLS wrote NULL for ECDSA
    for (const open of [openWith(rsa), openWith(rsa, nullValue()), openWith(ec), openWith(ec, nullValue())])
      expect(open()).toMatchObject({ facts: { version: 1 } })
    for (const open of [
      openWith(ed25519, nullValue()),
      openWith(ec, integer(1)),
      openWith(rsa, octetString(Uint8Array.of(1))),
    ])
      expect(await failureOf(open)).toMatchObject({ code: 'input.invalid' })
  })

  test('when its version is not 1', async () => {
    const signer = await signerOf('ec-p256')
    const info = sequence(integer(2), parseNameText('CN=w'), signer.spki, Uint8Array.of(0xa0, 0))
    const csr = assembleSigned(info, signer.algorithm, signer.sign(info))
    expect(await failureOf(() => openRequest(csr))).toMatchObject({
      code: 'input.invalid',
      message: expect.stringContaining('version 3'),
    })
  })

  test('when it asks for an extension twice', async () => {
    const eku = write.extendedKeyUsage(['serverAuth'])
    const csr = await makeCsr({ extensions: [eku, eku] })
    expect(await failureOf(() => openRequest(csr))).toMatchObject({
      message: expect.stringContaining('extKeyUsage twice'),
    })
  })

  test('when an extension is malformed', async () => {
    const csr = await makeCsr({
      extensions: [write.extension('2.5.29.17', false, octetString(new Uint8Array(3)))],
    })
    expect(await failureOf(() => openRequest(csr))).toMatchObject({
      message: expect.stringContaining('malformed subjectAltName'),
    })
  })
})

describe('a key that is not certified', () => {
  test('when an RSA key is shorter than the profile wants', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const signer = openSigner(new Secret(new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' }))))
    const csr = await makeCsr({ sans: W, signer })
    expect(await refusal(csr)).toMatchObject({
      code: 'policy.refused',
      message: expect.stringContaining('1024 bits'),
    })
    const lax = parseProfile({ extends: 'server', name: 'old', keys: { minimumRsaBits: 1024 } })
    expect(prepareWith(await makeRoot(), csr, { profile: lax }).notes).toEqual([
      expect.stringContaining('1024 bits'),
    ])
  })

  test('when the curve is none of the profile', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
    const signer = openSigner(new Secret(new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' }))))
    const failure = await refusal(await makeCsr({ sans: W, signer }))
    expect(failure.message).toContain('the curve secp256k1 is not allowed by the profile server')
  })

  test('when the profile has no keys of the type', async () => {
    const profile = parseProfile({ extends: 'server', name: 'rsa only', keys: { types: ['rsa'] } })
    expect((await refusal(await makeCsr({ sans: W }), { profile })).message).toContain(
      'a key of type ec is not allowed',
    )
  })

  test('when it is the key of the authority', async () => {
    const root = await makeRoot()
    const csr = await makeCsr({ sans: W, signer: root.signer })
    expect((await failureOf(() => prepareWith(root, csr))).message).toContain('that of the authority itself')
  })

  const rsaSpki = (modulus: bigint, exponent: bigint): Uint8Array => {
    const key = sequence(integer(modulus), integer(exponent))
    return sequence(sequence(oid('1.2.840.113549.1.1.1'), nullValue()), bitString(key))
  }
  // two primes of 256 bits beside each other, and 2^127 - 1, 2^521 - 1 (Mersenne)
  const p = 2n ** 521n - 1n
  const q = 2n ** 607n - 1n

  test.each([
    ['exponent 1', rsaSpki(p * q, 1n), 'exponent is 1'],
    ['an even exponent', rsaSpki(p * q, 65_536n), '65536 is even'],
    ['a small factor', rsaSpki(p * 751n, 65_537n), 'divided by 751'],
    ['close factors', rsaSpki((2n ** 256n - 189n) * (2n ** 256n - 189n), 65_537n), 'close to each other'],
    ['powers of 65537 modulo all small primes', rsaSpki(65_537n, 3n), 'ROCA'],
  ])('when an RSA key has %s', (_, spki, why) => {
    expect(rsaWeakness(spki)).toContain(why)
  })

  test('while an ordinary RSA key has nothing against it', async () => {
    expect(rsaWeakness((await signerOf('rsa-2048')).spki)).toBeUndefined()
    expect(rsaWeakness(rsaSpki(p * q, 65_537n))).toBeUndefined()
  })
})

describe('names', () => {
  const sanOf = (der: Uint8Array): readonly string[] =>
    (describeCertificate(der).subjectAltName ?? []).map(({ type, value }) => `${type}:${value}`)

  test('of every type stay as they were asked for, byte for byte', async () => {
    const root = await makeRoot()
    const label = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?$/)
    const host = fc.tuple(label, label).map(([a, b]) => `${a}.${b}.example`)
    const san = fc.oneof(
      host.map((name) => `dns:${name}`),
      host.map((name) => `dns:*.${name}`),
      fc.ipV4().map((ip) => `ip:${ip}`),
      fc.ipV6().map((ip) => `ip:${ip}`),
      host.map((name) => `email:a.b@${name}`),
      host.map((name) => `uri:https://${name}/p?q=1`),
      label.map((cn) => `dirName:CN=${cn},O=Ü`),
      label.map((user) => `upn:${user}@corp.example`),
      fc.string({ minLength: 1, maxLength: 20 }).map((text) => `otherName:1.2.3.4;UTF8:${text}`),
      fc.nat(1000).map((n) => `rid:1.2.${n}`),
    )
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(san, { minLength: 1, maxLength: 12 }), async (sans) => {
        const names = sans.map(parseGeneralName)
        const csr = await makeCsr({ extensions: [write.subjectAltName(names)] })
        const der = signWith(root, csr)
        // the whole value, as an outsider would look for it
        const value = write.subjectAltName(names)
        expect(Buffer.from(der).includes(Buffer.from(value))).toBe(true)
        expect(prepareWith(root, csr).changes).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  test('of the subject stay in their encoding', async () => {
    const subject = sequence(
      setOf([sequence(oid('2.5.4.10'), Uint8Array.of(0x14, 2, 0x41, 0xe4))]),
      setOf([sequence(oid('2.5.4.3'), Uint8Array.of(0x13, 1, 0x77))]),
    )
    const csr = writeCsr({
      subject,
      extensions: [write.subjectAltName(W.map(parseGeneralName))],
      signer: await signerOf('ec-p256'),
    })
    const der = signWith(await makeRoot(), csr)
    expect(Buffer.from(der).includes(Buffer.from(subject))).toBe(true)
  })

  test('come from the common name when a request has no others, and this is told', async () => {
    const preparation = prepareWith(await makeRoot(), await makeCsr())
    expect(preparation.subjectAltName).toEqual([{ type: 'dns', value: 'w.example' }])
    expect(preparation.changes).toEqual([
      expect.objectContaining({ field: 'subjectAltName', asked: null, granted: 'dns:w.example' }),
    ])
  })

  test('are not taken from a common name that is no host name', async () => {
    expect((await refusal(await makeCsr({ subject: 'CN=My Server' }))).message).toContain(
      'has no alternative name',
    )
  })

  test('of an empty subject are critical', async () => {
    const der = signWith(await makeRoot(), await makeCsr({ subject: '', sans: W }), { profile: 'client' })
    expect(Buffer.from(der).includes(Buffer.from(write.subjectAltName(W.map(parseGeneralName), true)))).toBe(
      true,
    )
  })

  test('must be there at all', async () => {
    const csr = await makeCsr({ subject: '' })
    expect((await refusal(csr, { profile: 'client' })).message).toContain('it names nobody')
  })

  test('that the profile forbids are refused, or left out and listed', async () => {
    const profile = parseProfile({
      extends: 'server',
      name: 'corp',
      names: {
        allowed: ['dns:*.corp.example', 'ip:10.0.0.0/8'],
        forbidden: ['dns:secret.*'],
        permittedTypes: ['dns', 'ip'],
      },
    })
    const sans = [
      'dns:a.corp.example',
      'dns:evil.example',
      'ip:10.1.2.3',
      'ip:192.0.2.1',
      'dns:secret.corp.example',
      'uri:https://a/',
    ]
    const csr = await makeCsr({ subject: 'CN=a.corp.example', sans })
    const failure = await refusal(csr, { profile })
    expect(failure.code).toBe('policy.refused')
    for (const name of ['dns:evil.example', 'ip:192.0.2.1', 'dns:secret.corp.example', 'uri:https://a/'])
      expect(failure.message).toContain(`subjectAltName ${name} is not granted`)
    const root = await makeRoot()
    const granted = prepareWith(root, csr, { profile, wish: { allowChanges: true } })
    expect(granted.subjectAltName?.map(({ value }) => value)).toEqual(['a.corp.example', '10.1.2.3'])
    expect(granted.changes.map(({ asked }) => asked)).toEqual([
      'dns:evil.example',
      'ip:192.0.2.1',
      'dns:secret.corp.example',
      'uri:https://a/',
    ])
  })

  test('in the subject that the profile forbids are refused whatever is allowed', async () => {
    const profile = parseProfile({
      extends: 'client',
      name: 'ours',
      names: { allowed: ['O:Example'], forbidden: ['dns:*.bank.example'] },
    })
    const wish = { allowChanges: true }
    expect((await refusal(await makeCsr({ subject: 'CN=x,O=Other' }), { profile, wish })).message).toContain(
      'forbidden name Other',
    )
    const bank = await makeCsr({ subject: 'CN=www.bank.example,O=Example' })
    expect((await refusal(bank, { profile, wish })).message).toContain(
      'the profile forbids dns:*.bank.example',
    )
  })

  test('that are added by hand stand behind those of the request', async () => {
    const preparation = { wish: { subjectAltName: ['dns:w.example', 'ip:192.0.2.9'].map(parseGeneralName) } }
    const root = await makeRoot()
    expect(sanOf(signWith(root, await makeCsr({ sans: W }), preparation))).toEqual([
      'dns:w.example',
      'ip:192.0.2.9',
    ])
    const subject = prepareWith(root, await makeCsr({ sans: W }), {
      wish: { subject: parseNameText('CN=other') },
    })
    expect(subject.changes).toEqual([
      expect.objectContaining({ field: 'subject', asked: 'CN=w.example', granted: 'CN=other' }),
    ])
  })

  test('outside the name constraints of the authority, or of one above it, are refused', async () => {
    const root = await makeRoot({
      nameConstraints: { permitted: [parseConstraintName('dns:good.example')] },
      pathLen: 2,
    })
    const below = await makeIntermediate(root)
    const csr = await makeCsr({ subject: 'CN=x', sans: ['dns:www.good.example', 'dns:bad.example'] })
    for (const authority of [root, below])
      expect((await failureOf(() => prepareWith(authority, csr))).message).toContain(
        'dns:bad.example is outside dns:good.example',
      )
  })
})

describe('usages', () => {
  test('that the profile does not have are refused, or left out and listed', async () => {
    const extensions = [
      write.keyUsage(['digitalSignature', 'nonRepudiation']),
      write.extendedKeyUsage(['serverAuth', 'codeSigning']),
    ]
    const csr = await makeCsr({ sans: W, extensions })
    const { message } = await refusal(csr)
    expect(message).toContain('keyUsage nonRepudiation is not granted')
    expect(message).toContain('extendedKeyUsage codeSigning is not granted')
    const { changes } = prepareWith(await makeRoot(), csr, { wish: { allowChanges: true } })
    expect(changes.map(({ field, asked }) => `${field} ${asked}`)).toEqual([
      'keyUsage nonRepudiation',
      'extendedKeyUsage codeSigning',
    ])
  })

  test('of an authority are not for an end entity', async () => {
    const csr = await makeCsr({ sans: W, extensions: [write.basicConstraints({ ca: true })] })
    expect((await refusal(csr)).message).toContain('basicConstraints cA becomes an end entity')
    const der = signWith(await makeRoot(), csr, { wish: { allowChanges: true } })
    expect(describeCertificate(der).basicConstraints).toEqual({ ca: false, pathLen: null })
  })

  test('and other extensions are copied only where the profile says so', async () => {
    const staple = write.tlsFeature([5])
    const csr = await makeCsr({
      sans: W,
      extensions: [staple, write.extension('1.2.3.4', false, nullValue())],
    })
    expect((await refusal(csr)).message).toContain('1.2.3.4 0500 is not granted')
    const copying = parseProfile({
      extends: 'server',
      name: 'copying',
      extensions: { copied: ['tlsFeature', '1.2.3.4'] },
    })
    const der = signWith(await makeRoot(), csr, { profile: copying })
    expect(Buffer.from(der).includes(Buffer.from(staple))).toBe(true)
    const strict = parseProfile({
      extends: 'server',
      name: 'strict',
      extensions: { forbidden: ['tlsFeature'], copied: ['1.2.3.4'] },
    })
    expect((await refusal(csr, { profile: strict, wish: { allowChanges: true } })).message).toContain(
      'the profile strict forbids',
    )
  })
})

describe('an authority that may not sign', () => {
  test.each([
    ['disabled', { source: { enabled: false } }, NOW, 'state.refused', 'is disabled'],
    [
      'expired',
      { notAfter: new Date('2026-03-01T00:00:00Z') },
      NOW,
      'state.refused',
      'expired on 2026-03-01',
    ],
    ['not yet valid', {}, new Date('2025-06-01T00:00:00Z'), 'state.refused', 'is not valid before'],
  ])('because it is %s', async (...[, root, now, code, message]) => {
    const failure = await refusal(await makeCsr({ sans: W }), { root, now })
    expect(failure).toMatchObject({ code, message: expect.stringContaining(message) })
  })

  test('because it is no CA', async () => {
    const root = await makeRoot()
    const signer = await signerOf('ec-p256')
    const certificate = signWith(root, await makeCsr({ sans: W }))
    const open = openAuthority({ certificate, signer })
    const other = await makeCsr({ sans: W, signer: await signerOf('ec-p256', 'other') })
    expect(await failureOf(() => prepareWith({ ...root, open }, other))).toMatchObject({
      code: 'policy.refused',
      message: expect.stringContaining('is no CA'),
    })
  })

  test('because its key usage lacks keyCertSign', async () => {
    const made = makeCertificate({ cn: 'R', ca: true, notAfter: '2040-01-01T00:00:00Z' })
    const open = openAuthority({ certificate: made.der, signer: openSigner(made.pkcs8) })
    const lacking = { ...open, facts: { ...open.facts, keyUsage: ['cRLSign'] } }
    const failure = await failureOf(async () =>
      prepareWith(
        { der: made.der, signer: openSigner(made.pkcs8), open: lacking },
        await makeCsr({ sans: W }),
      ),
    )
    expect(failure.message).toContain('lacks keyCertSign')
  })

  test('because the key is another', async () => {
    const root = await makeRoot()
    const signer = await signerOf('ec-p256', 'other')
    expect(await failureOf(() => openAuthority({ certificate: root.der, signer }))).toMatchObject({
      code: 'key.mismatch',
    })
  })

  test('another authority, because its path length is exhausted', async () => {
    const root = await makeRoot({ pathLen: 1 })
    const below = await makeIntermediate(root)
    const csr = await makeCsr({ subject: 'CN=third' })
    expect((await failureOf(() => prepareWith(below, csr, { profile: 'intermediate' }))).message).toContain(
      'path length is exhausted',
    )
    expect(
      (await failureOf(() => prepareWith(root, csr, { profile: 'intermediate', wish: { pathLen: 3 } })))
        .message,
    ).toContain('more than the 0')
  })

  test('another purpose than its own', async () => {
    const root = await makeRoot()
    const open = { ...root.open, facts: { ...root.open.facts, extendedKeyUsage: ['clientAuth'] } }
    const csr = await makeCsr({ sans: W })
    expect((await failureOf(() => prepareWith({ ...root, open }, csr))).message).toContain(
      'is not for serverAuth',
    )
  })
})
