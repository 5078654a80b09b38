import type { JsonObject } from '../../src/base/json.ts'
import { at, cellText, joined, listAt, tellsOfCrl, textAt } from './cells.ts'
import { endEntry, instantEntry } from './sections.ts'
import { entries, entry, type Entry, renderSheet, type Section, type SheetStyle } from './sheet.ts'

/** An authority as `show` prints it: its certificate, its key, its CRL, and what it was told. */
export function renderAuthority(item: JsonObject, now: Date, style: SheetStyle): string {
  const sections: Section[] = [
    {
      title: 'Authority',
      entries: [
        ...enabledEntry(item),
        ...entry('Id', textAt(item, 'id')),
        ...entry('Name', textAt(item, 'name')),
        ...entry('Subject', textAt(item, 'subject')),
        ...entry('Certificate', textAt(item, 'certificateId')),
        ...endEntry('Not after', textAt(item, 'notAfter'), now),
        ...entry('Key', keyText(item), at(item, 'encrypted') === false ? 'warn' : undefined),
        ...instantEntry('Created', textAt(item, 'createdAt'), now),
        ...entry('Issued', textAt(item, 'issued')),
        ...entry('Revoked', textAt(item, 'revoked')),
      ],
    },
    { title: 'CRL', entries: crlEntries(item, now) },
    {
      title: 'Settings',
      entries: [
        ...entry('Profile', textAt(item, 'defaultProfile')),
        ...urlEntries('CRL URLs', item, 'crlUrls'),
        ...urlEntries('CRL names', item, 'issuingDistributionPoint'),
        ...urlEntries('CA URLs', item, 'aiaUrls'),
        ...urlEntries('OCSP URLs', item, 'ocspUrls'),
        ...entry('CRL holds', daysText(textAt(item, 'crlDays'), textAt(item, 'crlOverlapHours'))),
        ...entry('Signs with', signatureText(item)),
        ...entry('Tags', cellText(at(item, 'tags'))),
      ],
    },
  ]
  return renderSheet(sections, style)
}

function enabledEntry(item: JsonObject): Entry[] {
  const enabled = at(item, 'enabled')
  if (typeof enabled !== 'boolean') return []
  const reason = textAt(item, 'revocation.reason')
  if (reason !== '') return entry('State', `revoked (${reason}): nobody believes what it signs`, 'bad')
  return entry('State', enabled ? 'enabled' : 'disabled: it signs no certificates', enabled ? 'good' : 'warn')
}

/** How the key is kept; the hash names it for `show keys/…`. */
function keyText(item: JsonObject): string {
  const id = textAt(item, 'keyId')
  if (id === '') return 'elsewhere'
  const encrypted = at(item, 'encrypted')
  const kept = encrypted === true ? 'password-protected' : encrypted === false ? 'without a password' : ''
  return joined([id.slice(0, 16), kept], ', ')
}

/** What was chosen for its signatures; the rest follows from the key. */
const signatureText = (item: JsonObject): string =>
  joined([at(item, 'signature.pss') === true ? 'RSASSA-PSS' : '', textAt(item, 'signature.digest')], ', ')

function crlEntries(item: JsonObject, now: Date): Entry[] {
  const number = textAt(item, 'crlNumber') || textAt(item, 'crl.number')
  const next = textAt(item, 'crlNextUpdate') || textAt(item, 'crl.nextUpdate')
  return [
    ...(at(item, 'crlStale') === true
      ? entry('State', 'revocations wait for the next one: certman ca crl', 'warn')
      : []),
    ...(number === '' && !tellsOfCrl(item)
      ? []
      : number === ''
        ? entry('Number', 'none yet: certman ca crl signs one', 'warn')
        : entry('Number', number)),
    ...instantEntry('This update', textAt(item, 'crlThisUpdate') || textAt(item, 'crl.thisUpdate'), now),
    ...endEntry('Next update', next, now),
    ...entry('Entries', textAt(item, 'crl.entries')),
  ]
}

function urlEntries(label: string, item: JsonObject, field: string): Entry[] {
  return entries(
    label,
    listAt(item, field).map((url) => cellText(url)),
  )
}

const daysText = (days: string, overlap: string): string =>
  days === '' ? '' : `${days} days, the next one ${overlap} hours before the end`
