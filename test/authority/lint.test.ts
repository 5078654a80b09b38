import { describe, expect, test } from 'vitest'
import { LINT_RULES, lintTbs } from '../../src/authority/lint/lint.ts'
import { TAG } from '../../src/asn1/reader.ts'
import * as der from '../../src/asn1/writer.ts'
import { parseGeneralName } from '../../src/x509/general-name-text.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import * as write from '../../src/x509/write-extensions.ts'
import { signerOf } from './material.ts'

const p256 = (await signerOf('ec-p256')).spki
const rsa = (await signerOf('rsa-2048')).spki
const ed25519 = (await signerOf('ed25519')).spki

/** The parts of a TBSCertificate that a case replaces, each whole DER. */
interface Parts {
  version?: Uint8Array
  serial?: Uint8Array
  algorithm?: Uint8Array
  issuer?: Uint8Array
  notBefore?: Uint8Array
  notAfter?: Uint8Array
  subject?: Uint8Array
  spki?: Uint8Array
  uniqueId?: Uint8Array
  /** By name; `undefined` removes one. */
  ext?: Record<string, Uint8Array | undefined>
  /** Instead of all. */
  extensions?: readonly Uint8Array[]
}

const names = (...texts: string[]): Uint8Array => write.subjectAltName(texts.map(parseGeneralName))
const dns = (text: string): Uint8Array => write.subjectAltName([der.implicit(2, Buffer.from(text))])
const policy = (oid: string): Uint8Array => write.certificatePolicies([{ oid }])
const name = (tag: number, type: string, text: string): Uint8Array =>
  der.sequence(der.setOf([der.sequence(der.oid(type), der.tlv(tag, Buffer.from(text, 'latin1')))]))

const END_ENTITY: Record<string, Uint8Array | undefined> = {
  basic: write.basicConstraints({ ca: false }, true),
  usage: write.keyUsage(['digitalSignature']),
  purposes: write.extendedKeyUsage(['serverAuth']),
  ski: write.subjectKeyIdentifier(Uint8Array.of(1, 2, 3)),
  aki: write.authorityKeyIdentifier(Uint8Array.of(4, 5, 6)),
  san: names('dns:www.w.net'),
}
const AUTHORITY: Record<string, Uint8Array | undefined> = {
  ...END_ENTITY,
  basic: write.basicConstraints({ ca: true, pathLen: 0 }),
  usage: write.keyUsage(['keyCertSign', 'cRLSign']),
  purposes: undefined,
  san: undefined,
}

function tbsOf(parts: Parts): Uint8Array {
  const { ext = {} } = parts
  const extensions =
    parts.extensions ??
    Object.values({ ...END_ENTITY, ...ext }).filter((each): each is Uint8Array => each !== undefined)
  return der.sequence(
    parts.version ?? der.explicit(0, der.integer(2)),
    parts.serial ?? der.integer(0x1234_5678_9abc_def0_1234n),
    parts.algorithm ?? der.sequence(der.oid('1.2.840.10045.4.3.2')),
    parts.issuer ?? parseNameText('CN=R'),
    der.sequence(
      parts.notBefore ?? der.time(new Date('2026-04-01T00:00:00Z')),
      parts.notAfter ?? der.time(new Date('2026-06-01T00:00:00Z')),
    ),
    parts.subject ?? parseNameText('CN=www.w.net'),
    parts.spki ?? p256,
    ...(parts.uniqueId ? [parts.uniqueId] : []),
    ...(parts.version?.length === 0 ? [] : [der.explicit(3, der.sequence(...extensions))]),
  )
}

const authority = (parts: Parts): Parts => ({ ...parts, ext: { ...AUTHORITY, ...parts.ext } })
const utc = (text: string): Uint8Array => der.tlv(TAG.utcTime, Buffer.from(text))
const generalized = (text: string): Uint8Array => der.tlv(TAG.generalizedTime, Buffer.from(text))
const marker = write.extension('1.3.6.1.5.5.7.48.1.5', false, der.nullValue())
const constraints = (critical: boolean, value: Uint8Array): Uint8Array =>
  write.extension('2.5.29.30', critical, value)
const base = der.implicit(2, Buffer.from('w.net'))
const policyNotice = (text: string): Uint8Array =>
  write.extension(
    '2.5.29.32',
    false,
    der.sequence(
      der.sequence(
        der.oid('1.2.3.4'),
        der.sequence(der.sequence(der.oid('1.3.6.1.5.5.7.2.2'), der.sequence(der.utf8String(text)))),
      ),
    ),
  )

/** A failing example for each rule. */
const FAILING: Readonly<Record<string, readonly Parts[]>> = {
  'version-3': [{ version: der.explicit(0, der.integer(1)) }],
  'serial-positive': [{ serial: der.integer(-5) }, { serial: der.integer(0) }],
  'serial-length': [{ serial: der.integer(1n << 160n) }],
  'serial-minimal': [
    { serial: der.tlv(2, Uint8Array.of(0, 1)) },
    { serial: der.tlv(2, Uint8Array.of(0xff, 0x81)) },
  ],
  'signature-algorithm': [
    { algorithm: der.sequence(der.oid('1.2.840.113549.1.1.5'), der.nullValue()) },
    { algorithm: der.sequence(der.oid('1.2.840.113549.1.1.4'), der.nullValue()) },
    { algorithm: der.sequence(der.oid('1.2.840.10045.4.1')) },
  ],
  'issuer-present': [{ issuer: parseNameText('') }],
  'time-form': [
    { notBefore: generalized('20260401000000Z') },
    { notAfter: generalized('20500101000000.5Z') },
    { notBefore: utc('2604010000Z') },
    { notBefore: utc('260401000000+0000') },
  ],
  'validity-order': [{ notAfter: utc('260301000000Z') }],
  'unique-ids-absent': [{ uniqueId: der.implicit(1, Uint8Array.of(0, 1)) }],
  'subject-of-authority': [authority({ subject: parseNameText('') })],
  'subject-or-alternative-name': [
    { subject: parseNameText('') },
    { subject: parseNameText(''), ext: { san: undefined } },
  ],
  'extensions-present': [{ extensions: [] }],
  'extension-once': [{ ext: { again: write.keyUsage(['digitalSignature']) } }],
  'extension-form': [{ ext: { usage: write.extension('2.5.29.15', true, Uint8Array.of(4, 0)) } }],
  'extension-known': [{ ext: { other: write.extension('1.2.3.4', true, der.nullValue()) } }],
  'name-rdn': [{ subject: der.sequence(der.tlv(0x31, new Uint8Array())) }],
  'name-length': [
    { subject: parseNameText(`CN=${'x'.repeat(65)}`) },
    { subject: parseNameText(`O=${'x'.repeat(65)}`) },
    { subject: parseNameText(`L=${'x'.repeat(129)}`) },
  ],
  'name-empty-value': [{ subject: name(TAG.utf8String, '2.5.4.3', '') }],
  'name-country': [{ subject: name(TAG.printableString, '2.5.4.6', 'DEU') }],
  'name-string-type': [
    { subject: name(TAG.utf8String, '2.5.4.6', 'DE') },
    { subject: name(TAG.utf8String, '1.2.840.113549.1.9.1', 'a@b.c') },
  ],
  'name-characters': [{ subject: name(TAG.printableString, '2.5.4.3', 'a@b') }],
  'name-old-string-type': [{ subject: name(TAG.teletexString, '2.5.4.3', 'w') }],
  'name-white-space': [{ subject: name(TAG.utf8String, '2.5.4.3', ' w') }],
  'name-control-characters': [{ subject: name(TAG.utf8String, '2.5.4.3', 'a\nb') }],
  'key-known': [
    {
      spki: der.sequence(
        der.sequence(der.oid('1.2.840.113549.1.1.1'), der.nullValue()),
        der.bitString(Uint8Array.of(1)),
      ),
    },
  ],
  'key-curve': [
    {
      spki: der.sequence(
        der.sequence(der.oid('1.2.840.10045.2.1'), der.sequence()),
        der.bitString(Uint8Array.of(4)),
      ),
    },
  ],
  'key-parameters': [
    { spki: der.sequence(der.sequence(der.oid('1.2.840.113549.1.1.1')), der.bitString(Uint8Array.of(4))) },
  ],
  'key-size': [
    {
      spki: der.sequence(
        der.sequence(der.oid('1.2.840.113549.1.1.1'), der.nullValue()),
        der.bitString(der.sequence(der.integer((1n << 1023n) + 1n), der.integer(65_537))),
      ),
    },
  ],
  'subject-key-identifier': [authority({ ext: { ski: undefined } })],
  'subject-key-identifier-of-end-entity': [{ ext: { ski: undefined } }],
  'authority-key-identifier': [{ ext: { aki: undefined } }],
  'never-critical': [{ ext: { ski: write.extension('2.5.29.14', true, der.octetString(Uint8Array.of(1))) } }],
  'better-not-critical': [
    {
      ext: {
        crl: write.extension(
          '2.5.29.31',
          true,
          der.sequence(
            der.sequence(der.explicit(0, der.implicit(0, parseGeneralName('uri:http://a.net/c'), true))),
          ),
        ),
      },
    },
  ],
  'always-critical': [
    authority({ ext: { nc: constraints(false, der.sequence(der.implicit(0, der.sequence(base), true))) } }),
  ],
  'better-critical': [
    authority({
      ext: {
        map: write.extension(
          '2.5.29.33',
          false,
          der.sequence(der.sequence(der.oid('1.2.3'), der.oid('1.2.4'))),
        ),
      },
    }),
  ],
  'constraints-of-authorities': [
    { ext: { nc: constraints(true, der.sequence(der.implicit(0, der.sequence(base), true))) } },
  ],
  'name-constraints': [
    authority({ ext: { nc: constraints(true, der.sequence()) } }),
    authority({
      ext: {
        nc: constraints(
          true,
          der.sequence(der.implicit(0, der.sequence(base, der.implicit(1, Uint8Array.of(3))), true)),
        ),
      },
    }),
  ],
  'name-constraint-types': [
    authority({
      ext: {
        nc: write.nameConstraints({ permitted: [parseGeneralName('directoryName:O=W')] }),
      },
    }),
  ],
  'policies-once': [
    {
      ext: {
        policies: write.extension(
          '2.5.29.32',
          false,
          der.sequence(der.sequence(der.oid('1.2.3')), der.sequence(der.oid('1.2.3'))),
        ),
      },
    },
  ],
  'policy-notice': [{ ext: { policies: policyNotice('x'.repeat(201)) } }],
  'distribution-points': [
    {
      ext: {
        crl: write.extension(
          '2.5.29.31',
          false,
          der.sequence(der.sequence(der.implicit(1, Uint8Array.of(6, 0x40)))),
        ),
      },
    },
  ],
  'distribution-url': [
    { ext: { crl: write.cRLDistributionPoints([parseGeneralName('uri:ftp://a.net/c')]) } },
  ],
  'access-descriptions': [{ ext: { aia: write.extension('1.3.6.1.5.5.7.1.1', false, der.sequence()) } }],
  'dns-name': [
    '',
    ' ',
    'a b.net',
    'w.net.',
    '-a.net',
    'w*.net',
    'a..net',
    `${'x'.repeat(64)}.net`,
    `${'x.'.repeat(127)}net`,
  ].map((text) => ({ ext: { san: dns(text) } })),
  'dns-underscore': [{ ext: { san: dns('_dmarc.w.net') } }],
  'email-name': ['nobody', 'a b@w.net', '@w.net', 'a@', 'A <a@w.net>', 'a..b@w.net'].map((text) => ({
    ext: { san: write.subjectAltName([der.implicit(1, Buffer.from(text))]) },
  })),
  'uri-name': ['/path', 'https:', 'http://a b/', 'http://[zz]/', 'https:///x', 'HTTP://:80/'].map((text) => ({
    ext: { san: write.subjectAltName([der.implicit(6, Buffer.from(text))]) },
  })),
  'alternative-name-once': [{ ext: { san: names('dns:a.net', 'dns:a.net') } }],
  'authority-constraints-critical': [
    authority({ ext: { basic: write.basicConstraints({ ca: true }, false) } }),
  ],
  'path-length': [{ ext: { basic: write.extension('2.5.29.19', true, der.sequence(der.integer(1))) } }],
  'authority-key-usage': [
    authority({ ext: { usage: write.keyUsage(['digitalSignature']) } }),
    authority({ ext: { usage: undefined } }),
  ],
  'certificate-signer': [{ ext: { usage: write.keyUsage(['digitalSignature', 'keyCertSign']) } }],
  'key-usage-not-empty': [{ ext: { usage: write.extension('2.5.29.15', true, Uint8Array.of(3, 1, 0)) } }],
  'key-agreement-limits': [{ ext: { usage: write.keyUsage(['digitalSignature', 'encipherOnly']) } }],
  'key-usage-critical': [{ ext: { usage: write.keyUsage(['digitalSignature'], false) } }],
  'key-usage-of-rsa': [{ spki: rsa, ext: { usage: write.keyUsage(['digitalSignature', 'keyAgreement']) } }],
  'key-usage-of-rsa-pss': [
    {
      spki: der.sequence(der.sequence(der.oid('1.2.840.113549.1.1.10')), der.bitString(Uint8Array.of(0))),
      ext: { usage: write.keyUsage(['keyEncipherment']) },
    },
  ],
  'key-usage-of-ec': [{ ext: { usage: write.keyUsage(['digitalSignature', 'keyEncipherment']) } }],
  'key-usage-of-ed25519': [{ spki: ed25519, ext: { usage: write.keyUsage(['keyAgreement']) } }],
  'key-usage-of-ed448': [
    {
      spki: der.sequence(der.sequence(der.oid('1.3.101.113')), der.bitString(Uint8Array.of(0))),
      ext: { usage: write.keyUsage(['keyAgreement']) },
    },
  ],
  'key-usage-of-x25519': [
    { spki: der.sequence(der.sequence(der.oid('1.3.101.110')), der.bitString(Uint8Array.of(0))) },
  ],
  'key-usage-of-x448': [
    { spki: der.sequence(der.sequence(der.oid('1.3.101.111')), der.bitString(Uint8Array.of(0))) },
  ],
  'purpose-and-usage': [
    { ext: { usage: write.keyUsage(['keyAgreement']), purposes: write.extendedKeyUsage(['codeSigning']) } },
  ],
  'any-purpose-critical': [{ ext: { purposes: write.extendedKeyUsage(['anyExtendedKeyUsage'], true) } }],
  'time-stamping-alone': [
    { ext: { purposes: write.extendedKeyUsage(['timeStamping']) } },
    { ext: { purposes: write.extendedKeyUsage(['timeStamping', 'clientAuth'], true) } },
  ],
  'ocsp-no-check': [{ ext: { marker } }],
  'br-validity': [{ notAfter: utc('270401000000Z') }],
  'br-serial': [{ serial: der.integer(77) }],
  'br-key': [{ spki: ed25519 }],
  'br-alternative-name': [{ ext: { san: undefined } }],
  'br-alternative-name-type': [{ ext: { san: names('dns:www.w.net', 'email:a@w.net') } }],
  'br-internal-name': ['dns:intranet', 'dns:host.local', 'ip:10.1.2.3', 'ip:fd00::1'].map((text) => ({
    ext: { san: names('dns:www.w.net', text) },
  })),
  'br-underscore': [{ ext: { san: dns('a_b.w.net') } }],
  'br-common-name': [{ subject: parseNameText('CN=other.net') }],
  'br-organizational-unit': [{ subject: parseNameText('CN=www.w.net,OU=Sales') }],
  'br-domain-validated': [
    { subject: parseNameText('CN=www.w.net,O=W'), ext: { policies: policy('2.23.140.1.2.1') } },
  ],
  'br-organization-validated': ['O=W,L=X', 'C=DE,ST=X', 'C=DE,O=W'].map((subject) => ({
    subject: parseNameText(subject),
    ext: { policies: policy('2.23.140.1.2.2') },
  })),
  'br-purposes': [
    { ext: { purposes: write.extendedKeyUsage(['clientAuth']) } },
    { ext: { purposes: write.extendedKeyUsage(['serverAuth', 'codeSigning']) } },
  ],
  'br-policies': [{}, { ext: { policies: policy('1.2.3') } }],
  'br-revocation': [{}],
}

const rulesBrokenBy = (parts: Parts): string[] => {
  const { findings } = lintTbs(tbsOf(parts), { publicTrust: true })
  return findings.map(({ rule }) => rule)
}

describe('lints', () => {
  for (const { id, source } of LINT_RULES)
    test(`${id} (${source}) finds each of its failing examples`, () => {
      const examples = FAILING[id] ?? []
      expect(examples.length).toBeGreaterThan(0)
      for (const parts of examples) expect(rulesBrokenBy(parts)).toContain(id)
    })

  test('find nothing wrong with an end entity and an authority as they should be', () => {
    expect(lintTbs(tbsOf({}), {}).findings).toEqual([])
    expect(lintTbs(tbsOf(authority({})), {}).findings).toEqual([])
  })

  test('of public trust find nothing wrong with a certificate that keeps them', () => {
    const ext = {
      policies: policy('2.23.140.1.2.1'),
      crl: write.cRLDistributionPoints([parseGeneralName('uri:http://ca.w.net/r.crl')]),
    }
    expect(lintTbs(tbsOf({ ext }), { publicTrust: true }).findings).toEqual([])
  })

  test('have ids that differ, and no example without a rule', () => {
    const ids = LINT_RULES.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(Object.keys(FAILING).filter((id) => !ids.includes(id))).toEqual([])
  })
})
