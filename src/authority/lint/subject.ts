import { naming, requireOneValue } from '../../asn1/gate.ts'
import { bytesOf, contentOf, contextTag, DerReader, TAG, type Tlv } from '../../asn1/reader.ts'
import { asBuffer, latin1Text } from '../../asn1/strings.ts'
import { readInstant, readIntegerHex, readOid, readSmallInteger } from '../../asn1/values.ts'
import { sameBytes } from '../../base/bytes.ts'
import type {
  Extension,
  GeneralName,
  NameAttribute,
  NameAttributes,
  PublicKeyFacts,
} from '../../domain/facts.ts'
import { signatureAlgorithmName } from '../../x509/algorithm.ts'
import { readExtensions } from '../../x509/extensions.ts'
import { formatName, readName } from '../../x509/name.ts'
import { publicKeyFacts } from '../../x509/public-key.ts'

/** A time with the form in which it was written. */
export interface LintTime {
  /** Identifier octet: UTCTime or GeneralizedTime. */
  readonly tag: number
  readonly raw: string
  /** RFC 3339. */
  readonly text: string
}

/** Everything of a TBSCertificate (RFC 5280 section 4.1) that lints look at, read back from its bytes. */
export interface LintSubject {
  readonly version: number
  /** Content octets of the INTEGER. */
  readonly serialOctets: Uint8Array
  readonly serialNumber: string
  readonly signatureAlgorithm: string
  readonly signatureAlgorithmOid: string
  /** AlgorithmIdentifier DER inside the signed part. */
  readonly signatureAlgorithmDer: Uint8Array
  readonly issuer: NameAttributes
  readonly subject: NameAttributes
  readonly subjectText: string
  /** The attributes of the subject without their grouping. */
  readonly subjectAttributes: readonly NameAttribute[]
  /** Issuer and subject are the same octets. */
  readonly isSelfIssued: boolean
  readonly notBefore: LintTime
  readonly notAfter: LintTime
  readonly publicKey: PublicKeyFacts
  /** SubjectPublicKeyInfo DER. */
  readonly spki: Uint8Array
  readonly hasUniqueId: boolean
  /** Whether the field is there: it must not be empty. */
  readonly hasExtensions: boolean
  readonly extensions: readonly Extension[]
  readonly subjectAltName: readonly GeneralName[] | null
  readonly keyUsage: readonly string[] | null
  readonly extendedKeyUsage: readonly string[] | null
  readonly basicConstraints: { readonly ca: boolean; readonly pathLen: number | null } | null
  readonly isCa: boolean
}

/** The first extension of this RFC name. */
export const extensionOf = (
  { extensions }: Pick<LintSubject, 'extensions'>,
  name: string,
): Extension | undefined => extensions.find((extension) => extension.name === name)

/**
 * Reads a TBSCertificate for the lints.
 *
 * @throws {CertmanError} `der.malformed`
 */
export function readLintSubject(tbs: Uint8Array): LintSubject {
  // text is taken from it at many places, which a Buffer gives without a view
  const whole = requireOneValue(asBuffer(tbs), 'certificate')
  return naming('certificate', () => readFields(DerReader.into(whole)))
}

function readFields(reader: DerReader): LintSubject {
  const version = reader.enterIf(contextTag(0, true))?.read(TAG.integer)
  const serial = reader.read(TAG.integer, 'the serial number')
  const algorithm = reader.read(TAG.sequence, 'the signature algorithm')
  const issuer = reader.read(TAG.sequence, 'the issuer')
  const validity = reader.enter(TAG.sequence, 'the validity')
  const [notBefore, notAfter] = [readLintTime(validity.read()), readLintTime(validity.read())]
  const subject = reader.read(TAG.sequence, 'the subject')
  const spki = reader.read(TAG.sequence, 'the public key')
  const uniqueIds = [reader.readIf(contextTag(1, false)), reader.readIf(contextTag(2, false))]
  const extensions = reader.enterIf(contextTag(3, true))?.read(TAG.sequence, 'the extensions')
  reader.finish('signed part')
  const subjectAttributes = readName(subject)
  const algorithmOid = readOid(DerReader.into(algorithm).read(TAG.oid))
  return {
    version: version ? readSmallInteger(version, 'the version') + 1 : 1,
    serialOctets: contentOf(serial),
    serialNumber: readIntegerHex(serial),
    signatureAlgorithm: signatureAlgorithmName(algorithmOid),
    signatureAlgorithmOid: algorithmOid,
    signatureAlgorithmDer: bytesOf(algorithm),
    issuer: readName(issuer),
    subject: subjectAttributes,
    subjectText: formatName(subjectAttributes),
    subjectAttributes: subjectAttributes.flat(),
    isSelfIssued: sameBytes(bytesOf(issuer), bytesOf(subject)),
    notBefore,
    notAfter,
    publicKey: publicKeyFacts(spki),
    spki: bytesOf(spki),
    hasUniqueId: uniqueIds.some((id) => id !== undefined),
    hasExtensions: extensions !== undefined,
    ...extensionFields(extensions),
  }
}

const readLintTime = (tlv: Tlv): LintTime => ({
  tag: tlv.tag,
  raw: latin1Text(tlv),
  text: readInstant(tlv),
})

type ExtensionFields = Pick<
  LintSubject,
  'extensions' | 'subjectAltName' | 'keyUsage' | 'extendedKeyUsage' | 'basicConstraints' | 'isCa'
>

function extensionFields(tlv: Tlv | undefined): ExtensionFields {
  const extensions = readExtensions(tlv)
  const value = (name: string): unknown => extensionOf({ extensions }, name)?.value ?? null
  const basicConstraints = value('basicConstraints') as LintSubject['basicConstraints']
  return {
    extensions,
    subjectAltName: value('subjectAltName') as LintSubject['subjectAltName'],
    keyUsage: value('keyUsage') as LintSubject['keyUsage'],
    extendedKeyUsage: value('extKeyUsage') as LintSubject['extendedKeyUsage'],
    basicConstraints,
    isCa: basicConstraints?.ca === true,
  }
}
