import { isObject, type JsonObject } from '../../src/base/json.ts'
import { listAt, textAt } from './cells.ts'
import { extensionLines, valueLines } from './extension-lines.ts'
import { toneOfState } from './list.ts'
import {
  extensionsSection,
  identifiersSection,
  instantEntry,
  keySection,
  namesSection,
  nameSection,
  usageSection,
} from './sections.ts'
import { entries, entry, renderSheet, type Section, type SheetStyle } from './sheet.ts'
import { recordEntries } from './show-certificate.ts'

/** A certificate request as `show` prints it. */
export function renderRequest(item: JsonObject, now: Date, style: SheetStyle): string {
  const state = textAt(item, 'state')
  const sections: Section[] = [
    {
      title: 'Certificate request',
      entries: [
        ...entry('State', state, toneOfState(state)),
        ...recordEntries(item),
        ...instantEntry('Requested', textAt(item, 'requestedAt'), now),
        ...entry('Requested by', textAt(item, 'requestedBy')),
        ...entry('Profile', textAt(item, 'profile')),
        ...instantEntry('Rejected', textAt(item, 'rejectedAt'), now),
        ...entry('Reason', textAt(item, 'rejectionReason')),
        ...entry('Certificate', textAt(item, 'certificateId')),
        ...signatureEntry(item),
      ],
    },
    nameSection('Subject', item, 'subject'),
    namesSection(item),
    keySection(item),
    usageSection(item),
    identifiersSection(item),
    extensionsSection(item),
    { title: 'Attributes', entries: listAt(item, 'attributes').filter(isObject).flatMap(attributeEntry) },
  ]
  return renderSheet(sections, style)
}

/** Proof of possession: the signature by the key that is asked for. */
function signatureEntry(item: JsonObject): ReturnType<typeof entry> {
  const signature = textAt(item, 'signature')
  const tones = { valid: 'good', invalid: 'bad' } as const
  return entry(
    'Signature',
    signature,
    signature === 'valid' || signature === 'invalid' ? tones[signature] : undefined,
  )
}

/** The requested extensions have sections of their own, unless they cannot be told apart. */
function attributeEntry(attribute: JsonObject): ReturnType<typeof entries> {
  const name = textAt(attribute, 'name') || textAt(attribute, 'oid')
  if (textAt(attribute, 'malformed') !== '') return entries(name, extensionLines(attribute))
  if (name === 'extensionRequest') return []
  const hex = textAt(attribute, 'hex')
  return entries(name, attribute['value'] === undefined ? [hex] : valueLines(attribute['value']))
}
