import { isObject, type Json, type JsonObject } from '../../src/base/json.ts'
import { at, joined, listAt, textAt } from './cells.ts'
import { chainSection } from './chain-tree.ts'
import { extensionLines, valueLines } from './extension-lines.ts'
import { type Piece, renderSheet, type Section } from './sheet.ts'
import { revokedLine } from './show-crl.ts'

const TITLES: Readonly<Record<string, string>> = {
  certificate: 'Certificate',
  request: 'Certificate request',
  crl: 'Certificate revocation list',
  key: 'Private key',
  publicKey: 'Public key',
  authority: 'Authority',
}

/** Fields that have a section of their own, or are said by another one. */
const IN_SECTIONS = new Set([
  'kind',
  'subject',
  'subjectAttributes',
  'issuer',
  'issuerAttributes',
  'extensions',
  'chain',
  'revoked',
  'attributes',
  'signatureParameters',
  'signatureValue',
  'pem',
])

/** Fields that repeat an extension, which is shown in full where it could be decoded; with its name there. */
const FROM_EXTENSIONS: Readonly<Record<string, string>> = {
  subjectAltName: 'subjectAltName',
  keyUsage: 'keyUsage',
  extendedKeyUsage: 'extKeyUsage',
  basicConstraints: 'basicConstraints',
  subjectKeyIdentifier: 'subjectKeyIdentifier',
  authorityKeyIdentifier: 'authorityKeyIdentifier',
}

/**
 * `show --text`: every field, every attribute with its encoding, every extension in full, and the PEM. A field that
 * this function has never heard of is shown too. Lines are not wrapped, so that they can be searched and copied.
 */
export function renderText(item: JsonObject, color: boolean): string {
  const pem = textAt(item, 'pem')
  const sheet = renderSheet(textSections(item), { width: undefined, color })
  return pem === '' ? sheet : `${sheet}\n${pem.trimEnd()}\n`
}

function textSections(item: JsonObject): Section[] {
  return [
    section(TITLES[textAt(item, 'kind')] ?? 'Record', plainLines(item)),
    fullName('Issuer', item, 'issuer'),
    fullName('Subject', item, 'subject'),
    section('Public key', pieces(isObject(at(item, 'publicKey')) ? valueLines(at(item, 'publicKey')) : [])),
    ...listAt(item, 'extensions')
      .filter(isObject)
      .map((one) => titled('Extension', one, extensionLines(one))),
    ...listAt(item, 'attributes')
      .filter(isObject)
      .map((one) => titled('Attribute', one, attributeLines(one))),
    section('Revoked certificates', pieces(listAt(item, 'revoked').filter(isObject).flatMap(revokedText))),
    section('Signature', pieces(signatureLines(item))),
    listAt(item, 'chain').length === 0 ? section('', []) : chainSection(item, undefined),
  ]
}

/** An entry of a CRL in one line, its further extensions below. */
function revokedText(one: JsonObject): string[] {
  const extensions = listAt(one, 'extensions').filter(isObject)
  return [
    revokedLine(one),
    ...extensions.flatMap((each) => [
      `  ${nameAndOid(each)}${each['critical'] === true ? ', critical' : ''}:`,
      ...extensionLines(each).map((line) => `    ${line}`),
    ]),
  ]
}

/** The algorithm with its parameters, and the octets. */
function signatureLines(item: JsonObject): string[] {
  const value = textAt(item, 'signatureValue')
  if (value === '') return []
  const parameters = at(item, 'signatureParameters')
  return [
    `algorithm: ${textAt(item, 'signatureAlgorithm')}`,
    ...(isObject(parameters) ? valueLines(parameters) : []),
    `value: ${value}`,
  ]
}

/** All fields without a section, in the order of the JSON. */
function plainLines(item: JsonObject): Piece[] {
  const extensions = listAt(item, 'extensions').filter(isObject)
  const decoded = new Set(extensions.filter((one) => one['value'] !== undefined).map((one) => one['name']))
  const shown = Object.entries(item).filter(([field, value]) => {
    if (IN_SECTIONS.has(field) || (field === 'publicKey' && isObject(value))) return false
    const extension = FROM_EXTENSIONS[field]
    return (
      extension === undefined ||
      !(decoded.has(extension) || (value === null && item['extensions'] !== undefined))
    )
  })
  return pieces(valueLines(Object.fromEntries(shown)))
}

const pieces = (lines: readonly string[]): Piece[] => lines.map((text) => ({ text }))

/** The RFC 4514 text, then attribute by attribute; a `+` marks one that shares its RDN with the one above. */
function fullName(title: string, item: JsonObject, field: 'subject' | 'issuer'): Section {
  if (at(item, field) === undefined) return section(title, [])
  const attributes = listAt(item, `${field}Attributes`).flatMap((rdn) =>
    (Array.isArray(rdn) ? (rdn as readonly Json[]) : [])
      .filter(isObject)
      .map((one, position) => `${position === 0 ? '' : '+ '}${attributeText(one)}`),
  )
  return section(title, pieces([textAt(item, field) || '(empty)', ...attributes]))
}

function attributeText(attribute: JsonObject): string {
  const [type, oid] = [textAt(attribute, 'type'), textAt(attribute, 'oid')]
  const detail = joined([oid === type ? '' : oid, textAt(attribute, 'encoding')], ', ')
  return `${type}: ${textAt(attribute, 'value')}  (${detail})`
}

function titled(what: string, item: JsonObject, lines: readonly string[]): Section {
  const critical = item['critical'] === true ? ', critical' : ''
  return section(`${what} ${nameAndOid(item)}${critical}`, pieces(lines))
}

function nameAndOid(item: JsonObject): string {
  const [name, oid] = [textAt(item, 'name'), textAt(item, 'oid')]
  return name === '' ? oid : `${name} (${oid})`
}

function attributeLines(attribute: JsonObject): string[] {
  const value = attribute['value']
  return value === undefined ? [textAt(attribute, 'hex')] : valueLines(value)
}

function section(title: string, lines: readonly Piece[]): Section {
  return { title, entries: [], lines }
}
