import { TAG } from '../asn1/reader.ts'
import { bitString, constructed, explicit, integer, integerOfHex, sequence, time } from '../asn1/writer.ts'
import { CertmanError } from '../base/errors.ts'
import { printable } from '../base/text.ts'

/** notAfter of a certificate that has no well-defined end (RFC 5280 section 4.1.2.5). */
export const NO_WELL_DEFINED_END = '9999-12-31T23:59:59Z'

/** Everything that an authority signs. The parts that were encoded elsewhere are taken byte for byte. */
export interface CertificateContent {
  /** Hex digits, upper or lower case; positive, at most 20 octets. */
  readonly serialNumber: string
  /** AlgorithmIdentifier DER, that of the signer. */
  readonly algorithm: Uint8Array
  /** Name DER: the subject of the authority's certificate as it stands there. */
  readonly issuer: Uint8Array
  readonly notBefore: Date
  readonly notAfter: Date
  /** Name DER. */
  readonly subject: Uint8Array
  /** SubjectPublicKeyInfo DER. */
  readonly spki: Uint8Array
  /** Extension DER each, in the order in which they shall stand. */
  readonly extensions: readonly Uint8Array[]
}

const V3 = explicit(0, integer(2))

/**
 * The TBSCertificate (RFC 5280 section 4.1) of a version 3 certificate. Fractions of a second are cut off;
 * unique identifiers are never written (section 4.1.2.8).
 *
 * @throws {CertmanError} `input.invalid` for a serial number that section 4.1.2.2 forbids
 */
export function writeTbsCertificate(content: CertificateContent): Uint8Array {
  const { algorithm, issuer, notBefore, notAfter, subject, spki, extensions } = content
  // an empty SEQUENCE is not allowed: without extensions the field is left out (section 4.1)
  const extensionsField = extensions.length > 0 ? [explicit(3, constructed(TAG.sequence, extensions))] : []
  return sequence(
    V3,
    writeSerialNumber(content.serialNumber),
    algorithm,
    issuer,
    sequence(time(notBefore), time(notAfter)),
    subject,
    spki,
    ...extensionsField,
  )
}

/**
 * The INTEGER of a new certificate's serial number.
 *
 * @param hex upper or lower case, zeros in front do not count
 * @throws {CertmanError} `input.invalid` unless it is positive and has at most 20 octets (RFC 5280 section 4.1.2.2)
 */
function writeSerialNumber(hex: string): Uint8Array {
  const fault = serialFault(hex)
  if (fault === undefined) return integerOfHex(hex)
  throw new CertmanError('input.invalid', `the serial number "${printable(hex.slice(0, 80))}" ${fault}`, {
    field: 'serialNumber',
    hint: 'a serial number has 1 to 40 hex digits, the first below 8 when there are 40',
  })
}

function serialFault(hex: string): string | undefined {
  if (!/^[0-9a-f]+$/i.test(hex)) return 'has other characters than hex digits'
  const digits = hex.replace(/^0+/, '')
  if (digits === '') return 'is zero'
  // the sign bit takes part: 40 digits from 8 on need a 21st octet
  return digits.length > 40 || (digits.length === 40 && digits >= '8') ? 'has more than 20 octets' : undefined
}

/**
 * What was signed, the algorithm and the signature as one value: a certificate (RFC 5280 section 4.1), a request
 * (RFC 2986 section 4.2) or a CRL (RFC 5280 section 5.1).
 *
 * @param algorithm AlgorithmIdentifier DER
 * @param signature octets of the signature, without the BIT STRING
 */
export const assembleSigned = (tbs: Uint8Array, algorithm: Uint8Array, signature: Uint8Array): Uint8Array =>
  sequence(tbs, algorithm, bitString(signature))
