import { describe, expect, test } from 'vitest'
import { constraintViolations } from '../../src/path/name-constraints.ts'
import { requireOneValue } from '../../src/asn1/gate.ts'
import { readName } from '../../src/x509/name.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { parseConstraintName, parseGeneralName } from '../../src/x509/general-name-text.ts'
import { readGeneralName } from '../../src/x509/general-name.ts'
import { assembleSigned, writeTbsCertificate } from '../../src/x509/write-certificate.ts'
import * as write from '../../src/x509/write-extensions.ts'
import { makeRoot, NOW, pemFile, signerOf } from '../authority/material.ts'
import { requireOracle, runOracle } from '../support/oracles.ts'

const subtree = (text: string) => readGeneralName(requireOneValue(parseConstraintName(text), 'base'), true)

/** [constraint, name, whether the name lies within]; RFC 5280 section 4.2.1.10. */
const CASES: readonly (readonly [base: string, name: string, within: boolean])[] = [
  ['dns:host.example', 'dns:host.example', true],
  ['dns:host.example', 'dns:WWW.Host.Example', true],
  ['dns:host.example', 'dns:myhost.example', false],
  ['dns:host.example', 'dns:example', false],
  ['ip:192.0.2.0/24', 'ip:192.0.2.255', true],
  ['ip:192.0.2.0/24', 'ip:192.0.3.0', false],
  ['ip:192.0.2.0/24', 'ip:2001:db8::1', false],
  ['ip:2001:db8::/33', 'ip:2001:db8:7fff::1', true],
  ['ip:2001:db8::/33', 'ip:2001:db8:8000::1', false],
  ['ip:10.1.2.3/32', 'ip:10.1.2.3', true],
  ['email:host.example', 'email:a@host.example', true],
  ['email:host.example', 'email:a@sub.host.example', false],
  ['email:.host.example', 'email:a@sub.host.example', true],
  ['email:.host.example', 'email:a@host.example', false],
  ['email:a@host.example', 'email:a@HOST.example', true],
  ['email:a@host.example', 'email:b@host.example', false],
  ['uri:host.example', 'uri:https://host.example:8443/p', true],
  ['uri:host.example', 'uri:https://sub.host.example/', false],
  ['uri:.host.example', 'uri:https://sub.host.example/', true],
  ['uri:.host.example', 'uri:https://host.example/', false],
  ['dirName:O=Example,C=DE', 'dirName:CN=w,O=Example,C=DE', true],
  ['dirName:O=Example,C=DE', 'dirName:CN=w,O=Other,C=DE', false],
  ['dirName:O=Example,C=DE', 'dirName:C=DE', false],
]

const names = (text: string) => ({
  subject: [],
  alternativeNames: [readGeneralName(requireOneValue(parseGeneralName(text), 'name'))],
})

describe('name constraints', () => {
  test.each(CASES)('when %s is permitted, %s lies within: %s', (base, name, within) => {
    const permitted = { permittedSubtrees: [subtree(base)], excludedSubtrees: null }
    const type = base.split(':')[0]
    const other = name.split(':')[0] !== type
    expect(constraintViolations(permitted, names(name)).length === 0).toBe(within || other)
    const excluded = { permittedSubtrees: null, excludedSubtrees: [subtree(base)] }
    expect(constraintViolations(excluded, names(name)).length > 0).toBe(within)
  })

  test.for(CASES)(
    'when %s is permitted, OpenSSL says the same of %s: %s',
    async ([base, name, within], context) => {
      const openssl = requireOracle(context, 'openssl')
      const verdict = await opensslVerdict(openssl, base, name)
      expect(verdict.status === 0, verdict.text).toBe(within)
    },
  )

  test('when an excluded host is covered by a wildcard, the wildcard is refused', () => {
    const constraints = { permittedSubtrees: null, excludedSubtrees: [subtree('dns:secret.example.com')] }
    expect(constraintViolations(constraints, names('dns:*.example.com'))).toHaveLength(1)
    expect(constraintViolations(constraints, names('dns:*.other.com'))).toEqual([])
  })

  test.each([
    ['dns', 'evil.example', 'www.evil.example.'],
    ['email', 'evil.example', 'a@evil.example.'],
    ['email', '.evil.example', 'a@www.evil.example.'],
    ['uri', 'evil.example', 'https://evil.example./p'],
  ] as const)('when the %s %s is excluded then %s, with the dot of the root behind it, is too', (...of) => {
    const [type, base, value] = of
    const excludedSubtrees = [subtree(`${type}:${base}`)]
    const constraints = { permittedSubtrees: null, excludedSubtrees }
    const found = constraintViolations(constraints, { subject: [], alternativeNames: [{ type, value }] })
    expect(found).toEqual([expect.stringMatching(/is excluded by/)])
  })

  test('when the subject has a mail address and no alternative one, it counts', () => {
    const constraints = { permittedSubtrees: [subtree('email:good.example')], excludedSubtrees: null }
    const subject = readName(requireOneValue(parseNameText('emailAddress=a@bad.example,CN=a'), 'name'))
    expect(constraintViolations(constraints, { subject, alternativeNames: [] })).toEqual([
      'email:a@bad.example is outside email:good.example',
    ])
  })

  test('when a URI has no host name, constraints on URIs refuse it', () => {
    const constraints = { permittedSubtrees: [subtree('uri:.example')], excludedSubtrees: null }
    for (const uri of ['uri:urn:a:b', 'uri:https://192.0.2.1/', 'uri:https://[2001:db8::1]/'])
      expect(constraintViolations(constraints, names(uri))).toHaveLength(1)
  })

  test('when names of a type are constrained that cannot be compared, each is refused', () => {
    const constraints = { permittedSubtrees: null, excludedSubtrees: [subtree('rid:1.2.3')] }
    expect(constraintViolations(constraints, names('rid:1.2.4'))).toHaveLength(1)
  })

  test('when directory names differ in case, spaces and string type only, they are the same', () => {
    const constraints = {
      permittedSubtrees: [subtree('dirName:O=The  Example,C=DE')],
      excludedSubtrees: null,
    }
    expect(constraintViolations(constraints, names('dirName:CN=w,O=the example,C=de'))).toEqual([])
  })
})

/** What OpenSSL says of a certificate with this name below a root that permits this base. */
async function opensslVerdict(openssl: string, base: string, name: string) {
  const root = await makeRoot({ nameConstraints: { permitted: [parseConstraintName(base)] } })
  const signer = await signerOf('ec-p256')
  const tbs = writeTbsCertificate({
    serialNumber: '1234',
    algorithm: root.signer.algorithm,
    issuer: root.open.subjectDer,
    notBefore: NOW,
    notAfter: new Date('2026-06-01T00:00:00Z'),
    subject: parseNameText(''),
    spki: signer.spki,
    extensions: [
      write.subjectAltName([parseGeneralName(name)], true),
      write.subjectKeyIdentifier(write.keyIdentifier(signer.spki)),
      write.authorityKeyIdentifier(root.open.keyIdentifier),
    ],
  })
  const der = assembleSigned(tbs, root.signer.algorithm, root.signer.sign(tbs))
  const at = ['-attime', String(NOW.getTime() / 1000)]
  return runOracle(openssl, ['verify', ...at, '-CAfile', pemFile([root.der]), pemFile([der])])
}
