import type { JsonObject } from '../../src/base/json.ts'
import { ROLE_CLAIMS } from '../../src/domain/role.ts'
import type { MadeSecrets } from '../../src/operations/serve/user-orders.ts'
import type { ApiKeyRecord, UserRecord } from '../../src/settings/user-records.ts'
import type { Emission } from '../context.ts'
import { textAt } from './cells.ts'
import { safeText } from './safe.ts'
import { instantEntry } from './sections.ts'
import { entries, entry, renderSheet } from './sheet.ts'
import { type RenderContext, styleOf, toJson } from './style.ts'
import { renderRows } from './table.ts'

/** A user as JSON: no password, no hash, no key. */
function userRow(user: UserRecord): JsonObject {
  const { number, name, role, claims, stores, collections, sharedKey, createdAt } = user
  return {
    number,
    name,
    role,
    claims: claims ?? ROLE_CLAIMS[role],
    stores: stores ?? null,
    collections: collections ?? null,
    hasPassword: user.password !== undefined,
    apiKeys: user.apiKeys.length,
    sas: sharedKey?.id ?? null,
    createdAt,
  }
}

const listed = (value: unknown, all: string): string =>
  Array.isArray(value) ? (value as string[]).join(', ') || 'none' : all

/** How a user can come in, in words. */
function credentials(user: UserRecord): string {
  const keys = user.apiKeys.length
  return [
    ...(user.password === undefined ? [] : ['password']),
    ...(keys === 0 ? [] : [keys === 1 ? 'API key' : `${keys} API keys`]),
    ...(user.sharedKey === undefined ? [] : ['shared access keys']),
  ].join(', ')
}

/** All users. */
export function renderUsers(ctx: RenderContext, users: readonly UserRecord[]): Emission {
  return {
    json: toJson(users.map(userRow)),
    text: () =>
      renderRows(
        [
          { header: 'NUMBER', spare: 1 },
          { header: 'NAME', min: 16 },
          { header: 'ROLE' },
          { header: 'STORES', min: 6, spare: 2 },
          { header: 'COMES WITH', min: 10 },
        ],
        users.map((user) => [
          String(user.number),
          user.name,
          user.role,
          listed(user.stores, 'all'),
          credentials(user),
        ]),
        styleOf(ctx),
      ),
  }
}

/** Everything about one user but the secrets. */
export function renderUser(ctx: RenderContext, user: UserRecord): Emission {
  const row = userRow(user)
  return {
    json: toJson({ ...row, apiKeys: user.apiKeys.map(keyRow) }),
    text: () =>
      renderSheet(
        [
          {
            title: 'User',
            entries: [
              ...entry('Name', user.name),
              ...entry('Number', String(user.number)),
              ...entry('Role', user.role),
              ...entry('May', listed(row['claims'], '') || 'nothing'),
              ...entry('Stores', listed(user.stores, 'all')),
              ...entry('Collections', listed(user.collections, 'no limit')),
              ...entry('Comes with', credentials(user) || 'nothing'),
              ...entries(
                'API keys',
                user.apiKeys.map(({ id, purpose }) => `${id} ${purpose}`),
              ),
              ...entry('SAS id', user.sharedKey?.id ?? ''),
              ...instantEntry('Created', user.createdAt, ctx.ambient.now()),
            ],
          },
        ],
        styleOf(ctx),
      ),
  }
}

/** An API key as its owner may see it. */
const keyRow = ({ id, purpose, createdAt, modifiedAt, expiresAt }: ApiKeyRecord): JsonObject => ({
  id,
  purpose,
  createdAt,
  modifiedAt,
  expiresAt,
})

/** The API keys of a user. */
export function renderKeys(ctx: RenderContext, keys: readonly ApiKeyRecord[]): Emission {
  return {
    json: toJson(keys.map(keyRow)),
    text: () =>
      renderRows(
        [
          { header: 'ID' },
          { header: 'PURPOSE', min: 8 },
          { header: 'CREATED', spare: 1 },
          { header: 'EXPIRES' },
        ],
        keys.map(({ id, purpose, createdAt, expiresAt }) => [
          id,
          purpose,
          createdAt.slice(0, 10),
          expiresAt?.slice(0, 10) ?? 'never',
        ]),
        styleOf(ctx),
      ),
  }
}

/**
 * A change of a user with the secrets that were made, which are printed this once: that is what they are made for.
 *
 * @param what `added`, `changed`, `removed`
 */
export function renderUserDeed(
  user: UserRecord,
  { what, secrets = {}, dryRun }: { what: string; secrets?: MadeSecrets; dryRun: boolean },
): Emission {
  const { apiKey, sas } = dryRun ? {} : secrets
  const row = userRow(user)
  const deed = dryRun ? `would be ${what}` : what
  const shownOnce = [
    ...(apiKey ? [`API key ${apiKey.id}: ${apiKey.token}`] : []),
    ...(sas
      ? [`SAS id: ${sas.id}`, `SAS primary key: ${sas.primary}`, `SAS secondary key: ${sas.secondary}`]
      : []),
  ]
  const text = (lines: readonly string[]): string => lines.map((line) => `${safeText(line)}\n`).join('')
  return {
    json: toJson({
      ...row,
      ...(apiKey && { apiKey }),
      ...(sas && { sharedKeys: sas }),
      outcome: 'changed',
      what,
    }),
    text: () => text([`${deed}: user ${user.name} (${textAt(row, 'role')})`, ...shownOnce]),
    quiet: () => text(shownOnce),
  }
}
