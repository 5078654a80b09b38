import { CertmanError, isCertmanError } from '../src/base/errors.ts'
import { commandOn } from '../src/base/text.ts'
import type { RecordKind } from '../src/domain/records.ts'
import { parseReference } from '../src/domain/reference.ts'
import { authorityWishOf } from '../src/operations/authority-text.ts'
import type { AuthorityCsr, AuthorityCsrOrder } from '../src/store/authority-orders.ts'
import type { ListedRecord, Store } from '../src/store/store.ts'
import { AUTHORITY_OPTIONS, readAuthorityText } from './authority-wish.ts'
import type { Context } from './context.ts'
import { declare, type Given } from './declare.ts'
import { requireUntyped } from './no-say.ts'
import { isData } from './options/global.ts'
import {
  DOCUMENT_OPTIONS,
  documentPlace,
  printDocument,
  requireFreePlace,
  saveDocument,
} from './emit-document.ts'
import { PASSWORD_OPTIONS, passwordFlags } from './options/password.ts'
import { PROTECTION_OPTIONS, readProtection } from './options/protection.ts'
import { emitDeed } from './outcome.ts'
import { unlocking } from './passwords.ts'
import { withStore } from './store-request.ts'

const {
  name: _name,
  days: _days,
  notAfter: _end,
  notBefore: _start,
  serial: _serial,
  ...WISH
} = AUTHORITY_OPTIONS

const OPTIONS = { ...WISH, ...PASSWORD_OPTIONS, ...PROTECTION_OPTIONS, ...DOCUMENT_OPTIONS } as const

async function found(store: Store, name: string, kind: RecordKind): Promise<ListedRecord | undefined> {
  try {
    return await store.resolve(parseReference(name, kind))
  } catch (error) {
    if (isCertmanError(error, 'record.not-found')) return undefined
    throw error
  }
}

/** An authority that waits for its parent is a request of that name: nobody is asked to describe it once more. */
async function requireNoneWaits(store: Store, name: string): Promise<void> {
  if (!store.can.list.includes('request')) return
  const request = await found(store, name, 'request')
  if (request?.['name'] !== name || request['state'] !== 'outstanding') return
  const message = `the name ${JSON.stringify(name)} is taken by request ${request.id}, which waits for an answer`
  const install = `${commandOn('ca install', name)} FILE`
  throw new CertmanError('name.taken', message, {
    field: 'name',
    hint: `take the parent's answer in with: ${install}; the request once more: certman export requests/${request.id}`,
  })
}

/** Which authority, and what was typed. */
interface Job {
  readonly store: Store
  readonly name: string
  readonly options: Given<typeof OPTIONS>
}

/** What describes a new authority has no meaning for one that is there. */
const WISHES = Object.keys(WISH) as (keyof typeof WISH)[]

/** Name and key of an authority that is there go into a request again. */
async function again(ctx: Context, { store, name, options }: Job): Promise<AuthorityCsr> {
  const why = `the authority ${JSON.stringify(name)} is there, and asks with its own name and key`
  requireUntyped(options, WISHES, {
    why,
    hint: 'leave the flag out, or name an authority that is not there yet',
  })
  const flags = passwordFlags(options, ctx.ambient.env)
  return unlocking(ctx, { key: `the key of authority ${name}`, flags }, (password) =>
    store.authorityCsr(
      { name, protection: password ? { password } : { noPassword: true, insecure: true } },
      { dryRun: ctx.global.dryRun },
    ),
  )
}

async function anew(ctx: Context, { store, name, options }: Job): Promise<AuthorityCsr> {
  const text = await readAuthorityText(ctx, {
    ...options,
    name,
    days: undefined,
    notAfter: undefined,
    notBefore: undefined,
    serial: undefined,
  })
  const { name: _, ...wish } = authorityWishOf(text)
  const flags = passwordFlags(options, ctx.ambient.env)
  const protection = await readProtection(ctx, { store, name, options, flags })
  const order: AuthorityCsrOrder = { name, wish, protection }
  return store.authorityCsr(order, { dryRun: ctx.global.dryRun })
}

export const verb = declare({
  name: 'ca csr',
  changes: true,
  needs: 'createAuthority',
  examples: [
    [
      'certman ca csr issuing --subject "CN=Issuing 1" --password-file pw > issuing.csr',
      'a new key, and the request for it',
    ],
    ['certman ca install issuing issuing.crt', 'what the parent answered'],
    [
      'certman ca csr issuing --password-file pw > issuing.csr',
      'years later: the same name and key, for a new certificate',
    ],
  ],
  args: [{ name: 'NAME', help: 'name of the authority, new or there', completes: 'authority' }],
  options: OPTIONS,
  run: (ctx, { args, options }) =>
    withStore(ctx, async (store) => {
      const name = args[0]!
      const place = documentPlace(ctx, options)
      await requireFreePlace(place)
      const isThere = (await found(store, name, 'authority')) !== undefined
      if (!isThere) await requireNoneWaits(store, name)
      const made = await (isThere ? again : anew)(ctx, { store, name, options })
      const document = { der: made.csr, label: 'CERTIFICATE REQUEST' } as const
      if (place && place.out !== '-') await saveDocument(ctx, document, place)
      // nobody has the key of what a dry run makes
      else if (!isData(ctx.global.output) && !ctx.global.dryRun)
        return printDocument(ctx, document, options.format)
      await emitDeed(ctx, made)
    }),
})
