import { contextTag, DerReader, TAG, type Tlv } from '../../asn1/reader.ts'
import { readSmallInteger } from '../../asn1/values.ts'
import type { GeneralName } from '../../domain/facts.ts'
import { readGeneralName } from '../general-name.ts'
import { asSequence } from './shape.ts'

/** A base name; IP addresses as `192.0.2.0/24`. Depths other than the default are shown (RFC 5280 forbids them). */
export interface GeneralSubtree extends GeneralName {
  readonly minimum?: number
  readonly maximum?: number
}

/** nameConstraints (RFC 5280 section 4.2.1.10); `null` where a list is absent. */
export interface NameConstraints {
  readonly permittedSubtrees: readonly GeneralSubtree[] | null
  readonly excludedSubtrees: readonly GeneralSubtree[] | null
}

/** nameConstraints: permitted and excluded bases. */
export function decodeNameConstraints(tlv: Tlv): NameConstraints {
  const reader = asSequence(tlv, 'the name constraints')
  const permitted = reader.enterIf(contextTag(0, true))
  const excluded = reader.enterIf(contextTag(1, true))
  reader.finish('name constraints')
  return {
    permittedSubtrees: permitted ? readSubtrees(permitted) : null,
    excludedSubtrees: excluded ? readSubtrees(excluded) : null,
  }
}

function readSubtrees(reader: DerReader): GeneralSubtree[] {
  const subtrees: GeneralSubtree[] = []
  while (!reader.atEnd) {
    const subtree = reader.enter(TAG.sequence, 'a subtree')
    const base = readGeneralName(subtree.read(undefined, 'the base of a subtree'), true)
    const minimum = subtree.readIf(contextTag(0, false))
    const maximum = subtree.readIf(contextTag(1, false))
    subtree.finish('subtree')
    subtrees.push({
      ...base,
      ...(minimum && { minimum: readSmallInteger(minimum, 'the minimum') }),
      ...(maximum && { maximum: readSmallInteger(maximum, 'the maximum') }),
    })
  }
  return subtrees
}
