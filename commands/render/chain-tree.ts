import { isObject, type JsonObject } from '../../src/base/json.ts'
import { joined, listAt, textAt } from './cells.ts'
import { toneOfState } from './list.ts'
import type { Tone } from './color.ts'
import type { Piece, Section } from './sheet.ts'
import { subjectText } from './subject-text.ts'
import { cut, displayWidth } from './width.ts'

/** A line of the tree: where there is no room the name is cut, never what tells which record it is. */
interface Node {
  readonly name: string
  readonly rest: string
  readonly tone?: Tone | undefined
}

/**
 * The chain as a tree, the topmost issuer first, this certificate last. What is missing stands in the tree too: a chain
 * whose top is not self-issued lacks an issuer.
 *
 * @param width columns for a line, to which names are cut; undefined: not cut
 */
export function chainSection(item: JsonObject, width: number | undefined): Section {
  const chain = listAt(item, 'chain').filter(isObject)
  const self = item['selfIssued'] === true
  if (self && chain.length === 0)
    return { title: 'Chain', entries: [], lines: [{ text: `${nameOf(item)} (self-issued)` }] }
  const path = [...[...chain].reverse(), item]
  const top = missingIssuer(item, chain)
  const nodes: Node[] = [...top, ...path.map((link) => nodeOf(link, link === item))]
  return { title: 'Chain', entries: [], lines: nodes.map((node, depth) => branch(node, depth, width)) }
}

function missingIssuer(item: JsonObject, chain: readonly JsonObject[]): Node[] {
  const last = chain.at(-1) ?? item
  // a link of `chain` names its issuer only where the caller knows it
  if (last['selfIssued'] === true || (last !== item && last['issuer'] === undefined)) return []
  if (textAt(last, 'issuer') === textAt(last, 'subject')) return []
  return [{ name: textAt(last, 'issuer'), rest: ' (not at hand)', tone: 'warn' }]
}

function nodeOf(link: JsonObject, isThis: boolean): Node {
  const state = textAt(link, 'state')
  const remark = isThis ? ' ← this one' : state === '' || state === 'valid' ? '' : ` (${state})`
  return {
    name: subjectOf(link),
    rest: handleOf(link) + remark,
    tone: isThis ? 'strong' : toneOfState(state),
  }
}

/** A certificate in a line: its subject, and its id and name where it is a record. */
export function nameOf(link: JsonObject): string {
  return subjectOf(link) + handleOf(link)
}

const subjectOf = (link: JsonObject): string => subjectText(link) || '(empty name)'

function handleOf(link: JsonObject): string {
  const handle = joined([textAt(link, 'id'), textAt(link, 'name')], ' ')
  return handle === '' ? '' : `  [${handle}]`
}

/** Columns that the sheet keeps for its indent, and for that of a line that goes on. */
const KEPT = 4

/** Below this a name tells nothing. */
const LEAST_NAME = 8

function branch({ name, rest, tone }: Node, depth: number, width: number | undefined): Piece {
  const lead = depth === 0 ? '' : `${'   '.repeat(depth - 1)}└─ `
  const room = (width ?? Infinity) - KEPT - lead.length - displayWidth(rest)
  return { text: lead + cut(name, Math.max(room, LEAST_NAME)) + rest, tone }
}
