import { orNoneSync } from '../../base/or-none.ts'
import type { NameAttributes } from '../../domain/facts.ts'
import { DerReader } from '../../asn1/reader.ts'
import { formatName, readName } from '../../x509/name.ts'
import { parseNameText } from '../../x509/name-text.ts'

/**
 * A name as it is compared: by its parts, without case. Answers have blanks after commas, or not, by route and release.
 */
export function comparableName(text: string): string {
  const name = orNoneSync(() => {
    const der = parseNameText(text.replace(/(?<!\\), +(?=[A-Za-z0-9.]+=)/g, ','))
    return formatName(readName(new DerReader(der).read()))
  })
  return (name ?? text.replace(/\s*,\s*/g, ',')).toLowerCase()
}

/** The last common name of a subject; `null` where there is none. */
export const commonName = (name: NameAttributes): string | null => attributeOf(name, '2.5.4.3')

/** The last value of an attribute type. */
export function attributeOf(name: NameAttributes, oid: string): string | null {
  let last: string | null = null
  for (const rdn of name) for (const attribute of rdn) if (attribute.oid === oid) last = attribute.value
  return last
}

/**
 * Name of a downloaded file from the common name: letters, digits, `.`, `_` and `-` stay, everything else becomes `_`, so
 * that no name leaves a folder or breaks a header; the thumbprint where nothing is left.
 */
export function certificateFileName(
  facts: { readonly subjectAttributes: NameAttributes; readonly thumbprint: string },
  ending: string,
): string {
  const stem = (commonName(facts.subjectAttributes) ?? '')
    .replace(/[^A-Za-z0-9._-]/g, '_')
    .replace(/^\.+|\.+$/g, '')
    .replace(/\.{2,}/g, '.')
    .slice(0, 120)
  return `${/[A-Za-z0-9]/.test(stem) ? stem : facts.thumbprint}.${ending.toLowerCase()}`
}

/** The line before a PEM block: `#` and the subject, safe on one line, and never the beginning of a block. */
export const subjectLine = (subject: string): string =>
  `#${subject.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?').replace(/-{5,}/g, '-')}\n`
