import { concat } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import { toDefinite } from '../asn1/ber.ts'
import { bytesOf, contextTag, DerReader, TAG, type Tlv } from '../asn1/reader.ts'
import { readOid } from '../asn1/values.ts'
import { explicit, implicit, integer, oid, sequence, setOf } from '../asn1/writer.ts'

/** id-data (RFC 5652 section 4). */
export const OID_DATA = '1.2.840.113549.1.7.1'
/** id-signedData (RFC 5652 section 5.1). */
export const OID_SIGNED_DATA = '1.2.840.113549.1.7.2'

/** The other content types (RFC 5652, RFC 2315, RFC 5083, RFC 3274, RFC 5544), for the refusal. */
const OTHER_TYPES: Readonly<Record<string, string>> = {
  [OID_DATA]: 'Data',
  '1.2.840.113549.1.7.3': 'EnvelopedData, an encrypted message',
  '1.2.840.113549.1.7.4': 'SignedAndEnvelopedData, an encrypted message',
  '1.2.840.113549.1.7.5': 'DigestedData',
  '1.2.840.113549.1.7.6': 'EncryptedData',
  '1.2.840.113549.1.9.16.1.2': 'AuthenticatedData',
  '1.2.840.113549.1.9.16.1.9': 'CompressedData',
  '1.2.840.113549.1.9.16.1.23': 'AuthEnvelopedData, an encrypted message',
  '1.2.840.113549.1.9.16.1.31': 'TimeStampedData',
}

/** What a SignedData carries; order as encoded, which says nothing (a SET has none). */
export interface Pkcs7Content {
  readonly certificates: readonly Uint8Array[]
  readonly crls: readonly Uint8Array[]
  /** What else stood there: attribute certificates, signed content, signatures. */
  readonly left: readonly { readonly what: string; readonly why: string }[]
}

/**
 * Certificates and CRLs of a PKCS#7 or CMS SignedData (RFC 5652 section 5.1), BER or DER. Signatures are not looked at.
 *
 * @throws {CertmanError} `format.unsupported` for every other content type, `der.malformed`, `limit.exceeded`
 */
export function readPkcs7(bytes: Uint8Array): Pkcs7Content {
  const contentInfo = DerReader.whole(toDefinite(bytes), 'a PKCS#7 structure')
  const type = readOid(contentInfo.read(TAG.oid, 'the content type'))
  if (type !== OID_SIGNED_DATA)
    throw new CertmanError('format.unsupported', `PKCS#7 of type ${OTHER_TYPES[type] ?? type}`, {
      hint: 'certman takes certificates and CRLs out of SignedData; this type holds none that can be read',
    })
  const content = contentInfo.enter(contextTag(0, true), 'the content')
  contentInfo.finish('PKCS#7 structure')
  const signed = content.enter(TAG.sequence, 'SignedData')
  content.finish('SignedData')
  return readSignedData(signed)
}

function readSignedData(signed: DerReader): Pkcs7Content {
  signed.read(TAG.integer, 'the version')
  signed.read(TAG.set, 'the digest algorithms')
  const left: { what: string; why: string }[] = []
  const encapsulated = signed.enter(TAG.sequence, 'the encapsulated content')
  encapsulated.read(TAG.oid, 'the type of the encapsulated content')
  if (encapsulated.readIf(contextTag(0, true)))
    left.push({ what: 'signed content', why: 'it is a message, no certificate' })
  encapsulated.finish('encapsulated content')
  const certificates: Uint8Array[] = []
  for (const tlv of valuesOf(signed.enterIf(contextTag(0, true)))) {
    if (tlv.tag === TAG.sequence) certificates.push(bytesOf(tlv))
    else left.push({ what: 'attribute or other certificate', why: 'certman keeps X.509 certificates only' })
  }
  const crls: Uint8Array[] = []
  for (const tlv of valuesOf(signed.enterIf(contextTag(1, true)))) {
    if (tlv.tag === TAG.sequence) crls.push(bytesOf(tlv))
    else left.push({ what: 'other revocation information', why: 'certman reads X.509 CRLs only' })
  }
  const signers = [...valuesOf(signed.enter(TAG.set, 'the signer infos'))].length
  signed.finish('SignedData')
  if (signers > 0)
    left.push({
      what: signers === 1 ? 'one signature' : `${signers} signatures`,
      why: signers === 1 ? 'it belongs to the message' : 'they belong to the message',
    })
  return { certificates, crls, left }
}

function* valuesOf(reader: DerReader | undefined): Iterable<Tlv> {
  if (!reader) return
  while (!reader.atEnd) yield reader.read()
}

/**
 * A certs-only message: SignedData without content and signers (RFC 8551 section 3.8). Version 1 since there are
 * neither attribute certificates nor other formats (RFC 5652 section 5.1).
 * The certificates keep the order in which they are given, as OpenSSL and keytool write them: CMS is BER outside of
 * signed attributes (RFC 5652 section 5.3), and people take the first certificate for theirs.
 *
 * @returns DER; in PEM its label is `PKCS7`
 */
export function writePkcs7(content: {
  readonly certificates: readonly Uint8Array[]
  readonly crls?: readonly Uint8Array[]
}): Uint8Array {
  const { certificates, crls = [] } = content
  const parts = [integer(1), setOf([]), sequence(oid(OID_DATA))]
  if (certificates.length > 0) parts.push(implicit(0, concat(certificates), true))
  if (crls.length > 0) parts.push(implicit(1, concat(crls), true))
  return sequence(oid(OID_SIGNED_DATA), explicit(0, sequence(...parts, setOf([]))))
}
