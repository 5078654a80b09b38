import { CertmanError, isCertmanError } from '../base/errors.ts'
import { toDefinite } from '../asn1/ber.ts'
import { endOfSequence } from '../asn1/gate.ts'
import { TAG } from '../asn1/reader.ts'
import { classifyDer, type DerKind } from './classify-der.ts'
import { foreignDer } from './foreign-der.ts'
import { refuseForeign, refuseOpenPgp, refuseUnknown } from './foreign.ts'
import type { InputFormat } from './items.ts'
import { pemInJson } from './json-pem.ts'
import { jksFormat } from './jks-entries.ts'
import { pemOfJwk } from './jwk.ts'
import { isOpensshLine } from './openssh.ts'
import { hasPem } from './pem.ts'
import { decodeBody } from './pem-base64.ts'
import { toSingleByteText } from './pem-text.ts'
import { beginsWithDer } from './row.ts'

/** What a file is, by its content alone. */
export interface Detected {
  readonly format: InputFormat
  /** For the DER formats: which structure. */
  readonly kind?: DerKind
  readonly isJwk?: boolean
  /** The input, what its bare base64 stands for, the PEM in its JSON, or that of its JSON Web Keys. */
  readonly bytes: Uint8Array
}

const FORMAT_OF_KIND: Readonly<Record<DerKind, InputFormat>> = {
  certificate: 'der-certificate',
  'certificate-request': 'der-certificate-request',
  crl: 'der-crl',
  pkcs8: 'der-key',
  'encrypted-pkcs8': 'der-key',
  pkcs1: 'der-key',
  sec1: 'der-key',
  dsa: 'der-key',
  'public-key': 'der-public-key',
  'rsa-public-key': 'der-public-key',
  pkcs7: 'pkcs7',
  pkcs12: 'pkcs12',
}

/** A UTF-8 byte order mark, octet by octet. */
const UTF8_MARK = '\u00ef\u00bb\u00bf'

/**
 * Recognises a file by its content; its name plays no part.
 *
 * @throws {CertmanError} `input.empty`, `format.unknown`, `format.unsupported` (recognised, not read), `der.malformed` and
 * `limit.exceeded` when it begins like DER and is none
 */
export function detect(bytes: Uint8Array): Detected {
  if (bytes.length === 0)
    throw new CertmanError('input.empty', 'the file is empty', {
      hint: 'check what wrote it, and that it was told to write here',
    })
  const keyStore = jksFormat(bytes)
  if (keyStore) return { format: keyStore, bytes }
  // text may begin with "0" as well, so the announced length decides before the PEM search does
  if (fillsTheFile(bytes) || beginsWithDer(bytes, 0)) return detectDer(bytes)
  const text = toSingleByteText(bytes)
  // before JSON Web Keys are refused: a member beside the PEM may be called as one of theirs
  const pem = hasPem(text) ? text : pemInJson(text)
  if (pem) {
    refuseOpenPgp(pem)
    return { format: 'pem', bytes: pem }
  }
  const keys = pemOfJwk(text)
  if (keys) return { format: 'pem', isJwk: true, bytes: keys }
  refuseForeign(bytes, text)
  if (bytes[0] === TAG.sequence && bytes.length > 1 && bytes[1]! >= 0x80) return detectDer(bytes)
  return detectText(text) ?? refuseUnknown(text)
}

function fillsTheFile(bytes: Uint8Array): boolean {
  if (bytes[0] === TAG.sequence && bytes[1] === 0x80) return true // indefinite length: BER
  return endOfSequence(bytes, 0) === bytes.length
}

function detectDer(bytes: Uint8Array): Detected {
  const der = toDefinite(bytes)
  const kind = classifyDer(der)
  const foreign = kind ? undefined : foreignDer(der)
  if (foreign) throw new CertmanError(foreign.code, foreign.what, { hint: foreign.hint })
  if (!kind)
    throw new CertmanError(
      'format.unknown',
      'an ASN.1 structure, but no certificate, request, CRL, key, PKCS#7 or PKCS#12',
    )
  return { format: FORMAT_OF_KIND[kind], kind, bytes }
}

/** Bare base64, and OpenSSH public keys. */
function detectText(text: Buffer): Detected | undefined {
  const head = text
    .toString('utf8', 0, 4096)
    .replace(/^\ufeff/, '')
    .trimStart()
  if (head.split(/\r\n|[\r\n]/).some(isOpensshLine)) return { format: 'openssh', bytes: text }
  if (!/^[A-Za-z0-9+/=\s]{8,}$/.test(head)) return undefined
  const start = text.subarray(0, 3).toString('latin1') === UTF8_MARK ? 3 : 0
  const body = decodeBody(text, start)
  if ('what' in body || body.end < text.length) return undefined
  const decoded = body.der
  const keyStore = jksFormat(decoded)
  if (keyStore) return { format: keyStore, bytes: decoded }
  // the secrets of Kubernetes are base64 around PEM
  if (hasPem(decoded)) return { format: 'pem', bytes: decoded }
  if (decoded[0] !== TAG.sequence) return undefined
  try {
    return detectDer(decoded)
  } catch (cause) {
    // words of four letters decode to something, too
    if (isCertmanError(cause, 'der.malformed') && !fillsTheFile(decoded)) return undefined
    throw cause
  }
}
