import type {
  CertificateFacts,
  CrlFacts,
  CsrFacts,
  Extension,
  ExtensionFacts,
  GeneralName,
  NameAttributes,
  PublicKeyFacts,
  RevokedEntry,
} from '../../src/domain/facts.ts'
import { oidOfName } from '../../src/asn1/oids.ts'
import type { CorpusEntry } from '../support/corpora.ts'

type Fields = Readonly<Record<string, unknown>>

/** Our string types in the words of the manifest; it writes `tag127` for what is no string. */
const names = (name: NameAttributes): unknown =>
  name.map((rdn) =>
    rdn.map(({ oid, encoding, value }) => [oid, encoding === 'other' ? 'tag127' : encoding, value]),
  )

const MANIFEST_TYPES: Readonly<Record<string, string>> = {
  directoryName: 'dirname',
  registeredId: 'rid',
  otherName: 'other',
  ediPartyName: 'edi',
  x400Address: 'x400',
}

const TEXT_TYPES: ReadonlySet<string> = new Set(['dns', 'ip', 'email', 'uri', 'rid', 'other'])

/** An other name is `other, type, string type, text`; where its value is no string, the text is `#` and hex. */
const wantedText = (name: readonly string[]): string | undefined =>
  name[0] === 'other' ? name[3]?.replace(/^#/, '') : name[1]

const altNames = (list: readonly GeneralName[] | null): unknown =>
  list?.map((name) =>
    name.type === 'otherName' ? ['other', name.oid] : [MANIFEST_TYPES[name.type] ?? name.type],
  )

/** Texts of the names whose form the manifest gives as plain text. */
const altTexts = (list: readonly GeneralName[] | null): unknown =>
  list?.filter(({ type }) => TEXT_TYPES.has(MANIFEST_TYPES[type] ?? type)).map(({ value }) => value)

const purposeOid = (purpose: string): string => oidOfName('keyPurpose', purpose) ?? purpose

const keyFields = (key: PublicKeyFacts, wanted: Fields): Fields => ({
  ...wanted,
  // the manifest names an algorithm it knows and repeats the OID of others
  ...(wanted['alg'] !== wanted['oid'] && { alg: key.type.toLowerCase() }),
  ...('bits' in wanted && { bits: key.size }),
  ...('exponent' in wanted && { exponent: Number(key.exponent) }),
  ...('curve' in wanted && { curve: key.curve }),
  oid: key.algorithmOid,
  spki_sha256: key.spkiHash,
})

/** What certman says, in the words of the manifest: only the fields that the entry has, and that are not odd. */
class Comparison {
  readonly actual: Record<string, unknown> = {}
  readonly wanted: Record<string, unknown> = {}
  readonly #fields: Fields
  readonly #odd: ReadonlySet<string>

  constructor(entry: CorpusEntry, odd: ReadonlySet<string>) {
    this.#fields = entry.fields ?? {}
    this.#odd = odd
  }

  field(name: string, actual: unknown, wanted: unknown = this.#fields[name]): void {
    if (!(name in this.#fields) || this.#odd.has(name)) return
    this.actual[name] = actual
    this.wanted[name] = wanted
  }

  fields(): Fields {
    return this.#fields
  }
}

const ODD_FIELDS: Readonly<Record<string, readonly string[]>> = {
  'ext:2.5.29.35': ['aki'],
  'ext:2.5.29.19': ['ca', 'pathlen'],
  'ext:2.5.29.37': ['eku'],
  'ext:2.5.29.17': ['san'],
}

const oddFields = (entry: CorpusEntry): ReadonlySet<string> =>
  new Set((entry.oddities ?? []).flatMap((oddity) => ODD_FIELDS[oddity] ?? [oddity]))

function extensionFields(comparison: Comparison, facts: ExtensionFacts, all: readonly Extension[]): void {
  const fields = comparison.fields()
  comparison.field('ca', facts.basicConstraints?.ca ?? false)
  comparison.field('pathlen', facts.basicConstraints?.pathLen)
  comparison.field('ski', facts.subjectKeyIdentifier)
  comparison.field('ku', facts.keyUsage)
  comparison.field('eku', facts.extendedKeyUsage?.map(purposeOid))
  comparison.field(
    'extensions',
    all.map(({ oid, critical }) => [oid, critical]),
  )
  const ian = all.find(({ oid }) => oid === '2.5.29.18')?.value as GeneralName[] | undefined
  for (const [name, list] of [
    ['san', facts.subjectAltName],
    ['ian', ian ?? null],
  ] as const) {
    const wanted = (fields[name] ?? []) as readonly (readonly [string, ...string[]])[]
    comparison.field(
      name,
      [altNames(list), altTexts(list)],
      [
        wanted.map((one) => (one[0] === 'other' ? ['other', one[1]] : [one[0]])),
        wanted.filter(([type]) => TEXT_TYPES.has(type)).map(wantedText),
      ],
    )
  }
}

function keyComparison(comparison: Comparison, key: PublicKeyFacts): void {
  const wanted = comparison.fields()['key'] as Fields
  const lower =
    wanted['alg'] === wanted['oid'] ? wanted : { ...wanted, alg: String(wanted['alg']).toLowerCase() }
  comparison.field('key', keyFields(key, wanted), lower)
}

/** Both sides of a certificate's comparison. `odd`: further fields that are not compared. */
export function compareCertificate(
  entry: CorpusEntry,
  facts: CertificateFacts,
  { extensions, odd = [] }: { extensions: readonly Extension[]; odd?: readonly string[] },
): Comparison {
  const comparison = new Comparison(entry, new Set([...oddFields(entry), ...odd]))
  comparison.field('version', facts.version)
  comparison.field('serial', facts.serialNumber)
  comparison.field('subject', names(facts.subjectAttributes))
  comparison.field('issuer', names(facts.issuerAttributes))
  comparison.field('not_before', facts.notBefore)
  comparison.field('not_after', facts.notAfter)
  comparison.field('sha1', facts.thumbprint.toLowerCase())
  comparison.field('sha256', facts.fingerprint)
  comparison.field('sig_oid', facts.signatureAlgorithmOid)
  comparison.field('self_issued', facts.selfIssued)
  comparison.field('aki', facts.authorityKeyIdentifier?.keyIdentifier)
  keyComparison(comparison, facts.publicKey)
  extensionFields(comparison, facts, extensions)
  return comparison
}

/** Both sides of a request's comparison. */
export function compareCsr(
  entry: CorpusEntry,
  facts: CsrFacts,
  extensions: readonly Extension[],
): Comparison {
  const comparison = new Comparison(entry, oddFields(entry))
  comparison.field('version', facts.version)
  comparison.field('subject', names(facts.subjectAttributes))
  comparison.field('sha256', facts.fingerprint)
  comparison.field('sig_oid', facts.signatureAlgorithmOid)
  comparison.field(
    'attributes',
    facts.attributes.map(({ oid }) => oid),
  )
  comparison.field('challenge', facts.challengePassword, true)
  keyComparison(comparison, facts.publicKey)
  extensionFields(comparison, facts, extensions)
  return comparison
}

/** Both sides of a CRL's comparison. */
export function compareCrl(
  entry: CorpusEntry,
  facts: CrlFacts,
  { extensions, revoked }: { extensions: readonly Extension[]; revoked: readonly RevokedEntry[] },
): Comparison {
  const comparison = new Comparison(entry, oddFields(entry))
  comparison.field('version', facts.version)
  comparison.field('issuer', names(facts.issuerAttributes))
  comparison.field('this_update', facts.thisUpdate)
  comparison.field('next_update', facts.nextUpdate)
  comparison.field('sha256', facts.fingerprint)
  comparison.field('sig_oid', facts.signatureAlgorithmOid)
  comparison.field('crl_number', facts.crlNumber)
  comparison.field('delta_base', facts.deltaCrlIndicator)
  comparison.field('aki', facts.authorityKeyIdentifier?.keyIdentifier)
  comparison.field('revoked_count', facts.revokedCount)
  comparison.field(
    'extensions',
    extensions.map(({ oid, critical }) => [oid, critical]),
  )
  comparison.field(
    'revoked',
    revoked.map(({ serialNumber, revocationDate, reason }) => ({
      date: revocationDate,
      ...(reason !== null && { reason }),
      serial: serialNumber,
    })),
  )
  return comparison
}
