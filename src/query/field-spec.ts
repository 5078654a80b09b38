import type { OidFamily } from '../asn1/oids.ts'

/**
 * What a field holds, and so which operators and values it takes. `identifier`: decimal text that orders as a number;
 * `duration`: seconds until or since an instant, computed; `names`: GeneralNames; `textList`: any element may fit.
 */
export type FieldType =
  'text' | 'hex' | 'identifier' | 'number' | 'instant' | 'duration' | 'boolean' | 'textList' | 'generalNames'

/** One field that a filter, `--sort` or completion can name. */
export interface FieldSpec {
  /** JSON path in the row (`publicKey.type`), or the word of a computed field (`state`, `expires`, `hasKey`). */
  readonly name: string
  readonly type: FieldType
  /** Whether it can be sorted by. */
  readonly sortable: boolean
  /** One line of help: lower case, no full stop. */
  readonly help: string
  /** Other spellings. */
  readonly aliases?: readonly string[]
  /** Every row of a local store has it: an index on it can answer the sort. */
  readonly required?: true
  /** The only values there are: asked for where a filter compares with one. */
  readonly values?: () => readonly string[]
  /** Another word for one of them: what is typed, in lower case, and what rows have. */
  readonly synonym?: readonly [typed: string, value: string]
  /** Its values are names of such object identifiers, or identifiers that have none in dotted text. */
  readonly oids?: OidFamily
  /** A distinguished name: a whole one is compared by RFC 5280 section 7.1. */
  readonly isName?: true
  /** Letter case of `hex` as stored. */
  readonly letters?: 'lower' | 'upper'
  /** Where a computed field takes its value from. */
  readonly from?: FieldSource
}

/** How a computed field is derived from the row. */
export type FieldSource =
  /** Time until (`left`) or since (`since`) the instant at `path`. */
  | { readonly how: 'left' | 'since'; readonly path: string }
  /** Whether `path` has a value. */
  | { readonly how: 'present'; readonly path: string }
  /** Whether `path` is true; absent counts as false. */
  | { readonly how: 'true'; readonly path: string }
  /** The values of one attribute type (RFC 4514 short name) in the RDNs at `path`. */
  | { readonly how: 'attribute'; readonly path: string; readonly attribute: string }
  /** `certificateState` at the time of the call. */
  | { readonly how: 'certificateState' }
