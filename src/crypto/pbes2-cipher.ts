import type { Algorithm } from '../asn1/algorithm.ts'
import { contentOf, DerReader, requireTag, TAG, type Tlv } from '../asn1/reader.ts'
import { readSmallInteger } from '../asn1/values.ts'
import { CertmanError } from '../base/errors.ts'
import {
  CBC_CIPHERS,
  GCM_CIPHERS,
  streamKeyLength,
  type CbcName,
  type Cipher,
  type GcmName,
} from './cipher.ts'
import { unsupported } from './pbe-unsupported.ts'

const AES = '2.16.840.1.101.3.4.1'
const CAMELLIA = '0.3.4401.5.3.1.9'
const ARIA = '1.2.410.200046.1.1'
const SM4 = '1.2.156.10197.1.104'
const OIW = '1.3.14.3.2'
const RSA = '1.2.840.113549.3'

/** The block ciphers of PBES2 in CBC mode (RFC 8018 appendix B.2; RFC 3657, 5794, 8998). */
export const CBC_OIDS = {
  'aes-128-cbc': `${AES}.2`,
  'aes-192-cbc': `${AES}.22`,
  'aes-256-cbc': `${AES}.42`,
  'des-ede3-cbc': `${RSA}.7`,
  'des-cbc': `${OIW}.7`,
  'camellia-128-cbc': '1.2.392.200011.61.1.1.1.2',
  'camellia-192-cbc': '1.2.392.200011.61.1.1.1.3',
  'camellia-256-cbc': '1.2.392.200011.61.1.1.1.4',
  'aria-128-cbc': `${ARIA}.2`,
  'aria-192-cbc': `${ARIA}.7`,
  'aria-256-cbc': `${ARIA}.12`,
  'sm4-cbc': `${SM4}.2`,
} as const satisfies Partial<Record<CbcName, string>>
const CBC_NAMES: ReadonlyMap<string, CbcName> = new Map(
  Object.entries(CBC_OIDS).map(([name, oid]) => [oid, name as CbcName]),
)

/** The same as streams. No RFC names them for PBES2; OpenSSL writes them when asked to, the IV as parameter. */
const STREAM_NAMES: Readonly<Record<string, string>> = {
  [`${AES}.3`]: 'aes-128-ofb',
  [`${AES}.4`]: 'aes-128-cfb',
  [`${AES}.23`]: 'aes-192-ofb',
  [`${AES}.24`]: 'aes-192-cfb',
  [`${AES}.43`]: 'aes-256-ofb',
  [`${AES}.44`]: 'aes-256-cfb',
  [`${CAMELLIA}.3`]: 'camellia-128-ofb',
  [`${CAMELLIA}.4`]: 'camellia-128-cfb',
  [`${CAMELLIA}.9`]: 'camellia-128-ctr',
  [`${CAMELLIA}.23`]: 'camellia-192-ofb',
  [`${CAMELLIA}.24`]: 'camellia-192-cfb',
  [`${CAMELLIA}.29`]: 'camellia-192-ctr',
  [`${CAMELLIA}.43`]: 'camellia-256-ofb',
  [`${CAMELLIA}.44`]: 'camellia-256-cfb',
  [`${CAMELLIA}.49`]: 'camellia-256-ctr',
  [`${ARIA}.3`]: 'aria-128-cfb',
  [`${ARIA}.4`]: 'aria-128-ofb',
  [`${ARIA}.5`]: 'aria-128-ctr',
  [`${ARIA}.8`]: 'aria-192-cfb',
  [`${ARIA}.9`]: 'aria-192-ofb',
  [`${ARIA}.10`]: 'aria-192-ctr',
  [`${ARIA}.13`]: 'aria-256-cfb',
  [`${ARIA}.14`]: 'aria-256-ofb',
  [`${ARIA}.15`]: 'aria-256-ctr',
  [`${SM4}.3`]: 'sm4-ofb',
  [`${SM4}.4`]: 'sm4-cfb',
  [`${SM4}.7`]: 'sm4-ctr',
  [`${OIW}.8`]: 'des-ofb',
  [`${OIW}.9`]: 'des-cfb',
}

const GCM_OIDS: Readonly<Record<string, GcmName>> = {
  [`${AES}.6`]: 'aes-128-gcm',
  [`${AES}.26`]: 'aes-192-gcm',
  [`${AES}.46`]: 'aes-256-gcm',
}
const OID_RC2 = `${RSA}.2`
const OID_RC4 = `${RSA}.4`
/** Effective bits are written as these versions (RFC 8018 appendix B.2.3, RFC 2268 section 6). */
const RC2_VERSIONS: Readonly<Record<number, number>> = { 160: 40, 120: 64, 58: 128 }

/** A cipher, and the length of its key in bytes. */
interface KeyedCipher {
  readonly cipher: Cipher
  readonly keyLength: number
}

/**
 * `encryptionScheme` of PBES2 (RFC 8018 appendix B.2, RFC 5084).
 *
 * @throws {CertmanError} `format.unsupported`, `der.malformed`
 */
export function readCipher({ oid, parameters }: Algorithm): KeyedCipher {
  if (parameters === undefined) throw unsupported('cipher', oid)
  const name = CBC_NAMES.get(oid)
  if (name !== undefined)
    return { cipher: { kind: 'cbc', name, iv: readIv(parameters) }, keyLength: CBC_CIPHERS[name].key }
  const gcm = GCM_OIDS[oid]
  if (gcm !== undefined) return readGcm(gcm, parameters)
  if (oid === OID_RC2) return readRc2(parameters)
  if (oid === OID_RC4) return { cipher: { kind: 'rc4' }, keyLength: 16 }
  const stream = STREAM_NAMES[oid]
  const keyLength = stream && streamKeyLength(stream)
  if (!keyLength) throw unsupported('cipher', oid)
  return { cipher: { kind: 'stream', name: stream, iv: readIv(parameters) }, keyLength }
}

const readIv = (parameters: Tlv): Uint8Array =>
  contentOf(requireTag(parameters, TAG.octetString, 'an initial vector'))

function readGcm(name: GcmName, parameters: Tlv): KeyedCipher {
  const keyLength = GCM_CIPHERS[name]
  // PKI.js writes the nonce alone, as for CBC, and Web Crypto's tag of 16 bytes
  if (parameters.tag === TAG.octetString)
    return { cipher: { kind: 'gcm', name, iv: contentOf(parameters), tagLength: 16 }, keyLength }
  const reader = DerReader.into(parameters)
  const iv = contentOf(reader.read(TAG.octetString, 'nonce'))
  const tagLength = reader.atEnd ? 12 : readSmallInteger(reader.read(TAG.integer, 'tag length'), 'tag length')
  // RFC 5084 section 3.2: 12 to 16
  if (tagLength < 12 || tagLength > 16)
    throw new CertmanError('der.malformed', `GCM tag of ${tagLength} bytes`)
  return { cipher: { kind: 'gcm', name, iv, tagLength }, keyLength }
}

function readRc2(parameters: Tlv): KeyedCipher {
  // without a version the whole value is the IV and the key has 32 effective bits (RFC 2268 section 6)
  if (parameters.tag === TAG.octetString)
    return { cipher: { kind: 'rc2', effectiveBits: 32, iv: contentOf(parameters) }, keyLength: 4 }
  const reader = DerReader.into(parameters)
  const version = readSmallInteger(reader.read(TAG.integer, 'RC2 version'), 'RC2 version')
  const effectiveBits = version >= 256 ? version : RC2_VERSIONS[version]
  if (effectiveBits === undefined || effectiveBits > 1024)
    throw new CertmanError('format.unsupported', `RC2 version ${version} is not supported`)
  const iv = contentOf(reader.read(TAG.octetString, 'initial vector'))
  return { cipher: { kind: 'rc2', effectiveBits, iv }, keyLength: Math.ceil(effectiveBits / 8) }
}
