import { describe, expect, test } from 'vitest'
import { contentOf, DerReader, TAG } from '../../src/asn1/reader.ts'
import { parseProfile } from '../../src/authority/parse-profile.ts'
import { toHex } from '../../src/base/bytes.ts'
import { parseConstraintName } from '../../src/x509/general-name-text.ts'
import * as write from '../../src/x509/write-extensions.ts'
import { outputOf, requireOracle } from '../support/oracles.ts'
import { failureOf, makeCsr, makeRoot, prepareWith, signWith } from './material.ts'

/** Hex of the extnValue of an Extension that is critical. */
const valueOf = (extension: Uint8Array): string => {
  const reader = new DerReader(extension).enter(TAG.sequence)
  reader.read(TAG.oid)
  reader.read(TAG.boolean)
  return toHex(contentOf(reader.read(TAG.octetString)))
}

/** The permitted DNS names of a certificate, as OpenSSL reads them. */
function constraintsIn(openssl: string, der: Uint8Array): string[] {
  const args = ['x509', '-inform', 'DER', '-noout', '-ext', 'nameConstraints']
  return [
    ...outputOf(openssl, args, der)
      .toString()
      .matchAll(/DNS:(\S+)/g),
  ].map(([, name]) => name!)
}

describe('name constraints of a request for an authority', () => {
  const constraint = (name: string): { permitted: Uint8Array[] } => ({
    permitted: [parseConstraintName(name)],
  })
  const asking = () =>
    makeCsr({ subject: 'CN=Sub', extensions: [write.nameConstraints(constraint('dns:wanted.example'))] })
  const fixed = parseProfile({
    name: 'bound',
    extends: 'intermediate',
    extensions: {
      fixed: [
        {
          oid: '2.5.29.30',
          critical: true,
          value: valueOf(write.nameConstraints(constraint('dns:bound.example'))),
        },
      ],
    },
  })

  test('are copied where nobody else has a say', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const der = signWith(await makeRoot(), await asking(), { profile: 'intermediate' })
    expect(constraintsIn(openssl, der)).toEqual(['wanted.example'])
  })

  test.for([
    ['the profile', { profile: fixed }, 'bound.example', 'the profile bound decides about it'],
    [
      'the one who signs',
      { profile: 'intermediate', wish: { nameConstraints: constraint('dns:signer.example') } },
      'signer.example',
      'the one who signs decides about it',
    ],
  ] as const)('do not take away those of %s', async ([, options, kept, why], context) => {
    const openssl = requireOracle(context, 'openssl')
    const [root, csr] = [await makeRoot(), await asking()]
    expect((await failureOf(() => prepareWith(root, csr, options))).message).toContain(why)
    const wish = { ...('wish' in options ? options.wish : {}), allowChanges: true }
    expect(constraintsIn(openssl, signWith(root, csr, { ...options, wish }))).toEqual([kept])
  })
})

test('a path length of the one who signs that is more than the request asks for is not cut in silence', async () => {
  const csr = await makeCsr({
    subject: 'CN=Sub',
    extensions: [write.basicConstraints({ ca: true, pathLen: 0 })],
  })
  const options = { profile: 'intermediate', wish: { pathLen: 2 } }
  const { notes } = prepareWith(await makeRoot(), csr, options)
  expect(notes).toEqual(['the path length is 0, all that the request asks for'])
})

test('a path length of the profile is told where the request asks to be an authority without one', async () => {
  const extensions = [write.basicConstraints({ ca: true })]
  const csr = await makeCsr({ subject: 'CN=Sub', extensions })
  const { notes } = prepareWith(await makeRoot(), csr, { profile: 'intermediate' })
  expect(notes).toEqual(['the path length is 0, that of the profile intermediate: the request names none'])
  // nobody asks for anything here
  const plain = await makeCsr({ subject: 'CN=Sub' })
  expect(prepareWith(await makeRoot(), plain, { profile: 'intermediate' }).notes).toEqual([])
})
