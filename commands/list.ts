import { CertmanError } from '../src/base/errors.ts'
import type { Query } from '../src/domain/filter.ts'
import { RECORD_KINDS, type RecordKind } from '../src/domain/records.ts'
import { listFilter } from '../src/query/shortcuts.ts'
import { parseSort } from '../src/query/sort.ts'
import { collectionFilter } from '../src/store/collection-filter.ts'
import type { ListedRecords, Store } from '../src/store/store.ts'
import { count, declare, flag, type Given, many, present, text } from './declare.ts'
import { nothingListed } from './nothing-listed.ts'
import { printList } from './print-list.ts'
import { PLURALS } from './references.ts'
import { withStore } from './store-request.ts'

const OPTIONS = {
  filter: text('EXPR', 'only what fits, such as "san ~ example and expires < 30d" (certman help filter)'),
  expiring: text('TIME', 'valid now, and expires within this time: 30d'),
  expired: flag('expired already'),
  due: flag('should be renewed by now: two thirds of its life are over, or as its profile says'),
  san: text('TEXT', 'a subject alternative name contains this'),
  subject: text('TEXT', 'the subject contains this'),
  issuer: text('TEXT', 'the issuer contains this'),
  name: text('NAME', 'has this name'),
  serial: text('HEX', 'has this serial number'),
  state: many(
    'STATE',
    'valid, notYetValid, expired, revoked, superseded; for requests outstanding, issued, …',
  ),
  tag: many('TAG', 'has this tag; repeated: all of them'),
  hasKey: flag('the store holds the private key'),
  noKey: flag('the store holds no private key'),
  keyType: text('TYPE', 'rsa, ec, ed25519, …'),
  collection: text('NAME', 'fits the filter of this collection: certman list collections', {
    completes: 'collection',
  }),
  sort: text('FIELDS', 'order, such as notAfter or -importedAt,name', { completes: 'field' }),
  limit: count('N', 'at most so many'),
  offset: count('N', 'leave out the first so many'),
  all: flag('superseded certificates too'),
  failEmpty: flag('exit with 1 when nothing fits'),
} as const

/** What may be typed for a kind: `certificates`, `certificate`. */
const KINDS: ReadonlyMap<string, RecordKind> = new Map(
  RECORD_KINDS.flatMap((kind) => [
    [kind, kind],
    [PLURALS[kind], kind],
  ]),
)

function readKind(word: string | undefined): RecordKind {
  if (word === undefined) return 'certificate'
  const kind = KINDS.get(word)
  if (kind) return kind
  throw new CertmanError('cli.usage', `there is nothing called ${JSON.stringify(word)} to list`, {
    hint: 'one of: certificates, requests, keys, authorities, collections; a search is --filter, --subject, --san',
  })
}

function readQuery(options: Given<typeof OPTIONS>, kind: RecordKind): Query {
  if (options.hasKey && options.noKey)
    throw new CertmanError('cli.usage', '--has-key and --no-key exclude each other')
  const { expiring, expired, san, subject, issuer, name, serial, state, tag, keyType } = options
  const shortcuts = present({
    expiring,
    expired: expired || undefined,
    san,
    subject,
    issuer,
    name,
    serial,
    state: state.length > 0 ? state : undefined,
    tag: tag.length > 0 ? tag : undefined,
    hasKey: options.hasKey ? true : options.noKey ? false : undefined,
    keyType,
  })
  return present({
    filter: listFilter(present({ filter: options.filter, shortcuts, all: options.all }), kind),
    sort: options.sort === undefined ? [] : parseSort(options.sort, kind),
    limit: options.limit,
    offset: options.offset,
  })
}

/** Flags that leave nothing out. */
const NOT_NARROWING: ReadonlySet<string> = new Set(['sort', 'limit', 'all', 'failEmpty'])

const isNarrowed = (options: Given<typeof OPTIONS>): boolean =>
  Object.entries(options).some(
    ([key, value]) =>
      !NOT_NARROWING.has(key) &&
      value !== undefined &&
      value !== false &&
      (!Array.isArray(value) || value.length > 0),
  )

/**
 * The rows of a query. One more than its limit is asked for: only so is it known whether the listing is cut, without
 * counting a large store.
 */
function cut(query: Query, list: (query: Query) => ListedRecords) {
  const { limit, offset = 0 } = query
  if (limit === undefined) return { rows: list(query) }
  const rows = list({ ...query, limit: limit + 1 })
  return { rows, most: { limit, more: `there are more: --offset ${offset + limit}` } }
}

/** The query within a collection of the store. */
async function within(store: Store, collection: string | undefined, query: Query): Promise<Query> {
  if (collection === undefined) return query
  const row = await store.resolve({ kind: 'collection', by: 'text', text: collection })
  const terms = [query.filter, collectionFilter(row)]
  return { ...query, filter: { op: 'and', terms } }
}

export const verb = declare({
  name: 'list',
  examples: [
    ['certman list', 'all current certificates'],
    ['certman list --expiring 30d --sort notAfter', 'what expires within 30 days, soonest first'],
    [
      'certman list --filter "san ~ corp.example and not tag = legacy"',
      'the filter language: certman help filter',
    ],
    ['certman list --json --fields id,name,notAfter', 'three fields of each, for a script'],
    ['certman list --due', 'what should be renewed, the most urgent first'],
    ['certman list requests --state outstanding', 'another kind: requests, keys, authorities, collections'],
  ],
  args: [
    {
      name: 'KIND',
      help: 'certificates (default), requests, keys, authorities, collections',
      optional: true,
      completes: 'kind',
    },
  ],
  options: OPTIONS,
  run: async (ctx, { args, options }) => {
    const kind = readKind(args[0])
    const query = readQuery(options, kind)
    if (options.due && kind !== 'certificate')
      throw new CertmanError('cli.usage', `--due does not fit: a ${kind} is not renewed`)
    const due = options.due ? (await import('./due.ts')).dueRows : undefined
    if (options.collection !== undefined && kind !== 'certificate')
      throw new CertmanError('cli.usage', `--collection does not fit: a ${kind} belongs to none`)
    const found = await withStore(ctx, async (store) => {
      const asked = await within(store, options.collection, query)
      const rows = (wanted: Query) => due?.(ctx, store, wanted) ?? store.list(kind, wanted)
      const nothing = nothingListed(kind, store.can, isNarrowed(options))
      return printList(ctx, { kind, nothing, ...cut(asked, rows) })
    })
    if (found === 0 && options.failEmpty) ctx.setExit(1)
  },
})
