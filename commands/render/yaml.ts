import { Document, isScalar, Scalar, visit } from 'yaml'
import type { Json } from '../../src/base/json.ts'

const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u
const EVERY_HIDDEN = new RegExp(`(?!\\n)${HIDDEN.source}`, 'gu')

/**
 * A YAML 1.2 document (without markers). Texts with characters that a terminal must not see are double-quoted, and
 * those characters escaped, so the value stays the same.
 */
export function yamlText(value: Json): string {
  const document = new Document(value, { aliasDuplicateObjects: false })
  visit(document, {
    Scalar(_key, node) {
      if (isScalar(node) && typeof node.value === 'string' && HIDDEN.test(node.value))
        node.type = Scalar.QUOTE_DOUBLE
    },
  })
  return document
    .toString({ lineWidth: 0 })
    .replace(EVERY_HIDDEN, (char) => escaped(char.codePointAt(0) ?? 0))
}

function escaped(point: number): string {
  if (point > 0xffff) return `\\U${point.toString(16).padStart(8, '0')}`
  return `\\u${point.toString(16).padStart(4, '0')}`
}
