import { describe, expect, test } from 'vitest'
import { matchesHost } from '../../src/crypto/host-name.ts'
import { findPath } from '../../src/path/find-path.ts'
import { surroundings } from '../../src/path/surroundings.ts'
import { pathMember, type PathMember } from '../../src/path/path-member.ts'
import { faultOf, type PathFault } from '../../src/path/path-fault.ts'
import type { Purpose } from '../../src/path/purposes.ts'
import { CrlShelf } from '../../src/path/revocation.ts'
import { corpus, NO_CORPORA } from '../support/corpora.ts'

/** One case of the corpora, with the field names of x509-limbo. */
interface ChainCase {
  readonly id: string
  readonly trusted_certs: readonly string[]
  readonly untrusted_intermediates: readonly string[]
  readonly peer_certificate: string
  readonly validation_time: string | null
  readonly expected_result: 'SUCCESS' | 'FAILURE'
  readonly expected_peer_name: { readonly value: string } | null
  readonly crls: readonly string[]
  readonly opts: { readonly purpose: string }
}

const SUITES = [
  'pkits',
  'limbo',
  'openssl-verify',
  'chromium-chain',
  'bettertls-nameconstraints',
  'bettertls-pathbuilding',
]

/** Cases that are judged otherwise here on purpose, by their reason. One that is judged as expected must leave. */
const OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  'a policy that stands there twice counts once': ['openssl::191::Bad-certificate-policy'],
  'who else may sign CRLs is not looked for in this test': [
    'pkits::4.5.6::Section5ValidBasicSelfIssuedCRLSigningKeyTest6',
  ],
  'a rule for those who issue, no reason to disbelieve': [
    'rfc5280::aki::intermediate-missing-aki',
    'webpki::aki::root-with-aki-missing-keyidentifier',
    'webpki::aki::root-with-aki-authoritycertserialnumber',
    'webpki::cn::ipv6-uppercase-mismatch',
    'webpki::eku::root-has-eku',
    'webpki::san::public-suffix-private-namespace-wildcard-san',
  ],
  'RFC 5280 section 4.2.1.10: the mail address of a subject counts where there is no rfc822Name': [
    'openssl::157::Name-Constraints-email-address-not-permitted',
    'openssl::158::Name-Constraints-subject-email-address-not-permitted',
  ],
  'a common name is no host name': ['openssl::160::Name-Constraints-CN-hostname-not-permitted'],
  'there are no proxy certificates and no security levels': [
    'openssl::112::accept-proxy-cert-2',
    'openssl::118::reject-RSA-2048-root-at-auth-level-3',
    'openssl::121::accept-RSA-768-intermediate-at-auth-level-0',
  ],
  'any purpose holds this one, and C2PA is not known': [
    'chromium::intermediate-eku-any-and-clientauth::serverauth-strict',
    'chromium::intermediate-eku-c2patimestamping::c2pamanifest',
  ],
  'a trust anchor has to be an authority, and for the purpose': [
    'chromium::root-basic-constraints-ca-false::main',
    'chromium::root-lacks-basic-constraints::main',
    'chromium::root-lacks-basic-constraints::ta-with-constraints',
    'chromium::root-lacks-basic-constraints::ta-with-require-basic-constraints',
    'chromium::root-eku-clientauth::serverauth-strict',
    'chromium::root-eku-clientauth::serverauth-ta-with-expiration',
    'chromium::root-eku-clientauth::serverauth',
  ],
  'who names a certificate as trusted believes it itself': [
    'chromium::target-only::trusted_anchor',
    'chromium::target-only::trusted_leaf_require_self_signed',
    'chromium::target-selfissued::trusted_anchor',
    'chromium::target-selfissued::trusted_leaf_require_self_signed',
  ],
}

const PURPOSES: Readonly<Record<string, Purpose>> = {
  server: 'server',
  client: 'client',
  timestamp: 'time-stamping',
  code: 'code-signing',
}

const found = corpus()

const readPem = (pem: string): Uint8Array =>
  new Uint8Array(Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64'))

const members = (pems: readonly string[]): readonly PathMember[] =>
  pems.map((pem) => pathMember(readPem(pem)))

/** What speaks against the certificate of a case; where it has CRLs, each certificate must be in none of them. */
function faultsOf(one: ChainCase): readonly PathFault[] {
  const at = new Date(one.validation_time ?? '2026-06-01T00:00:00Z')
  const purpose = PURPOSES[one.opts.purpose]
  const leaf = pathMember(readPem(one.peer_certificate))
  const shelf = new CrlShelf(one.crls.map(readPem))
  const revocations = (path: readonly PathMember[]): readonly PathFault[] =>
    path.slice(0, -1).flatMap((member, index) => {
      const { status, why } = shelf.statusOf({ member, issuer: path[index + 1]!, at })
      return status === 'good' ? [] : [faultOf(member, 'revoked', why)]
    })
  const { faults } = findPath({
    leaf,
    around: surroundings(members(one.untrusted_intermediates), members(one.trusted_certs)),
    at,
    ...(purpose && { purpose }),
    ...(one.crls.length > 0 && { more: revocations }),
  })
  const name = one.expected_peer_name?.value
  const isNamed = name === undefined || matchesHost(leaf.der, name)
  return isNamed ? faults : [...faults, faultOf(leaf, 'name', `it is not for ${name}`)]
}

describe.skipIf(!found)(`chains that others judged (${NO_CORPORA})`, () => {
  const otherwise = new Set(Object.values(OTHERWISE).flat())
  const seen = new Set<string>()

  test.each(SUITES)('%s: the verdict is theirs, but for the exceptions', (suite) => {
    const text = Buffer.from(found!.read(`verify/${suite}.jsonl`)).toString()
    const cases = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ChainCase)
    for (const one of cases) seen.add(one.id)
    const wrong = cases.flatMap((one) => {
      const faults = faultsOf(one)
      const isAsExpected = (faults.length === 0) === (one.expected_result === 'SUCCESS')
      return isAsExpected === otherwise.has(one.id) ? [{ id: one.id, faults }] : []
    })
    expect(wrong).toEqual([])
  })

  test('every exception is about a case that there is', () => {
    expect([...otherwise].filter((id) => !seen.has(id))).toEqual([])
  })
})
