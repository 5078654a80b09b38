import { contextTag } from '../asn1/reader.ts'
import { integer, nullValue, oid, printableString, sequence, setOf, utf8String } from '../asn1/writer.ts'
import type { Secret } from '../base/secret.ts'
import { sha1 } from '../crypto/digest.ts'
import type { Signer } from '../crypto/signer.ts'
import { CHALLENGE_PASSWORD } from './csr-attributes.ts'
import { assembleSigned } from './write-certificate.ts'

/** What a request asks for. */
export interface CsrContent {
  /** Name DER; may be the empty name when an alternative name is asked for. */
  readonly subject: Uint8Array
  /** Extension DER each; without any, the request has no extensionRequest. */
  readonly extensions: readonly Uint8Array[]
  /** The key that the certificate is for: the signature proves its possession. */
  readonly signer: Signer
  /** Stands in the request in clear text (RFC 2985 section 5.4.1). */
  readonly challengePassword?: Secret
}

const EXTENSION_REQUEST = '1.2.840.113549.1.9.14'
const V1 = integer(0)

/** A signed PKCS#10 request (RFC 2986 section 4). The field of attributes is there even when it is empty. */
export function writeCsr({ subject, extensions, signer, challengePassword }: CsrContent): Uint8Array {
  const attributes: Uint8Array[] = []
  if (extensions.length > 0) attributes.push(attribute(EXTENSION_REQUEST, sequence(...extensions)))
  if (challengePassword)
    attributes.push(attribute(CHALLENGE_PASSWORD, challengePassword.useText(directoryString)))
  const info = sequence(V1, subject, signer.spki, attributeSet(attributes))
  return assembleSigned(info, signer.algorithm, signer.sign(info))
}

const NO_SIGNATURE = sequence(oid('1.3.6.1.5.5.7.6.2'), nullValue())

/**
 * A request that says in place of a signature that it has none: the SHA-1 of what it asks for (RFC 5272 appendix C.1).
 * For readers who take name and key from a request; nobody issues anything for it.
 */
export function writeUnsignedCsr(subject: Uint8Array, spki: Uint8Array): Uint8Array {
  const info = sequence(V1, subject, spki, attributeSet([]))
  return assembleSigned(info, NO_SIGNATURE, sha1(info))
}

const attribute = (type: string, value: Uint8Array): Uint8Array => sequence(oid(type), setOf([value]))

// [0] IMPLICIT SET OF: the tag replaces that of the sorted set
function attributeSet(attributes: readonly Uint8Array[]): Uint8Array {
  const set = setOf(attributes)
  set[0] = contextTag(0, true)
  return set
}

// RFC 2985 section 5.4.1: PrintableString where it can be, else UTF8String
const directoryString = (text: string): Uint8Array =>
  /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text) ? printableString(text) : utf8String(text)
