import { describe, expect, test } from 'vitest'
import { checkAttachment } from '../../src/authority/attach.ts'
import { changeText } from '../../src/authority/findings.ts'
import { openRequest } from '../../src/authority/request.ts'
import { oid, sequence } from '../../src/asn1/writer.ts'
import { certificateParts } from '../../src/x509/certificate.ts'
import { assembleSigned, writeTbsCertificate } from '../../src/x509/write-certificate.ts'
import { extension, keyUsage } from '../../src/x509/write-extensions.ts'
import { failureOf, makeCsr, makeIntermediate, makeRoot, NOW, signerOf, signWith } from './material.ts'

const root = await makeRoot()
const below = await makeIntermediate(root)
const csr = await makeCsr({ sans: ['dns:w.example'] })
const leaf = signWith(below, csr)
const request = openRequest(csr)
const stranger = (await makeRoot({ subject: 'CN=Stranger' })).der

describe('a chain issued elsewhere', () => {
  test.each([
    ['in order', [leaf, below.der, root.der]],
    ['backwards', [root.der, below.der, leaf]],
    ['with copies', [below.der, leaf, below.der, leaf, root.der]],
  ])('when it comes %s, it leads from the certificate to the root', (_, certificates) => {
    expect(checkAttachment(request, certificates)).toEqual({
      chain: [leaf, below.der, root.der],
      isComplete: true,
      differences: [],
      strays: [],
    })
  })

  test('when the root is missing, it is a chain that is not complete', () => {
    expect(checkAttachment(request, [below.der, leaf])).toMatchObject({
      chain: [leaf, below.der],
      isComplete: false,
    })
  })

  test('when a certificate is no part of it, that one is named', () => {
    expect(checkAttachment(request, [stranger, leaf])).toMatchObject({
      chain: [leaf],
      strays: [{ index: 0, subject: 'CN=Stranger' }],
    })
  })

  test('when names and usages differ from the request, each difference is listed', async () => {
    const signer = await signerOf('ec-p256')
    const asked = await makeCsr({
      subject: 'CN=other',
      sans: ['dns:w.example', 'dns:lost.example'],
      extensions: [keyUsage(['nonRepudiation'])],
      signer,
    })
    const { differences } = checkAttachment(openRequest(asked), [leaf])
    expect(differences.map(({ field, asked: wanted, granted }) => [field, wanted, granted])).toEqual([
      ['subject', 'CN=other', 'CN=w.example'],
      ['subjectAltName', 'dns:lost.example', null],
      ['keyUsage', 'nonRepudiation', null],
    ])
  })

  test('when other extensions that were asked for are missing or others, they are listed', async () => {
    const [mustStaple, policy, template] = ['3003020105', '3006300406022a03', '1e00'].map((hex) =>
      Buffer.from(hex, 'hex'),
    )
    const asked = await makeCsr({
      subject: 'CN=Sub',
      extensions: [
        extension('2.5.29.19', true, Buffer.from('30060101ff020100', 'hex')),
        extension('1.3.6.1.5.5.7.1.24', false, mustStaple!),
        extension('2.5.29.32', false, policy!),
        extension('1.3.6.1.4.1.311.20.2', false, template!),
      ],
    })
    const { spki, subjectDer } = openRequest(asked)
    const { algorithm, sign } = root.signer
    const tbs = writeTbsCertificate({
      serialNumber: '01',
      algorithm,
      issuer: certificateParts(root.der).subjectDer,
      notBefore: NOW,
      notAfter: NOW,
      subject: subjectDer,
      spki,
      extensions: [
        extension('2.5.29.19', true, Buffer.from('30030101ff', 'hex')),
        extension('2.5.29.32', false, Buffer.from('3006300406022a04', 'hex')),
        extension('1.3.6.1.4.1.311.20.2', false, template!),
      ],
    })
    const certificate = assembleSigned(tbs, algorithm, sign(tbs))
    expect(checkAttachment(openRequest(asked), [certificate]).differences.map(changeText)).toEqual([
      'basicConstraints pathlen 0 becomes any depth: the issuing authority decided so',
      'tlsFeature 3003020105 is not granted: the issuing authority decided so',
      'certificatePolicies 3006300406022a03 becomes 3006300406022a04: the issuing authority decided so',
    ])
  })

  test('when it belongs to another request, it is refused', async () => {
    const other = openRequest(await makeCsr({ signer: await signerOf('ec-p256', 'other') }))
    expect(await failureOf(() => checkAttachment(other, [leaf, below.der]))).toMatchObject({
      code: 'policy.refused',
      message: expect.stringContaining('no certificate has the public key of the request: CN=w.example'),
    })
  })

  test('when two certificates answer the request, it is refused', async () => {
    expect((await failureOf(() => checkAttachment(request, [leaf, signWith(below, csr)]))).message).toContain(
      '2 different certificates',
    )
  })

  test('when an issuer has the name but not the key, it is refused', async () => {
    const impostor = await makeRoot({ subject: 'CN=Intermediate,O=Example', type: 'ec-p384' })
    expect((await failureOf(() => checkAttachment(request, [leaf, impostor.der]))).message).toContain(
      'is not signed by',
    )
  })

  test('when nobody here can check a signature, it is not called a wrong one', async () => {
    const { tbs, signature } = certificateParts(leaf)
    const odd = assembleSigned(tbs, sequence(oid('2.25.1')), signature)
    expect(await failureOf(() => checkAttachment(request, [odd, below.der]))).toMatchObject({
      code: 'format.unsupported',
      message: expect.stringContaining('cannot be checked'),
    })
  })
})
