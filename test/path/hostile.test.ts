import { describe, expect, test } from 'vitest'
import { requireOneValue } from '../../src/asn1/gate.ts'
import * as der from '../../src/asn1/writer.ts'
import { matchesHost } from '../../src/crypto/host-name.ts'
import { rdnsOfText } from '../../src/path/compare-names.ts'
import { findPath } from '../../src/path/find-path.ts'
import { PathBudget } from '../../src/path/path-budget.ts'
import { surroundings } from '../../src/path/surroundings.ts'
import { pathFaults } from '../../src/path/judge-path.ts'
import { forgeryOf } from '../../src/path/judge-certificate.ts'
import { constraintViolations } from '../../src/path/name-constraints.ts'
import { pathMember } from '../../src/path/path-member.ts'
import { parseConstraintName } from '../../src/x509/general-name-text.ts'
import { readGeneralName } from '../../src/x509/general-name.ts'
import { extension } from '../../src/x509/write-extensions.ts'
import { makeCertificate, makeKey, type TestCertificate } from '../support/make-certificates.ts'

const root = makeCertificate({ cn: 'Root', ca: true })
const CA = extension('2.5.29.19', true, der.sequence(der.boolean(true)))
const NULL = der.nullValue()

/** What speaks against a server below this certificate, which stands below the root or is believed itself. */
function codesBelow(authority: TestCertificate, anchor = root): readonly string[] {
  const leaf = pathMember(makeCertificate({ cn: 'leaf', issuer: authority, dns: ['www.example.com'] }).der)
  const around = surroundings([pathMember(authority.der)], [pathMember(anchor.der)])
  return findPath({ leaf, around, at: new Date('2026-06-01T00:00:00Z') }).faults.map(({ code }) => code)
}

const constrained = (...lists: readonly Uint8Array[]): TestCertificate =>
  makeCertificate({
    cn: 'Constrained',
    ca: true,
    issuer: root,
    extensions: [extension('2.5.29.30', true, der.sequence(...lists))],
  })
const subtree = (...depth: readonly Uint8Array[]): Uint8Array =>
  der.sequence(parseConstraintName('dns:example.com'), ...depth)

describe('an authority is not believed', () => {
  test.each([
    ['version 1, which has no way to say that it is one', { version: 1 }, 'not-an-authority'],
    ['version 2, which has none either', { version: 2 }, 'not-an-authority'],
    ['extensions in version 1', { version: 1, extensions: [CA] }, 'malformed'],
    ['version 4, which there is not', { version: 4, ca: true }, 'malformed'],
    [
      'an unknown extension twice',
      { ca: true, extensions: [extension('1.2.3', false, NULL), extension('1.2.3', false, NULL)] },
      'malformed',
    ],
  ] as const)('with %s', (_what, wanted, code) => {
    expect(codesBelow(makeCertificate({ cn: 'Odd', issuer: root, ...wanted }))).toEqual([code])
  })

  test.each([
    ['nothing in them', constrained(), 'malformed'],
    ['an empty list', constrained(der.implicit(0, new Uint8Array(), true)), 'malformed'],
    [
      'a minimum',
      constrained(der.implicit(0, subtree(der.implicit(0, new Uint8Array([1]))), true)),
      'name-constraints',
    ],
    [
      'a maximum',
      constrained(der.implicit(0, subtree(der.implicit(1, new Uint8Array([5]))), true)),
      'name-constraints',
    ],
  ])('with name constraints that have %s', (_what, authority, code) => {
    expect(codesBelow(authority)).toEqual([code])
  })
})

test('a labyrinth of authorities that signed each other hides no way out of it; without one the search is cut', () => {
  const halls = Array.from({ length: 8 }, (_, i) => makeCertificate({ cn: `Hall ${i}`, ca: true }))
  const doors = halls.flatMap((to) =>
    halls
      .filter((from) => from !== to)
      .map((from) =>
        makeCertificate({ cn: to.cn, ca: true, key: to, issuer: from, notAfter: '2028-01-01T00:00:00Z' }),
      ),
  )
  const exit = makeCertificate({ cn: 'Hall 0', ca: true, key: halls[0]!, issuer: root })
  const leaf = pathMember(makeCertificate({ cn: 'leaf', issuer: halls[0]! }).der)
  const codesAmong = (issuers: readonly TestCertificate[]): readonly string[] => {
    const intermediates = issuers.map((each) => pathMember(each.der))
    const around = surroundings(intermediates, [pathMember(root.der)])
    const { faults } = findPath({ leaf, around, at: new Date('2026-06-01T00:00:00Z') })
    return faults.map(({ code }) => code)
  }
  expect(codesAmong([...doors, exit])).toEqual([])
  expect(codesAmong(doors)).toContain('unfinished')
})

describe('searches that share a budget', () => {
  const at = new Date('2026-06-01T00:00:00Z')
  const anchors = [pathMember(root.der)]

  test('go through one labyrinth once, and find the honest paths beside it nevertheless', () => {
    const names = Array.from({ length: 8 }, (_, i) => ({ ...root, ...makeKey(), cn: `Hall ${i}` }))
    const doors = names.flatMap((to) =>
      names
        .filter((from) => from !== to)
        .map((issuer) => makeCertificate({ cn: to.cn, ca: true, key: to, issuer })),
    )
    const issuing = makeCertificate({ cn: 'Issuing', ca: true, issuer: root })
    const around = surroundings(
      [...doors, issuing].map(({ der }) => pathMember(der)),
      anchors,
    )
    const budget = new PathBudget()
    const lost = names.map((issuer) => pathMember(makeCertificate({ cn: 'lost', issuer }).der))
    const steps = lost.map((leaf) => {
      const { faults } = findPath({ leaf, around, at, budget })
      return Number(/ended after (\d+) steps/.exec(faults.at(-1)!.message)![1])
    })
    expect(steps.reduce((a, b) => a + b)).toBeLessThan(1200)
    const honest = pathMember(makeCertificate({ cn: 'honest', issuer: issuing }).der)
    expect(findPath({ leaf: honest, around, at, budget }).faults).toEqual([])
  })

  test('do not put a crowd of one name in order again and again', () => {
    const issuer = { ...root, ...makeKey(), cn: 'Crowd' }
    const one = pathMember(makeCertificate({ cn: 'Crowd', ca: true, issuer: root }).der)
    const crowd = Array.from({ length: 2000 }, (_, i) => ({
      der: one.der,
      extensions: one.extensions,
      facts: { ...one.facts, fingerprint: `${i}` },
    }))
    const leaf = pathMember(makeCertificate({ cn: 'lost', issuer }).der)
    const around = surroundings(crowd, anchors)
    const budget = new PathBudget()
    const answer = (): string => findPath({ leaf, around, at, budget }).faults.at(-1)!.message
    expect(answer()).toContain('ended after 980 steps')
    expect(answer()).toContain('ended after 0 steps')
  })

  test('compare no more names with name constraints in all paths together than in one', () => {
    const bases = Array.from({ length: 300 }, (_, i) =>
      der.sequence(parseConstraintName(`dns:d${i}.example`)),
    )
    const constraints = extension(
      '2.5.29.30',
      true,
      der.sequence(der.implicit(1, Buffer.concat(bases), true)),
    )
    const dns = Array.from({ length: 300 }, (_, i) => `h${i}.example`)
    const keys = Array.from({ length: 4 }, (_, i) => ({ ...root, ...makeKey(), cn: `Layer ${i}` }))
    // each layer twice, so that there are sixteen ways, and expired, so that all are tried
    const layers = keys.flatMap((key, i) => {
      const wanted = {
        cn: key.cn,
        ca: true,
        key,
        dns,
        issuer: keys[i + 1] ?? root,
        extensions: [constraints],
      }
      const twin = (): TestCertificate => makeCertificate({ ...wanted, notAfter: '2026-02-01T00:00:00Z' })
      return [twin(), twin()]
    })
    const leaf = pathMember(makeCertificate({ cn: 'leaf', issuer: keys[0]!, dns }).der)
    const around = surroundings(
      layers.map(({ der }) => pathMember(der)),
      anchors,
    )
    const budget = new PathBudget()
    expect(findPath({ leaf, around, at, budget }).faults.map(({ code }) => code)).toContain('expired')
    expect(budget.share().spend('comparisons', 1 << 18)).toBe(false)
  })
})

test('an EC key whose curve is inherited from its issuer is not believed', () => {
  // implicitCurve must not be used (RFC 5480 section 2.1.1)
  const key = makeKey()
  const point = key.spki.subarray(-65)
  const inherited = der.sequence(der.sequence(der.oid('1.2.840.10045.2.1'), NULL), der.bitString(point))
  const leaf = makeCertificate({ cn: 'leaf', issuer: root, key: { ...key, spki: inherited } })
  const around = surroundings([], [pathMember(root.der)])
  const { faults } = findPath({ leaf: pathMember(leaf.der), around, at: new Date('2026-06-01T00:00:00Z') })
  expect(faults.map(({ code }) => code)).toEqual(['weak'])
})

test('a root of version 1 is believed by whoever names it', () => {
  const old = makeCertificate({ cn: 'Old', version: 1 })
  expect(codesBelow(old, old)).toEqual([])
})

test('the digest of RSASSA-PSS stands in its parameters, and SHA-1 is the default', () => {
  const forgery = (...parameters: readonly Uint8Array[]): string | undefined => {
    const signatureAlgorithm = der.sequence(der.oid('1.2.840.113549.1.1.10'), ...parameters)
    return forgeryOf('rsassaPss', { signatureAlgorithm, signature: new Uint8Array() })
  }
  const sha256 = der.explicit(0, der.sequence(der.oid('2.16.840.1.101.3.4.2.1')))
  expect(forgery(der.sequence())).toContain('with sha1')
  expect(forgery(der.sequence(sha256))).toBeUndefined()
})

test.each([
  ['a hundred thousand spaces inside', `CN=a${' '.repeat(100_000)}b`],
  ['a hundred thousand backslashes inside', `CN=a${'\\'.repeat(100_000)}b `],
  ['more parts than a call has arguments', Array.from({ length: 150_000 }, () => 'L=x').join(',')],
])('a name with %s is read at once', (_what, text) => {
  expect(rdnsOfText(text)?.flat().length).toBe(text.split(',').length)
})

test('too many names for so many name constraints are not compared, wherever the names stand', () => {
  const issuer = constrained(
    der.constructed(
      0xa1,
      Array.from({ length: 1_000 }, (_, i) => der.sequence(parseConstraintName(`email:h${i}.example`))),
    ),
  )
  const leaf = pathMember(makeCertificate({ cn: 'leaf', issuer }).der)
  const address = {
    type: 'emailAddress',
    oid: '1.2.840.113549.1.9.1',
    value: 'me@example.com',
    encoding: 'ia5',
  }
  const facts = { ...leaf.facts, subjectAttributes: [Array.from({ length: 1_100 }, () => address)] }
  const path = [{ ...leaf, facts }, pathMember(issuer.der)]
  const messages = pathFaults(path, false, { at: new Date('2026-06-01T00:00:00Z') }).map(
    (each) => each.message,
  )
  expect(messages).toContain('it has too many names for so many name constraints')
})

describe('name constraints', () => {
  const violations = (kind: 'permittedSubtrees' | 'excludedSubtrees', base: string, name: object): number => {
    const bases = [readGeneralName(requireOneValue(parseConstraintName(base), 'base'), true)]
    const constraints = { permittedSubtrees: null, excludedSubtrees: null, [kind]: bases }
    return constraintViolations(constraints, { subject: [], alternativeNames: [name as never] }).length
  }
  const MAILBOX = '1.3.6.1.5.5.7.8.9'

  test.each([
    [
      'a mailbox that is not ASCII',
      'email:example.com',
      { type: 'otherName', oid: MAILBOX, value: 'ä@evil.com' },
    ],
    ['a mailbox without a host', 'email:example.com', { type: 'email', value: 'example.com' }],
    ['a mailbox with two hosts', 'email:evil.com', { type: 'email', value: 'a@good.com@evil.com' }],
    ['a URI without //', 'uri:example.com', { type: 'uri', value: 'https:example.com' }],
    ['a URI without a host', 'uri:example.com', { type: 'uri', value: 'https:///example.com' }],
    ['a URI with a backslash', 'uri:good.com', { type: 'uri', value: 'https://good.com\\@evil.com/' }],
    ['a name with an empty attribute', 'dirName:O=A', { type: 'directoryName', value: 'CN=w,O=' }],
  ])('are not got around by %s', (_what, base, name) => {
    expect(violations('permittedSubtrees', base, name)).toBe(1)
  })

  test.each([
    [
      'a mailbox that is not ASCII',
      'email:evil.com',
      { type: 'otherName', oid: MAILBOX, value: 'ä@evil.com' },
    ],
    ['characters that are not seen', 'dirName:O=Evil', { type: 'directoryName', value: 'CN=w,O=Ev\u00adil' }],
  ])('exclude %s', (_what, base, name) => {
    expect(violations('excludedSubtrees', base, name)).toBe(1)
  })

  test('that are many are counted where a sentence has no room for all of them', () => {
    const permittedSubtrees = Array.from(
      { length: 12 },
      (_, i) => ({ type: 'dns', value: `h${i}.example` }) as const,
    )
    const names = { subject: [], alternativeNames: [{ type: 'dns', value: 'evil.com' } as const] }
    const [said, ...others] = constraintViolations({ permittedSubtrees, excludedSubtrees: null }, names)
    expect(others).toEqual([])
    expect(said).toMatch(/^dns:evil\.com is outside dns:h0\.example, .*dns:h9\.example and 2 more$/)
  })

  test('take one attribute that looks like two for one', () => {
    const name = { type: 'directoryName', value: 'CN=w,O=a\\+2.5.4.3\\=b' }
    expect(violations('excludedSubtrees', 'dirName:O=a+CN=b', name)).toBe(0)
  })
})

test.each(['permittedSubtrees', 'excludedSubtrees'])(
  '%s with a mask that has holes let no address pass',
  (kind) => {
    const base = { type: 'ip', value: '10.0.0.0/255.0.255.0' } as const
    const constraints = { permittedSubtrees: null, excludedSubtrees: null, [kind]: [base] }
    const alternativeNames = ['10.9.0.3', '10.9.1.3'].map((value) => ({ type: 'ip', value }) as const)
    expect(constraintViolations(constraints, { subject: [], alternativeNames })).toHaveLength(2)
  },
)

test.each([
  ['.example.com', false],
  ['.www.example.com', false],
  ['www.example.com.', true],
  ['bücher.example.com', true],
  ['[2001:db8::1]', false],
  ['[192.0.2.1]', true],
])('whether a certificate is for %s: %s', (host, expected) => {
  const dns = ['www.example.com', 'xn--bcher-kva.example.com']
  expect(matchesHost(makeCertificate({ cn: 'web', dns, ip: ['192.0.2.1'] }).der, host)).toBe(expected)
})
