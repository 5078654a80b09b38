import { describe, expect, test } from 'vitest'
import { checkAttachment } from '../../src/authority/attach.ts'
import { openRequest } from '../../src/authority/request.ts'
import { oid, sequence } from '../../src/asn1/writer.ts'
import { certificateParts } from '../../src/x509/certificate.ts'
import { assembleSigned } from '../../src/x509/write-certificate.ts'
import { keyUsage } from '../../src/x509/write-extensions.ts'
import { failureOf, makeCsr, makeIntermediate, makeRoot, signerOf, signWith } from './material.ts'

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
