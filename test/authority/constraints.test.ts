import { describe, expect, test } from 'vitest'
import { contentOf, DerReader, TAG } from '../../src/asn1/reader.ts'
import { parseProfile } from '../../src/authority/parse-profile.ts'
import { toHex } from '../../src/base/bytes.ts'
import { prepareRoot } from '../../src/authority/self-signed.ts'
import { parseConstraintName } from '../../src/x509/general-name-text.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import * as write from '../../src/x509/write-extensions.ts'
import { outputOf, requireOracle } from '../support/oracles.ts'
import { failureOf, makeCsr, makeRoot, NOW, prepareWith, random, signerOf, signWith } from './material.ts'

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

describe('a permitted name that no certificate can have', () => {
  const bases = (names: readonly string[]) => names.map((name) => parseConstraintName(name))

  /** What is permitted (+) and excluded (-) above, what the new authority permits, and why nothing can meet it. */
  const CASES: readonly (readonly [above: readonly string[], own: string, why?: string])[] = [
    [['+dns:corp.example'], 'dns:other.example', 'is outside dns:corp.example'],
    [['+dns:corp.example'], 'dns:mycorp.example', 'is outside dns:corp.example'],
    [['+dns:corp.example'], 'dns:web.corp.example'],
    [['+dns:corp.example'], 'dns:example'],
    [['+dns:corp.example'], 'email:other.example'],
    [['-dns:bad.example'], 'dns:www.bad.example', 'is excluded by dns:bad.example'],
    [['-dns:www.bad.example'], 'dns:bad.example'],
    [['+ip:10.0.0.0/8'], 'ip:192.0.2.0/24', 'is outside ip:10.0.0.0/8'],
    [['+ip:10.0.0.0/8'], 'ip:10.2.0.0/16'],
    [['+ip:10.2.0.0/16'], 'ip:10.0.0.0/8'],
    [['-ip:10.0.0.0/8'], 'ip:10.0.0.0/16', 'is excluded by ip:10.0.0.0/8'],
    [['-ip:10.0.0.0/16'], 'ip:10.0.0.0/8'],
    [['+email:corp.example'], 'email:joe@corp.example'],
    [['+email:joe@corp.example'], 'email:corp.example'],
    [['+email:corp.example'], 'email:.corp.example', 'is outside email:corp.example'],
    [['-email:joe@corp.example'], 'email:corp.example'],
    [['+uri:.corp.example'], 'uri:www.corp.example'],
    [['+uri:corp.example'], 'uri:www.corp.example', 'is outside uri:corp.example'],
    [['+dirName:C=DE', '-dirName:OU=B,O=A,C=DE'], 'dirName:O=A,C=DE'],
    [['-dirName:OU=B,C=DE'], 'dirName:CN=x,OU=B,C=DE', 'is excluded by directoryName:OU=B,C=DE'],
  ]

  test.for(CASES)('is told: %j above, %s permitted below', async ([above, own, why]) => {
    const of = (sign: string) => bases(above.filter((each) => each[0] === sign).map((each) => each.slice(1)))
    const nameConstraints = { permitted: of('+'), excluded: of('-') }
    const root = await makeRoot({ subject: 'CN=Root,C=DE', nameConstraints })
    const csr = await makeCsr({ subject: 'CN=Sub,C=DE' })
    const options = { profile: 'intermediate', wish: { nameConstraints: { permitted: bases([own]) } } }
    const notes = prepareWith(root, csr, options).notes.filter((note) => note.startsWith('the permitted'))
    expect(notes.map((note) => /is (?:outside|excluded by) \S+/.exec(note)?.[0])).toEqual(why ? [why] : [])
  })

  test('is told of a root that excludes what it permits', async () => {
    const signer = await signerOf('ec-p256')
    const nameConstraints = { permitted: bases(['dns:a.example']), excluded: bases(['dns:a.example']) }
    const root = { subject: parseNameText('CN=Root'), signer, wish: { nameConstraints }, now: NOW, random }
    expect(prepareRoot(root).notes).toEqual([
      'the permitted dns:a.example is excluded by dns:a.example (RFC 5280 section 4.2.1.10): no certificate below with such a name will be valid',
    ])
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
