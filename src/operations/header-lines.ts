import type { NameAttributes } from '../domain/facts.ts'

/**
 * `subject=C=DE, O=Example, CN=web` and `issuer=…` before a PEM block, as OpenSSL 3.2 prints them: explanatory text
 * (RFC 7468 section 5.2) that every reader skips. Control characters become `\0A`, and five hyphens cannot stand
 * in it, so that no name can forge a block.
 */
export function headerLines(facts: {
  readonly subjectAttributes: NameAttributes
  readonly issuerAttributes?: NameAttributes
}): string {
  const subject = `subject=${oneLine(facts.subjectAttributes)}\n`
  return facts.issuerAttributes ? `${subject}issuer=${oneLine(facts.issuerAttributes)}\n` : subject
}

const oneLine = (name: NameAttributes): string =>
  name.map((rdn) => rdn.map(({ type, value }) => `${type}=${harmless(value)}`).join(' + ')).join(', ')

function harmless(value: string): string {
  const escaped = value.replace(/[\\,+"<>;]/g, (character) => `\\${character}`)
  return (/^[\x20-\x7e]*$/.test(escaped) ? escaped : escaped.replace(unseen(), asHex)).replace(
    /-{5,}/g,
    (dashes) => '\\2D'.repeat(dashes.length),
  )
}

// a function: V8 takes a millisecond to parse the properties, and ASCII needs none
const unseen = (): RegExp => /\p{Cc}|\p{Cf}|\u2028|\u2029/gu

const asHex = (character: string): string =>
  [...Buffer.from(character)]
    .map((octet) => `\\${octet.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('')
