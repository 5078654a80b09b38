import { isObject, type JsonObject } from '../../src/base/json.ts'
import { joined, listAt, textAt } from './cells.ts'
import { endEntry, extensionsSection, identifiersSection, instantEntry, nameSection } from './sections.ts'
import { entry, type Piece, renderSheet, type SheetStyle } from './sheet.ts'
import { recordEntries } from './show-certificate.ts'
import { instantForPeople } from './time-left.ts'

/** Revoked certificates that the overview shows. */
const MOST_ENTRIES = 20

/** A certificate revocation list as `show` prints it. */
export function renderCrl(item: JsonObject, now: Date, style: SheetStyle): string {
  return renderSheet(
    [
      {
        title: 'Certificate revocation list',
        entries: [
          ...recordEntries(item),
          ...instantEntry('This update', textAt(item, 'thisUpdate'), now),
          ...endEntry('Next update', textAt(item, 'nextUpdate'), now),
          ...entry('Number', textAt(item, 'crlNumber')),
          ...entry('Delta to', textAt(item, 'deltaCrlIndicator')),
          ...entry('Revoked', textAt(item, 'revokedCount')),
          ...entry('Signed with', textAt(item, 'signatureAlgorithm')),
        ],
      },
      nameSection('Issuer', item, 'issuer'),
      identifiersSection(item),
      extensionsSection(item),
      { title: 'Revoked certificates', entries: [], lines: revokedLines(item) },
    ],
    style,
  )
}

function revokedLines(item: JsonObject): Piece[] {
  const revoked = listAt(item, 'revoked').filter(isObject)
  const lines = revoked.slice(0, MOST_ENTRIES).map((one) => ({ text: revokedLine(one) + issuerOf(one) }))
  if (revoked.length > MOST_ENTRIES)
    lines.push({ text: `… ${revoked.length - MOST_ENTRIES} more with --text` })
  return lines
}

/** One revoked certificate in a line. */
export function revokedLine(one: JsonObject): string {
  const date = instantForPeople(textAt(one, 'revocationDate'))
  const since = instantForPeople(textAt(one, 'invalidityDate'))
  const parts = [date, textAt(one, 'serialNumber'), textAt(one, 'reason'), since && `invalid since ${since}`]
  return joined(parts, '  ')
}

/** In an indirect CRL the issuer that an entry names; it counts until the next one (RFC 5280 section 5.3.3). */
function issuerOf(one: JsonObject): string {
  const extension = listAt(one, 'extensions')
    .filter(isObject)
    .find((each) => each['name'] === 'certificateIssuer')
  const names = extension ? listAt(extension, 'value').filter(isObject) : []
  const name = names.find((each) => each['type'] === 'directoryName')
  return name ? `  issued by ${textAt(name, 'value')}` : ''
}
