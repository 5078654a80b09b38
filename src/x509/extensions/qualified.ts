import { CertmanError } from '../../base/errors.ts'
import { toHex } from '../../base/bytes.ts'
import { nameOrOid } from '../../asn1/oids.ts'
import { bytesOf, requireTag, TAG, type Tlv } from '../../asn1/reader.ts'
import { readInteger, readOid, readSmallInteger } from '../../asn1/values.ts'
import { readGeneralNames } from '../general-name.ts'
import { asSequence, listOf } from './shape.ts'
import { decodeText, decodeTexts } from './simple.ts'

/** One QCStatement (RFC 3739 section 3.2.6): `statement` is a name or an OID, `info` where it is known, else `hex`. */
export interface QcStatement {
  readonly statement: string
  readonly info?: unknown
  readonly hex?: string
}

/** PKIX semantics of the identifiers in the subject (RFC 3739 section 3.2.6.1). */
function semantics(tlv: Tlv): unknown {
  const reader = asSequence(tlv, 'the semantics')
  const identifier = reader.readIf(TAG.oid)
  const authorities = reader.enterIf(TAG.sequence)
  return {
    ...(identifier && { semanticsIdentifier: readOid(identifier) }),
    ...(authorities && { nameRegistrationAuthorities: readGeneralNames(authorities) }),
  }
}

/** MonetaryValue (ETSI EN 319 412-5 section 4.3.2): amount times ten to the exponent. */
function monetaryValue(tlv: Tlv): unknown {
  const reader = asSequence(tlv, 'the limit')
  const currency = reader.read()
  const [amount, exponent] = [reader.read(TAG.integer), reader.read(TAG.integer)]
  return {
    currency: currency.tag === TAG.integer ? String(readInteger(currency)) : decodeText(currency),
    amount: String(readInteger(amount)),
    exponent: String(readInteger(exponent)),
  }
}

const disclosure = (tlv: Tlv): unknown =>
  listOf(tlv, 'the disclosure statements', (statement) => {
    const [url, language] = decodeTexts(statement)
    return { url, language }
  })

/** PSD2 roles (ETSI TS 119 495 section 5.1). */
function psd2(tlv: Tlv): unknown {
  const reader = asSequence(tlv, 'the PSD2 statement')
  const roles = listOf(reader.read(), 'the roles', (role) => {
    const parts = asSequence(role, 'a role')
    parts.read(TAG.oid)
    return decodeText(parts.read())
  })
  return { roles, authorityName: decodeText(reader.read()), authorityId: decodeText(reader.read()) }
}

const INFOS: Readonly<Record<string, (tlv: Tlv) => unknown>> = {
  '1.3.6.1.5.5.7.11.1': semantics,
  '1.3.6.1.5.5.7.11.2': semantics,
  '0.4.0.1862.1.2': monetaryValue,
  '0.4.0.1862.1.3': (tlv) => readSmallInteger(requireTag(tlv, TAG.integer, 'the years')),
  '0.4.0.1862.1.5': disclosure,
  '0.4.0.1862.1.6': (tlv) => listOf(tlv, 'the types', (type) => nameOrOid('other', readOid(type))),
  '0.4.0.1862.1.7': decodeTexts,
  '0.4.0.19495.2': psd2,
}

/** qcStatements (RFC 3739 section 3.2.6, ETSI EN 319 412-5). */
export const decodeQcStatements = (tlv: Tlv): readonly QcStatement[] =>
  listOf(tlv, 'the statements', (statement) => {
    const reader = asSequence(statement, 'a statement')
    const oid = readOid(reader.read(TAG.oid, 'the identifier of a statement'))
    const info = reader.atEnd ? undefined : reader.read()
    reader.finish('statement')
    return { statement: nameOrOid('other', oid), ...(info && infoOf(oid, info)) }
  })

// one statement that deviates from its specification must not hide the others
function infoOf(oid: string, info: Tlv): Pick<QcStatement, 'info' | 'hex'> {
  try {
    const decode = INFOS[oid]
    if (decode) return { info: decode(info) }
  } catch (error) {
    if (!(error instanceof CertmanError)) throw error
  }
  return { hex: toHex(bytesOf(info)) }
}
