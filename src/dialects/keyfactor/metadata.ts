import { isObject, type Json, type JsonObject, defined } from '../../base/json.ts'
import type { Edit, NewCertificate } from '../../store/store.ts'

/** The mutable fields of a certificate that travel as metadata, with the names that they have there. */
export const METADATA_FIELDS = [
  ['Name', 'Handle of the certificate, unique among current ones'],
  ['FriendlyName', 'Label that Windows and Java show'],
  ['Tags', 'Labels, separated by commas'],
] as const
export type MetadataField = (typeof METADATA_FIELDS)[number][0]

/** What metadata says about a certificate; `undefined`: nothing, `null`: that there is none. */
export interface Described {
  readonly name?: string | null
  readonly friendlyName?: string | null
  readonly tags?: readonly string[]
}

/** Metadata of a row: the fields that it has. The name of a superseded certificate is that of its successor by now. */
export function metadataOf(row: JsonObject): JsonObject {
  const { name, friendlyName, tags, supersededBy } = row
  return {
    ...(typeof name === 'string' && supersededBy === undefined && { Name: name }),
    ...(typeof friendlyName === 'string' && { FriendlyName: friendlyName }),
    ...(Array.isArray(tags) && tags.length > 0 && { Tags: tags.join(',') }),
  }
}

const text = (value: Json | undefined): string | null | undefined => {
  if (value === undefined) return undefined
  if (value === null || value === '') return null
  return typeof value === 'string' ? value : String(value)
}

/**
 * Reads a metadata map; names without case. `names` are those that a server has for the three fields.
 */
export function readMetadata(
  map: Json | undefined,
  names: Readonly<Record<MetadataField, string>> = {
    Name: 'Name',
    FriendlyName: 'FriendlyName',
    Tags: 'Tags',
  },
): Described {
  if (!isObject(map)) return {}
  const entries = Object.entries(map)
  const find = (field: MetadataField): string | null | undefined =>
    text(entries.find(([name]) => name.toLowerCase() === names[field].toLowerCase())?.[1])
  const [name, friendlyName, tags] = [find('Name'), find('FriendlyName'), find('Tags')]
  return defined({ name, friendlyName, tags: tags === undefined ? undefined : splitTags(tags ?? '') })
}

const splitTags = (list: string): readonly string[] =>
  list
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')

/** The same of what is new to a store: what is said not to be is left out. */
export const labelsIn = (said: Described): Pick<NewCertificate, 'name' | 'friendlyName' | 'tags'> =>
  defined({ ...said, name: said.name ?? undefined, friendlyName: said.friendlyName ?? undefined })

/** The edit that brings a row to what metadata says; nothing for fields that are the same. */
export function editOf(row: JsonObject, { name, friendlyName, tags }: Described): Edit {
  const now: readonly string[] = Array.isArray(row['tags']) ? (row['tags'] as readonly string[]) : []
  const added = tags?.filter((tag) => !now.includes(tag)) ?? []
  const removed = tags ? now.filter((tag) => !tags.includes(tag)) : []
  const changed = (field: string, value: string | null | undefined): boolean =>
    value !== undefined && value !== (row[field] ?? null)
  return {
    ...(changed('name', name) && { name: name! }),
    ...(changed('friendlyName', friendlyName) && { friendlyName: friendlyName! }),
    ...(added.length > 0 && { addTags: added }),
    ...(removed.length > 0 && { removeTags: removed }),
  }
}
