import { sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { pathMember } from '../../src/path/path-member.ts'
import { CrlShelf } from '../../src/path/revocation.ts'
import { inRepository } from '../support/built.ts'
import * as write from '../../src/x509/write-crl-extensions.ts'
import { type CrlEntry, writeTbsCrl } from '../../src/x509/write-crl.ts'
import { assembleSigned } from '../../src/x509/write-certificate.ts'
import { certificateParts } from '../../src/x509/certificate.ts'
import * as der from '../../src/asn1/writer.ts'
import { makeCertificate } from '../support/make-certificates.ts'
import { requireOracle, runOracle } from '../support/oracles.ts'

const file = (name: string): string => inRepository(`fixtures/openssl-ca/${name}`)
const pem = (name: string): Uint8Array => {
  const [, body = ''] = /-----BEGIN [^-]+-----([^-]+)-----/.exec(readFileSync(file(name), 'utf8')) ?? []
  return new Uint8Array(Buffer.from(body, 'base64'))
}

const issuer = pathMember(pem('cacert.pem'))
const crl = pem('crl.pem')
const mail = pathMember(pem('newcerts/1001.pem'))
const revoked = pathMember(pem('newcerts/1003.pem'))
const WITHIN = new Date('2026-03-01T00:00:00Z')

test('the CRL of an authority revokes what OpenSSL refuses, and nothing else', (context) => {
  const openssl = requireOracle(context, 'openssl')
  const judged = (name: string): number => {
    const trust = ['-trusted', file('cacert.pem'), '-CRLfile', file('crl.pem'), '-crl_check']
    const at = ['-attime', String(WITHIN.getTime() / 1000)]
    return runOracle(openssl, ['verify', ...trust, ...at, file(name)]).status
  }
  const shelf = new CrlShelf([crl])
  expect([shelf.statusOf({ member: mail, issuer, at: WITHIN }).status, judged('newcerts/1001.pem')]).toEqual([
    'good',
    0,
  ])
  expect([shelf.statusOf({ member: revoked, issuer, at: WITHIN }), judged('newcerts/1003.pem')]).toEqual([
    {
      status: 'revoked',
      why: 'the CRL of 2026-02-20T00:00:00Z lists it',
      date: '2026-02-15T12:00:00Z',
      reason: 'keyCompromise',
    },
    2,
  ])
})

test.each([
  [
    'before it was signed',
    '2026-02-19T23:59:59Z',
    'is from 2026-02-20T00:00:00Z, after the time in question',
  ],
  ['after the next one was due', '2026-04-01T00:00:01Z', 'ended on 2026-04-01T00:00:00Z'],
])('%s a CRL says nothing of what it does not list, and the same of what it lists', (_when, at, why) => {
  const shelf = new CrlShelf([crl])
  expect(shelf.statusOf({ member: mail, issuer, at: new Date(at) })).toEqual({
    status: 'unknown',
    why: `the CRL ${why}`,
  })
  expect(shelf.statusOf({ member: revoked, issuer, at: new Date(at) }).status).toBe('revoked')
})

test('a CRL that another key signed says nothing, whatever name it bears', () => {
  const key = makeCertificate({ cn: 'Signing CA', ca: true })
  const status = new CrlShelf([crl]).statusOf({
    member: revoked,
    issuer: { ...issuer, der: key.der },
    at: WITHIN,
  })
  expect(status).toEqual({ status: 'unknown', why: 'the CRL is not signed by the key of the issuer' })
})

test('without a CRL of the issuer nothing is known', () => {
  const unknown = { status: 'unknown', why: 'no CRL of its issuer is at hand' }
  expect(new CrlShelf([]).statusOf({ member: revoked, issuer, at: WITHIN })).toEqual(unknown)
  const other = pathMember(makeCertificate({ cn: 'elsewhere' }).der)
  expect(new CrlShelf([crl]).statusOf({ member: other, issuer: other, at: WITHIN })).toEqual(unknown)
})

const authority = makeCertificate({ cn: 'Authority', ca: true })
const web = makeCertificate({ cn: 'web', issuer: authority, serial: 77 })

interface Made {
  readonly lists?: readonly Partial<CrlEntry>[]
  readonly extensions?: readonly Uint8Array[]
  /** Days of June 2026. */
  readonly from?: number
  readonly to?: number
  /** Of the AlgorithmIdentifier inside. */
  readonly inside?: string
}

/** A CRL of the authority; on 2026-06-15 it holds. */
function listOf({ lists = [], extensions = [], from = 10, to = 20, inside }: Made): Uint8Array {
  const algorithm = der.sequence(der.oid('1.2.840.10045.4.3.2'))
  const usual = {
    serialNumber: '4d',
    revocationDate: '2026-05-01T00:00:00Z',
    reason: 'keyCompromise',
  } as const
  const tbs = writeTbsCrl({
    algorithm: inside === undefined ? algorithm : der.sequence(der.oid(inside)),
    issuer: certificateParts(authority.der).subjectDer,
    thisUpdate: new Date(Date.UTC(2026, 5, from)),
    nextUpdate: new Date(Date.UTC(2026, 5, to)),
    entries: lists.map((entry) => ({ ...usual, ...entry })),
    extensions,
  })
  return assembleSigned(tbs, algorithm, new Uint8Array(sign('sha256', tbs, authority.key)))
}

const IT = {}
const HELD = { reason: 'certificateHold' } as const
const REMOVED = { reason: 'removeFromCRL' } as const
// deltaCRLIndicator (RFC 5280 section 5.2.4), critical
const DELTA = [der.sequence(der.oid('2.5.29.27'), der.boolean(true), der.octetString(der.integer(4)))]
const scope = (...of: Parameters<typeof write.issuingDistributionPoint>): Uint8Array[] => [
  write.issuingDistributionPoint(...of),
]

test.each<readonly [what: string, status: string, crls: readonly Made[]]>([
  ['a whole list without it', 'good', [{}]],
  ['a list that ended', 'revoked', [{ lists: [IT], to: 12 }]],
  ['a list from after the time in question, of what came before', 'revoked', [{ lists: [IT], from: 18 }]],
  [
    'the same of what came later',
    'unknown',
    [{ lists: [{ revocationDate: '2026-06-16T00:00:00Z' }], from: 18 }],
  ],
  ['a delta without it', 'unknown', [{ extensions: DELTA }]],
  ['a delta beside a whole list', 'revoked', [{}, { lists: [IT], extensions: DELTA }]],
  [
    'a list for some reasons',
    'revoked',
    [{ lists: [IT], extensions: scope({ onlySomeReasons: ['keyCompromise'] }) }],
  ],
  ['an indirect list', 'revoked', [{ lists: [IT], extensions: scope({ indirectCRL: true }) }]],
  ['a list that takes back what it says', 'revoked', [{ lists: [IT, REMOVED] }]],
  ['an older list, too', 'revoked', [{ lists: [IT], from: 5 }, {}]],
  ['a newer list that no longer holds it', 'good', [{ lists: [HELD], from: 5 }, {}]],
  ['a newer list that holds it', 'revoked', [{}, { lists: [HELD], from: 12 }]],
  ['a list that names two algorithms', 'unknown', [{ lists: [IT], inside: '1.2.840.10045.4.3.3' }]],
])('by %s a certificate is %s, whether asked about alone or after many', (_what, status, crls) => {
  const [leaf, issuing] = [pathMember(web.der), pathMember(authority.der)]
  const at = new Date('2026-06-15T00:00:00Z')
  const asked = (shelf: CrlShelf, serialNumber: string): string => {
    const member = { der: leaf.der, facts: { ...leaf.facts, serialNumber }, extensions: leaf.extensions }
    return shelf.statusOf({ member, issuer: issuing, at }).status
  }
  const [alone, last] = [new CrlShelf(crls.map(listOf)), new CrlShelf(crls.map(listOf))]
  expect(asked(alone, leaf.facts.serialNumber)).toBe(status)
  for (let other = 0x100; other < 0x110; other++) expect(asked(last, other.toString(16))).not.toBe('revoked')
  expect(asked(last, leaf.facts.serialNumber)).toBe(status)
})

test('of many certificates those are revoked that the list names, whatever octets others share with them', () => {
  const serials = ['1', '4d', '4d4d', '14d', '4d00', '4d01', 'ff4d', '80', '8000', 'abcdef0123456789']
  const listed = serials.filter((_, i) => i % 2 === 0)
  const shelf = new CrlShelf([listOf({ lists: listed.map((serialNumber) => ({ serialNumber })) })])
  const [leaf, issuing] = [pathMember(web.der), pathMember(authority.der)]
  const revokedOnes = serials.filter((serialNumber) => {
    const facts = { ...leaf.facts, serialNumber }
    const member = { der: leaf.der, facts, extensions: [] }
    const { status } = shelf.statusOf({ member, issuer: issuing, at: new Date('2026-06-15T00:00:00Z') })
    return status === 'revoked'
  })
  expect(revokedOnes).toEqual(listed)
})
