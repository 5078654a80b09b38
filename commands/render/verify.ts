import { namesOf } from '../../src/asn1/oids.ts'
import { isObject, type JsonObject } from '../../src/base/json.ts'
import type { Emission } from '../context.ts'
import { withTypedPlace } from '../place-in-command.ts'
import { joined, listAt, textAt } from './cells.ts'
import { chainSection, nameOf } from './chain-tree.ts'
import { entries, entry, type Entry, type Piece, renderSheet, type Section } from './sheet.ts'
import { oneOrAll } from './show-records.ts'
import { type RenderContext, type Style, styleOf } from './style.ts'
import { subjectText } from './subject-text.ts'
import { fromNow, instantForPeople } from './time-left.ts'

/** The answers of `verify`, one below the other. */
export function renderVerdicts(ctx: RenderContext, verdicts: readonly JsonObject[]): Emission {
  const text = (some: readonly JsonObject[]): string =>
    some.map((verdict) => verdictText(ctx, verdict)).join('\n')
  return {
    json: oneOrAll(verdicts),
    text: () => text(verdicts),
    quiet: () => text(verdicts.filter(({ trusted }) => trusted !== true)),
  }
}

function verdictText(ctx: RenderContext, verdict: JsonObject): string {
  const style = styleOf(ctx)
  const sections: Section[] = [
    { title: nameOf(verdict), entries: [...answerEntry(ctx, verdict), ...againstEntry(verdict, style)] },
    { title: 'Revocation', entries: [], lines: revocationLines(verdict) },
    { ...chainSection({ ...verdict, selfIssued: isOwnIssuer(verdict) }, style.width), title: 'Path' },
  ]
  return renderSheet(sections, style)
}

const isOwnIssuer = (verdict: JsonObject): boolean => textAt(verdict, 'subject') === textAt(verdict, 'issuer')

function answerEntry(ctx: RenderContext, verdict: JsonObject): readonly Entry[] {
  if (verdict['trusted'] !== true) return entry('Trusted', 'no', 'bad')
  const [hostname, purpose] = [textAt(verdict, 'hostname'), textAt(verdict, 'purpose')]
  const until = textAt(verdict, 'validUntil')
  const end = `${instantForPeople(until)} (${fromNow(until, ctx.ambient.now())})`
  return [
    ...entry(
      'Trusted',
      joined(['yes', hostname && `for ${hostname}`, purpose && `as ${purpose}`], ' '),
      'good',
    ),
    ...entry('Until', end),
    ...entry(
      'Trust anchor',
      `${textAt(verdict, 'trustAnchor.subject')} (${FROM[textAt(verdict, 'trustAnchor.from')] ?? ''})`,
    ),
    ...entries('Policies', listAt(verdict, 'policies.userConstrained').map(policyText)),
  ]
}

function policyText(policy: unknown): string {
  const name = namesOf('other').get(String(policy))
  return name === undefined ? String(policy) : `${name} (${String(policy)})`
}

/** Where a trust anchor was found, for people. */
const FROM: Readonly<Record<string, string>> = {
  system: 'trusted by the system',
  store: 'in the store',
  file: 'named as trusted',
  host: 'sent by the host',
}

/** An instant within a sentence. */
const INSTANT = /\d{4}-\d\d-\d\dT[\d:.]+Z/g

/** What speaks against it, and of whom where it is not this certificate; then what may be done. */
function againstEntry(verdict: JsonObject, { typed }: Style): readonly Entry[] {
  const findings = listAt(verdict, 'findings').filter(isObject)
  const own = textAt(verdict, 'fingerprint')
  const reasons = findings.map((finding) => {
    const whose = textAt(finding, 'fingerprint') === own ? '' : textAt(finding, 'subject')
    return joined([whose, textAt(finding, 'message').replaceAll(INSTANT, instantForPeople)], ': ')
  })
  const hints = new Set(findings.map((finding) => withTypedPlace(textAt(finding, 'hint'), typed)))
  return [...entries('Because', reasons), ...entries('Hint', [...hints])]
}

/** What is known to be good needs no line; where the answer is no anyway, nothing more is said. */
function revocationLines(verdict: JsonObject): readonly Piece[] {
  if (verdict['trusted'] !== true) return []
  const own = textAt(verdict, 'fingerprint')
  return listAt(verdict, 'revocation')
    .filter(isObject)
    .filter((each) => textAt(each, 'status') === 'unknown')
    .map((each) => ({
      text: `not known of ${textAt(each, 'fingerprint') === own ? subjectText(verdict) : textAt(each, 'subject')}: ${textAt(each, 'why')}`,
      tone: 'warn',
    }))
}
