import { describe, expect, test } from 'vitest'
import { findPath } from '../../src/path/find-path.ts'
import { surroundings } from '../../src/path/surroundings.ts'
import { faultOf } from '../../src/path/path-fault.ts'
import { pathMember } from '../../src/path/path-member.ts'
import type { Purpose } from '../../src/path/purposes.ts'
import { makeCertificate, makeKey, type TestCertificate } from '../support/make-certificates.ts'

const root = makeCertificate({ cn: 'Root', ca: true })
const issuing = makeCertificate({ cn: 'Issuing', ca: true, issuer: root })
const web = makeCertificate({ cn: 'web', issuer: issuing })

interface Question {
  readonly leaf?: TestCertificate
  readonly between?: readonly TestCertificate[]
  readonly anchors?: readonly TestCertificate[]
  readonly at?: string
  readonly purpose?: Purpose
}

function answer({ leaf = web, between = [issuing], anchors = [root], at, purpose }: Question = {}) {
  const found = findPath({
    leaf: pathMember(leaf.der),
    around: surroundings(
      between.map(({ der }) => pathMember(der)),
      anchors.map(({ der }) => pathMember(der)),
    ),
    at: new Date(at ?? '2026-06-01T00:00:00Z'),
    ...(purpose && { purpose }),
  })
  return {
    path: found.path.map(({ facts }) => facts.fingerprint),
    isAnchored: found.isAnchored,
    codes: found.faults.map(({ code }) => code),
    about: found.faults.map(({ subject }) => subject),
    messages: found.faults.map(({ message }) => message),
  }
}

const prints = (...certificates: readonly TestCertificate[]): string[] =>
  certificates.map(({ fingerprint }) => fingerprint)

describe('a path', () => {
  test('leads over issuers in any order to a trust anchor', () => {
    const stranger = makeCertificate({ cn: 'Issuing', ca: true })
    expect(answer({ between: [stranger, root, issuing] })).toMatchObject({
      path: prints(web, issuing, root),
      isAnchored: true,
      codes: [],
    })
  })

  // the first certificate of a root that was renewed with its key lies beside the new one
  test('that is not valid takes no way round over another certificate of the same root', () => {
    const renewed = makeCertificate({ cn: 'Root', ca: true, key: root, notAfter: '2040-01-01T00:00:00Z' })
    const leaf = makeCertificate({ cn: 'leaf', issuer: root, notAfter: '2026-07-01T00:00:00Z' })
    const late = { leaf, between: [root], anchors: [renewed], at: '2026-08-01T00:00:00Z' }
    expect(answer(late)).toMatchObject({ path: prints(leaf, renewed), codes: ['expired'] })
  })

  test('ends where the issuer is not at hand, and says which', () => {
    expect(answer({ between: [] })).toMatchObject({
      path: prints(web),
      isAnchored: false,
      codes: ['incomplete'],
      messages: ['its issuer is not at hand: CN=Issuing,O=Example'],
    })
  })

  test('that goes in a circle is not said to lack an issuer', () => {
    const [west, east] = [
      makeCertificate({ cn: 'West', ca: true }),
      makeCertificate({ cn: 'East', ca: true }),
    ]
    const between = [
      makeCertificate({ cn: 'West', ca: true, key: west, issuer: east }),
      makeCertificate({ cn: 'East', ca: true, key: east, issuer: west }),
    ]
    expect(answer({ leaf: makeCertificate({ cn: 'leaf', issuer: west }), between })).toMatchObject({
      codes: ['incomplete'],
      messages: ['its issuer leads to no trust anchor: CN=West,O=Example'],
    })
  })

  test('does not believe a root because it lies there', () => {
    const other = makeCertificate({ cn: 'Other', ca: true })
    expect(answer({ between: [issuing, root], anchors: [other] })).toMatchObject({
      path: prints(web, issuing, root),
      codes: ['untrusted'],
      about: ['CN=Root,O=Example'],
    })
  })

  test('of one certificate is enough where that itself is believed', () => {
    expect(answer({ between: [], anchors: [web] })).toMatchObject({ path: prints(web), codes: [] })
  })

  test('goes around an issuer that expired when another one has its key', () => {
    const expired = makeCertificate({
      cn: 'Issuing',
      ca: true,
      issuer: root,
      key: issuing,
      notAfter: '2026-02-01T00:00:00Z',
    })
    expect(answer({ between: [expired, issuing] }).path).toEqual(prints(web, issuing, root))
    expect(answer({ between: [expired] })).toMatchObject({
      codes: ['expired'],
      about: ['CN=Issuing,O=Example'],
    })
  })

  test('is found through authorities that signed each other', () => {
    const [left, right] = [makeKey(), makeKey()]
    const ofRoot = makeCertificate({ cn: 'A', ca: true, key: left, issuer: root })
    const ofB = makeCertificate({ cn: 'A', ca: true, key: left, issuer: { ...root, ...right, cn: 'B' } })
    const ofA = makeCertificate({ cn: 'B', ca: true, key: right, issuer: ofRoot })
    const leaf = makeCertificate({ cn: 'leaf', issuer: ofA })
    expect(answer({ leaf, between: [ofB, ofA, ofRoot] }).path).toEqual(prints(leaf, ofA, ofRoot, root))
    expect(answer({ leaf, between: [ofB, ofA] })).toMatchObject({ isAnchored: false })
  })

  test('holds from the first second to the last one of each certificate', () => {
    expect(answer({ at: '2026-01-01T00:00:00Z' }).codes).toEqual([])
    expect(answer({ at: '2027-01-01T00:00:00Z' }).codes).toEqual([])
    expect(new Set(answer({ at: '2027-01-01T00:00:01Z' }).codes)).toEqual(new Set(['expired']))
    expect(new Set(answer({ at: '2025-12-31T23:59:59Z' }).codes)).toEqual(new Set(['not-yet-valid']))
  })

  test('does not lead through a certificate that is no authority', () => {
    const shop = makeCertificate({ cn: 'Shop', issuer: root })
    const leaf = makeCertificate({ cn: 'bank', issuer: shop })
    expect(answer({ leaf, between: [shop] })).toMatchObject({
      codes: ['not-an-authority'],
      about: ['CN=Shop,O=Example'],
    })
  })

  test('does not lead over a signature that somebody else made', () => {
    const forged = makeCertificate({ cn: 'web', issuer: { ...issuing, ...makeKey() } })
    expect(answer({ leaf: forged })).toMatchObject({ path: prints(forged), codes: ['signature'] })
  })
})

test('a certificate that signs code has to say so, one of a server need not', () => {
  expect(answer({ purpose: 'server' }).codes).toEqual([])
  expect(answer({ purpose: 'code-signing' }).codes).toEqual(['purpose'])
})

test('what else speaks against a path makes the search go on', () => {
  const twin = makeCertificate({ cn: 'Issuing', ca: true, issuer: root, key: issuing })
  const { path } = findPath({
    leaf: pathMember(web.der),
    around: surroundings(
      [twin, issuing].map(({ der }) => pathMember(der)),
      [pathMember(root.der)],
    ),
    at: new Date('2026-06-01T00:00:00Z'),
    more: (members) =>
      members
        .filter(({ facts }) => facts.fingerprint === twin.fingerprint)
        .map((member) => faultOf(member, 'revoked', 'it was revoked')),
  })
  expect(path.map(({ facts }) => facts.fingerprint)).toEqual(prints(web, issuing, root))
})
