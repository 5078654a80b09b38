import { describe, expect, test } from 'vitest'
import { isCertmanError } from '../../src/base/errors.ts'
import type { Extension } from '../../src/domain/facts.ts'
import { hasPem, requirePem } from '../../src/formats/pem.ts'
import {
  certificateExtensions,
  certificateParts,
  describeCertificate,
  splitTrustedCertificate,
} from '../../src/x509/certificate.ts'
import { crlExtensions, crlParts, describeCrl, revokedEntries } from '../../src/x509/crl.ts'
import { csrExtensions, csrSignature, describeCsr } from '../../src/x509/csr.ts'
import { corpus, NO_CORPORA, type CorpusEntry } from '../support/corpora.ts'
import { compareCertificate, compareCrl, compareCsr } from './corpus-expectations.ts'

const files = corpus()

const LABELS: Readonly<Record<string, RegExp>> = {
  cert: /^(?:X509 |TRUSTED )?CERTIFICATE$/,
  csr: /^(?:NEW )?CERTIFICATE REQUEST$/,
  crl: /^X509 CRL$/,
}

/** Fields of the manifest that come from its reader's leniency: each with what the file really has there. */
const NOT_COMPARED: Readonly<Record<string, readonly string[]>> = {
  // the extnValue is a bare OBJECT IDENTIFIER, no SEQUENCE; the manifest's reader took it for one
  'certs/zcrypto/parsecert10-tag.pem': ['eku'],
}

function derOf(entry: CorpusEntry): Uint8Array {
  const bytes = files!.read(entry.path)
  if (!hasPem(bytes)) return bytes
  const block = requirePem(bytes, entry.path).find(({ label }) => LABELS[entry.kind]!.test(label))
  if (!block) return bytes
  return block.label === 'TRUSTED CERTIFICATE' ? splitTrustedCertificate(block.der).certificate : block.der
}

function compare(entry: CorpusEntry, der: Uint8Array): { actual: unknown; wanted: unknown } {
  if (entry.kind === 'cert') {
    const odd = NOT_COMPARED[entry.path] ?? []
    return compareCertificate(entry, describeCertificate(der), {
      extensions: certificateExtensions(der),
      odd,
    })
  }
  if (entry.kind === 'csr') return compareCsr(entry, describeCsr(der), csrExtensions(der))
  const revoked = [...revokedEntries(der)]
  return compareCrl(entry, describeCrl(der), { extensions: crlExtensions(der), revoked })
}

const describing = files ? describe : describe.skip
const entries = (files?.entries ?? []).filter(({ kind }) => kind in LABELS)
const expecting = (expect: CorpusEntry['expect']): [string, CorpusEntry][] =>
  entries.filter((entry) => entry.expect === expect).map((entry) => [entry.path, entry])

test('the corpora are there, or their absence is said', ({ skip }) => {
  skip(files === undefined, NO_CORPORA)
  expect(entries.length).toBeGreaterThan(600)
})

describing('a file of the corpora that all tools accept', () => {
  test.each(expecting('accept'))('%s is described with the expected fields', (_, entry) => {
    const { actual, wanted } = compare(entry, derOf(entry))
    expect(actual).toEqual(wanted)
  })
})

/** `described`, or the code of the refusal, or what it threw that is no refusal. */
function outcome(entry: CorpusEntry): string {
  try {
    compare(entry, derOf(entry))
    return 'described'
  } catch (error) {
    return isCertmanError(error) ? error.code : `crashed: ${String(error)}`
  }
}

const REFUSALS = ['der.malformed', 'pem.malformed', 'limit.exceeded']

describing('a file of the corpora that every tool refuses', () => {
  test.each(expecting('reject'))('%s is refused with one clear error', (_, entry) => {
    expect(REFUSALS).toContain(outcome(entry))
  })
})

describing('a file of the corpora about which tools disagree', () => {
  test.each(expecting('either'))('%s is described or refused, never a crash', (_, entry) => {
    expect(['described', ...REFUSALS]).toContain(outcome(entry))
  })
})

/** Signatures that this Node cannot judge, whatever OpenSSL's command says. */
const UNSUPPORTED: ReadonlySet<string> = new Set([
  // SM2 needs an identifier of the signer that node:crypto has no way to give
  'csrs/openssl/sm2-csr.pem',
])

describing('requests of the corpora', () => {
  const signed = entries.filter(
    (entry) => entry.kind === 'csr' && typeof entry['signature_valid'] === 'boolean',
  )
  test.each(signed.map((entry): [string, CorpusEntry] => [entry.path, entry]))(
    '%s: its signature is judged as OpenSSL judges it',
    (_, entry) => {
      const wanted = UNSUPPORTED.has(entry.path)
        ? 'unsupported'
        : entry['signature_valid']
          ? 'valid'
          : 'invalid'
      expect(csrSignature(derOf(entry))).toBe(wanted)
    },
  )
})

// OpenSSL's RFC2253 text differs from RFC 4514 only in the spelling of STREET
const opensslText = (text: string): string => text.replace(/(^|[^\\],|\+)street=/g, '$1STREET=')

describing('names of the corpora', () => {
  const named = entries.filter(
    (entry) =>
      entry.expect === 'accept' && typeof (entry['openssl'] as { subject?: unknown })?.subject === 'string',
  )
  test('their text is that of OpenSSL, in subjects and issuers', () => {
    const differences: string[] = []
    for (const entry of named) {
      const der = derOf(entry)
      const wanted = entry['openssl'] as { subject: string; issuer?: string }
      const facts = entry.kind === 'cert' ? describeCertificate(der) : describeCsr(der)
      if (facts.subject !== opensslText(wanted.subject)) differences.push(`${entry.path}: ${facts.subject}`)
      if ('issuer' in facts && facts.issuer !== opensslText(wanted.issuer!))
        differences.push(`${entry.path}: ${facts.issuer} <> ${wanted.issuer}`)
    }
    expect(named.length).toBeGreaterThan(400)
    expect(differences).toEqual([])
  })
})

/** Each was looked at with `openssl asn1parse`: the value is not what the extension demands. */
const MALFORMED: readonly string[] = [
  'boringssl/invalid_extension_intermediate_authority_key_identifier.pem authorityKeyIdentifier',
  'boringssl/invalid_extension_intermediate_basic_constraints.pem basicConstraints',
  'boringssl/invalid_extension_intermediate_ext_key_usage.pem extKeyUsage',
  'boringssl/invalid_extension_leaf_subject_alt_name.pem subjectAltName',
  'boringssl/invalid_extension_root_basic_constraints.pem basicConstraints',
  'boringssl/policy_leaf_invalid.pem certificatePolicies',
  'boringssl/trailing_data_leaf_authority_key_identifier.pem authorityKeyIdentifier',
  'boringssl/trailing_data_leaf_basic_constraints.pem basicConstraints',
  'mbedtls/authorityKeyId_subjectKeyId_length_malformed.crt.der authorityKeyIdentifier',
  'mbedtls/server5-tricky-ip-san-malformed-len.crt.der subjectAltName',
  'openssl/ext-subjectDirectoryAttributes.pem subjectDirectoryAttributes',
  'zcrypto/parsecert10-tag.pem extKeyUsage',
  'zcrypto/parsecert6-explicittag.pem certificatePolicies',
  'zlint/SANWithInvalidEmail.pem inhibitAnyPolicy',
  'zlint/caMaxPathLenPositive.pem inhibitAnyPolicy',
  'zlint/caMaxPathLenPositive.pem subjectInfoAccess',
  'zlint/mailboxValidatedLegacyWithNonCriticalAdobeTimeStampExtension.pem adobeTimestamp',
]

describing('extensions of the corpora', () => {
  const all = (): { path: string; extension: Extension }[] =>
    entries
      .filter((entry) => entry.kind === 'cert' && entry.expect === 'accept')
      .flatMap((entry) =>
        certificateExtensions(derOf(entry)).map((extension) => ({ path: entry.path, extension })),
      )

  test('each has either a value or its hex, and JSON can carry it', () => {
    for (const { path, extension } of all()) {
      expect('value' in extension !== 'hex' in extension, `${path} ${extension.oid}`).toBe(true)
      expect(JSON.parse(JSON.stringify(extension))).toEqual(extension)
    }
  })

  test('the malformed ones are these, and no others', () => {
    const malformed = all().filter(({ extension }) => extension.malformed !== undefined)
    expect(
      malformed.map(({ path, extension }) => `${path.replace(/^certs\//, '')} ${extension.name}`),
    ).toEqual(MALFORMED)
  })
})

describing('pieces of the corpora', () => {
  test('the signed part, algorithm and signature of every certificate and CRL make up the whole again', () => {
    const wrong = entries
      .filter((entry) => entry.expect === 'accept' && entry.kind !== 'csr')
      .filter((entry) => {
        const der = Buffer.from(derOf(entry))
        const parts = entry.kind === 'cert' ? certificateParts(der) : crlParts(der)
        // only the outer tag and length stand before the signed part, only the signature behind the algorithm
        const start = der.indexOf(Buffer.concat([parts.tbs, parts.signatureAlgorithm]))
        const signature = der.subarray(der.length - parts.signature.length)
        return start < 2 || start > 6 || !signature.equals(parts.signature)
      })
    expect(wrong.map(({ path }) => path)).toEqual([])
  })
})
