import { namesOf } from '../asn1/oids.ts'
import { contextTag, DerReader, TAG, type Tlv } from '../asn1/reader.ts'
import { readOid, readSmallInteger } from '../asn1/values.ts'

/** RSASSA-PSS-params (RFC 4055 section 3.1); digests under Node's names. */
export interface PssParameters {
  readonly digest: string
  readonly maskDigest: string
  /** Octets. */
  readonly saltLength: number
}

/** id-RSASSA-PSS (RFC 4055 section 3). */
export const OID_RSASSA_PSS = '1.2.840.113549.1.1.10'
/** id-mgf1 (RFC 4055 section 2.2). */
export const OID_MGF1 = '1.2.840.113549.1.1.8'

/**
 * Reads the parameters of an id-RSASSA-PSS AlgorithmIdentifier. Absent fields have their defaults: SHA-1, MGF1 with
 * SHA-1, 20.
 *
 * @returns undefined where there are none, which a signature must have (RFC 4055 section 3.1), and for an unknown digest,
 *   mask function or trailer field
 * @throws {CertmanError} `der.malformed`
 */
export function readPssParameters(parameters: Tlv | undefined): PssParameters | undefined {
  if (parameters?.tag !== TAG.sequence) return undefined
  const reader = DerReader.into(parameters)
  const digest = reader.enterIf(contextTag(0, true))
  const mask = reader.enterIf(contextTag(1, true))
  const salt = reader.enterIf(contextTag(2, true))
  const trailer = reader.enterIf(contextTag(3, true))
  reader.finish('parameters of RSASSA-PSS')
  const digestName = digest ? digestOf(digest) : 'sha1'
  const maskDigest = mask ? maskDigestOf(mask) : 'sha1'
  const saltLength = salt ? readSmallInteger(salt.read(TAG.integer), 'the salt length') : 20
  // RFC 8017 appendix A.2.3: 1 stands for 0xbc, there is no other
  const trailerField = trailer ? readSmallInteger(trailer.read(TAG.integer), 'the trailer field') : 1
  if (digestName === undefined || maskDigest === undefined || trailerField !== 1) return undefined
  return { digest: digestName, maskDigest, saltLength }
}

function digestOf(reader: DerReader): string | undefined {
  return namesOf('digest').get(readOid(reader.enter(TAG.sequence).read(TAG.oid, 'the digest')))
}

function maskDigestOf(reader: DerReader): string | undefined {
  const mask = reader.enter(TAG.sequence)
  return readOid(mask.read(TAG.oid, 'the mask function')) === OID_MGF1 ? digestOf(mask) : undefined
}
