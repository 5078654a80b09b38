import { isObject, type JsonObject } from '../../src/base/json.ts'
import { joined, listAt, textAt } from './cells.ts'
import { toneOfState } from './list.ts'
import type { Piece, Section } from './sheet.ts'
import { cut } from './width.ts'

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
  const nodes: Piece[] = [...top, ...path.map((link) => nodeOf(link, link === item))]
  return { title: 'Chain', entries: [], lines: nodes.map((node, depth) => branch(node, depth, width)) }
}

function missingIssuer(item: JsonObject, chain: readonly JsonObject[]): Piece[] {
  const last = chain.at(-1) ?? item
  // a link of `chain` names its issuer only where the caller knows it
  if (last['selfIssued'] === true || (last !== item && last['issuer'] === undefined)) return []
  if (textAt(last, 'issuer') === textAt(last, 'subject')) return []
  return [{ text: `${textAt(last, 'issuer')} (not at hand)`, tone: 'warn' }]
}

function nodeOf(link: JsonObject, isThis: boolean): Piece {
  const state = textAt(link, 'state')
  const remark = isThis ? ' ← this one' : state === '' || state === 'valid' ? '' : ` (${state})`
  return { text: `${nameOf(link)}${remark}`, tone: isThis ? 'strong' : toneOfState(state) }
}

/** A certificate in a line: its subject, and its id and name where it is a record. */
export function nameOf(link: JsonObject): string {
  const handle = joined([textAt(link, 'id'), textAt(link, 'name')], ' ')
  return joined([textAt(link, 'subject') || '(empty name)', handle && `[${handle}]`], '  ')
}

/** Indent of the sheet and of the tree. */
function branch({ text, tone }: Piece, depth: number, width: number | undefined): Piece {
  const lead = depth === 0 ? '' : `${'   '.repeat(depth - 1)}└─ `
  return {
    text: lead + (width === undefined ? text : cut(text, Math.max(width - lead.length - 2, 16))),
    tone,
  }
}
