import type { JsonObject } from '../../src/base/json.ts'
import { cellText, at, joined, textAt } from './cells.ts'
import type { Tone } from './color.ts'
import { chainSection } from './chain-tree.ts'
import { toneOfState } from './list.ts'
import {
  endEntry,
  extensionsSection,
  identifiersSection,
  instantEntry,
  keySection,
  namesSection,
  nameSection,
  usageSection,
} from './sections.ts'
import { entry, type Entry, renderSheet, type Section, type SheetStyle } from './sheet.ts'
import { daysLeft, fromNow, instantForPeople, toneOfDays } from './time-left.ts'

/** A certificate as `show` prints it: the JSON of `show --json` in sections. */
export function renderCertificate(item: JsonObject, now: Date, style: SheetStyle): string {
  const sections: Section[] = [
    { title: 'Certificate', entries: [...stateEntry(item, now), ...recordEntries(item)] },
    nameSection('Subject', item, 'subject'),
    nameSection('Issuer', item, 'issuer'),
    {
      title: 'Validity',
      entries: [
        ...instantEntry('Not before', textAt(item, 'notBefore'), now),
        ...endEntry('Not after', textAt(item, 'notAfter'), now),
        ...entry('Malformed', zonelessText(item), 'bad'),
      ],
    },
    namesSection(item),
    keySection(item),
    usageSection(item),
    identifiersSection(item),
    extensionsSection(item),
    at(item, 'chain') === undefined ? { title: '', entries: [] } : chainSection(item, style.width),
  ]
  return renderSheet(sections, style)
}

/** Times that lack their zone in the bytes. */
function zonelessText(item: JsonObject): string {
  const times = cellText(at(item, 'zonelessTimes'))
  return times === '' ? '' : `without a time zone, read as UTC: ${times}`
}

/** `valid, expires in 29 days`. */
function stateEntry(item: JsonObject, now: Date): Entry[] {
  const state = textAt(item, 'state')
  const notAfter = textAt(item, 'notAfter')
  if (state === '') return []
  const tone: Tone | undefined =
    state === 'valid' ? (toneOfDays(daysLeft(notAfter, now)) ?? 'good') : toneOfState(state)
  return entry('State', joined([WORDS[state] ?? state, stateDetail(item, state, now)], ', '), tone)
}

const WORDS: Readonly<Record<string, string>> = { notYetValid: 'not yet valid' }

function stateDetail(item: JsonObject, state: string, now: Date): string {
  switch (state) {
    case 'valid':
      return `expires ${fromNow(textAt(item, 'notAfter'), now)}`
    case 'expired':
      return fromNow(textAt(item, 'notAfter'), now)
    case 'notYetValid':
      return `starts ${fromNow(textAt(item, 'notBefore'), now)}`
    case 'superseded':
      return `its name went to ${textAt(item, 'supersededBy')}`
    case 'revoked':
      return joined(
        [textAt(item, 'revocation.reason'), instantForPeople(textAt(item, 'revocation.date'))],
        ', ',
      )
    default:
      return ''
  }
}

/** What the store, or the file, says about the record. */
export function recordEntries(item: JsonObject): Entry[] {
  const imported = textAt(item, 'importedAt')
  const origin = joined([textAt(item, 'source.how'), instantForPeople(imported)], ' ')
  return [
    ...entry('Id', textAt(item, 'id')),
    ...entry('Name', textAt(item, 'name')),
    ...entry('Friendly name', textAt(item, 'friendlyName')),
    ...entry('Tags', cellText(at(item, 'tags'))),
    ...entry('Origin', joined([origin, textAt(item, 'source.from')], ' from ')),
    ...entry('Request', textAt(item, 'requestId')),
    // a request names the one that it is meant for
    ...entry(item['requestedAt'] === undefined ? 'Issued by' : 'Meant for', authorityText(item)),
    ...entry('Place', placeText(item)),
    ...entry('Keystore', textAt(item, 'keystore.name')),
    ...entry('Key vault', textAt(item, 'keyVault.secretIdentifier')),
    ...entry('Last refresh', refreshText(item)),
  ]
}

/** How fetching the certificate from its key vault went the last time, with the reason where it failed. */
const refreshText = (item: JsonObject): string =>
  joined(
    ['code', 'message'].map((part) => textAt(item, `keyVault.lastStatus.${part}`)),
    ': ',
  )

/** The authority of this store that issued it, and as what. */
function authorityText(item: JsonObject): string {
  const id = textAt(item, 'authorityId')
  const profile = textAt(item, 'profile')
  return id === '' ? '' : `authorities/${id}${profile === '' ? '' : `, profile ${profile}`}`
}

const placeText = (item: JsonObject): string =>
  joined([textAt(item, 'place.file'), textAt(item, 'place.at')], ', ')
