import { fieldsOf } from '../../src/query/fields.ts'
import type { Page, Section } from './page.ts'

const EXAMPLES: Section = {
  type: 'examples',
  examples: [
    ["certman list --filter 'expires < 30d'", 'valid for less than 30 days more, expired ones included'],
    ["certman list --filter 'san ~ corp.example and not tag = legacy'", 'and, or, not, parentheses'],
    [
      "certman list --filter 'publicKey.type = rsa and publicKey.size < 3072'",
      'paths into the JSON of a certificate',
    ],
    ["certman list --filter 'state in (expired, revoked)'", 'lists'],
    ["certman list --filter 'name = null'", 'null: has none'],
  ],
}

const OPERATORS: Section = {
  type: 'terms',
  title: 'Operators',
  terms: [
    ['=  !=', 'equal, not equal; texts without case; a list: one of its elements'],
    ['<  <=  >  >=', 'numbers, instants, time spans'],
    ['~', 'contains'],
    ['^=  $=', 'starts with, ends with'],
    ['in (a, b)', 'equal to one of them'],
    ['and  or  not  ( )', 'not binds closest, then and, then or'],
  ],
}

const VALUES: Section = {
  type: 'terms',
  title: 'Values',
  terms: [
    ['word  "two words"', 'quotes where a text has spaces or operators in it'],
    ['30d', 'time spans: 12h, 30d, 2w, 6mo, 1y; for expires (time left) and age'],
    ['2026-03-31', 'a day or an instant, RFC 3339, UTC'],
    ['true  false  null', 'null: the field is not there'],
  ],
}

/** `certman help filter`. */
export function filterPage(): Page {
  const fields = fieldsOf('certificate')
    .map(({ name }) => name)
    .join(', ')
  return {
    name: 'certman help filter',
    summary: 'the language of --filter',
    sections: [
      EXAMPLES,
      OPERATORS,
      VALUES,
      { type: 'paragraphs', title: 'Fields of certificates', paragraphs: [fields] },
      {
        type: 'paragraphs',
        paragraphs: [
          'Mistakes are pointed at by their column. Sorting takes the same fields: --sort -notAfter,name.',
        ],
      },
    ],
  }
}
