import { expect } from 'vitest'
import { RemoteStore } from '../../../src/dialects/remote-store.ts'
import { dialect } from '../../../src/dialects/index.ts'
import { EVERYTHING } from '../../../src/domain/filter.ts'
import type { RecordKind } from '../../../src/domain/records.ts'
import type { Ability } from '../../../src/store/abilities.ts'
import type { Store, Target } from '../../../src/store/store.ts'
import { isVendor, VENDORS } from './implementations.ts'
import { csrFor, keyOf, root, rootOrder, web } from './material.ts'
import { batchOf, cnOf, listed, source, type Need, type PortWorld } from './world.ts'

/**
 * What a store cannot do, of what a scenario needs: known from its `can`, its dialect's `limits`, the verbs that its client
 * leaves to the base of all clients, and the vendor's row in `VENDORS`.
 */
export async function lacks(world: PortWorld, needs: readonly Need[]): Promise<Need | undefined> {
  const { name, store } = world
  if (!isVendor(name)) return undefined
  const { limits } = await dialect(name)
  const { denied = [], without = {} } = VENDORS[name]
  return needs.find((need) => {
    const [how, what] = need.split(/:(.*)/) as [string, string]
    if (how === 'list') return !store.can.list.includes(what as RecordKind)
    if (how === 'field') return !world.gives(what)
    if (how === 'notion') return Object.hasOwn(without, what)
    if (how === 'verb') return store[what as keyof Store] === RemoteStore.prototype[what as 'import']
    if (!need.includes('.')) return !store.can[need as Ability]
    // a part of an ability is lacking with the whole, or where the vendor has a sentence about it
    const whole = need.split('.')[0]! as Ability
    return store.can[whole] === false || Object.hasOwn(limits, need) || denied.includes(need)
  })
}

const target = (kind: RecordKind = 'certificate', id = '1'): Target => ({ kind, id })

/** For each ability a call that needs nothing else. */
const CALLS: Readonly<Record<Ability, (store: Store) => Promise<unknown>>> = {
  import: (store) => store.import(batchOf({ of: web, keyed: true })),
  exportCertificate: (store) => store.certificate('1'),
  exportKey: (store) => store.key(web.id),
  exportRequest: (store) => store.request('1'),
  edit: (store) => store.edit(target(), { name: 'x' }),
  delete: (store) => store.delete([target()]),
  request: (store) => store.submit({ csr: csrFor('web.example') }),
  sign: (store) => store.sign(target('request'), {}),
  reject: (store) => store.reject([target('request')], 'no'),
  revoke: (store) => store.revoke([target()], { reason: 'keyCompromise' }),
  attach: (store) => store.attach(target('request'), [web.der]),
  renew: (store) => store.renew(target(), {}),
  trash: (store) => store.restore([target()]),
  createAuthority: (store) => store.createAuthority(rootOrder()),
  editAuthority: (store) => store.editAuthority(target('authority'), { enabled: false }),
  crl: (store) => store.crl('root'),
  profiles: (store) => store.profiles(),
}

/** The same for parts of abilities. */
const PARTS: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  'verb:addCollection': (store) => store.addCollection({ name: 'x', filter: 'cn ~ web' }),
  'verb:editCollection': (store) => store.editCollection(target('collection'), { filter: 'cn ~ web' }),
  'verb:release': (store) => store.release([target()], {}),
  'verb:revokeSerials': (store) => store.revokeSerials('root', ['2a'], { reason: 'keyCompromise' }),
  'verb:importAuthority': (store) => store.importAuthority({ name: 'x', certificate: root.der, source }),
  'sign.order': (store) => store.sign(target('request'), { days: 30 }),
  'sign.authority': (store) => store.sign(target('request'), { authority: 'root' }),
  'edit.kind': (store) => store.edit(target('key', web.id), { name: 'x' }),
  'edit.exportable': (store) => store.edit(target(), { exportable: false }),
  'edit.name': (store) => store.edit(target(), { name: 'x' }),
  'edit.tags': (store) => store.edit(target(), { addTags: ['x'] }),
  'import.key': (store) => store.import({ ...batchOf(), keys: batchOf({ of: web, keyed: true }).keys }),
  'import.keyless': (store) => store.import(batchOf({ of: web })),
  'import.name': (store) => store.import(batchOf({ of: web, name: 'x' })),
  'import.request': (store) =>
    store.import({ ...batchOf(), requests: [{ der: csrFor('web.example'), source }] }),
  'import.tags': (store) => store.import(batchOf({ of: web, keyed: true, tags: ['a'] })),
  'request.key': (store) => store.submit({ csr: csrFor('web.example', web), key: keyOf(web) }),
  'delete.request': (store) => store.delete([target('request')]),
  'delete.certificate': (store) => store.delete([target()]),
  'delete.authority': (store) => store.delete([target('authority')]),
  'delete.key': (store) => store.delete([target('key', web.id)]),
  'revoke.request': (store) => store.revoke([target('request')], { reason: 'unspecified' }),
  'revoke.hold': (store) => store.revoke([target()], { reason: 'certificateHold' }),
  'revoke.date': (store) =>
    store.revoke([target()], { reason: 'keyCompromise', date: new Date('2026-02-01T00:00:00Z') }),
}

/** Shows how what is lacking is denied: in the vendor's words, before anything is sent. */
export async function denies(world: PortWorld, need: Need): Promise<void> {
  const { title, limits } = await dialect(world.name)
  const before = world.calls().length
  const error = await callFor(need)(world.store).then(
    () => expect.fail(`${world.name} did what it cannot do: ${need}`),
    (refusal: unknown) => refusal as { code: string; message: string; hint: string },
  )
  expect(error, error.message).toMatchObject({ code: 'store.unsupported' })
  expect(error.message).toContain(title)
  expect(error.hint).not.toBe('')
  expect(world.calls().slice(before)).toEqual([])
  const key = need.replace(':', '.')
  if (key.includes('.') && !need.startsWith('list:')) return
  const sentence = limits[key] ?? limits[key.split('.')[0]!]
  expect(error.message).toContain('"remote"')
  expect(error.hint).toBe(sentence ?? 'see what it can do: certman store show remote')
}

function callFor(need: Need): (store: Store) => Promise<unknown> {
  if (need.startsWith('list:'))
    return async (store) => {
      for await (const _row of store.list(need.slice(5) as RecordKind, EVERYTHING)) break
    }
  const call = PARTS[need] ?? CALLS[need.split('.')[0] as Ability]
  if (call) return call
  throw new TypeError(`no call for the need ${need}`)
}

/** A field that the vendor does not give is absent in the row. */
export async function showAbsence(world: PortWorld, field: string): Promise<void> {
  await world.stock({ of: web, name: 'web', tags: ['a'], keyed: true })
  const [row] = await listed(world.store)
  if (row === undefined) return expect.fail('nothing is listed')
  expect(cnOf(row)).toBe('web.example')
  const given = row[field]
  // a list that the vendor has not is empty
  expect(given ?? []).toEqual([])
}
