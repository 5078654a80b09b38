import { expect } from 'vitest'
import type { Target } from '../../../src/store/store.ts'
import { makeRequest } from '../../support/make-certificates.ts'
import {
  batch,
  certificate,
  everything,
  key,
  listed,
  mail,
  renewed,
  resolve,
  root,
  said,
  twin,
  web,
  type Cases,
} from './world.ts'

const cert = (id: string): Target => ({ kind: 'certificate', id })
const ids = (rows: readonly { readonly id: string }[]): readonly string[] => rows.map(({ id }) => id)

/** What edit, delete, restore and dry runs do. */
export const changeCases: Cases = {
  'when a name is edited then the certificate answers to the new one only': async ({ store }) => {
    await store.import(batch([certificate(web, { name: 'a' })]))
    expect(await store.edit(cert('1'), { name: 'b' })).toMatchObject({ outcome: 'changed', what: 'renamed' })
    expect((await resolve(store, 'b')).id).toBe('1')
    await expect(resolve(store, 'a')).rejects.toMatchObject({ code: 'record.not-found' })
  },
  'when a name is removed then it is free': async ({ store }) => {
    await store.import(batch([certificate(web, { name: 'a' }), certificate(mail)]))
    await store.edit(cert('1'), { name: null })
    expect((await resolve(store, '1'))['name']).toBeUndefined()
    expect((await store.edit(cert('2'), { name: 'a' })).outcome).toBe('changed')
  },
  'when an edit says what is so already then it is unchanged': async ({ store }) => {
    await store.import(batch([certificate(web, { name: 'a', tags: ['x'], friendlyName: 'F' })]))
    const edit = { name: 'a', friendlyName: 'F', addTags: ['x'], removeTags: ['y'] }
    expect((await store.edit(cert('1'), edit)).outcome).toBe('unchanged')
  },
  'when tags are edited then they are added once and removed': async ({ store }) => {
    await store.import(batch([certificate(web, { tags: ['x', 'y'] })]))
    const outcome = await store.edit(cert('1'), { addTags: ['z', 'z', 'x'], removeTags: ['y'] })
    expect(outcome.row['tags']).toEqual(['x', 'z'])
  },
  'when one of several cannot be edited then none is': async ({ store }) => {
    await store.import(batch([certificate(web), certificate(mail)]))
    const edit = { addTags: ['x'] }
    await expect(store.editAll([cert('1'), cert('9')], edit)).rejects.toMatchObject({
      code: 'record.not-found',
    })
    expect((await resolve(store, '1'))['tags']).toEqual([])
    const outcomes = await store.editAll([cert('2'), cert('1')], edit)
    expect(outcomes.map(({ id, row }) => [id, row['tags']])).toEqual([
      ['2', ['x']],
      ['1', ['x']],
    ])
  },
  'when a friendly name is removed then it is gone': async ({ store }) => {
    await store.import(batch([certificate(web, { friendlyName: 'F' })]))
    expect((await store.edit(cert('1'), { friendlyName: null })).row['friendlyName']).toBeUndefined()
  },
  'when a taken name is edited in with replace then the holder is superseded': async ({ store }) => {
    await store.import(batch([certificate(web, { name: 'a' }), certificate(mail)]))
    await store.edit(cert('2'), { name: 'a' }, { replace: true })
    expect((await resolve(store, 'a')).id).toBe('2')
    expect(await resolve(store, '1')).toMatchObject({ supersededBy: '2', state: 'superseded' })
  },
  'when a superseded certificate gets a free name then it is current again': async ({ store }) => {
    await store.import(batch([certificate(web, { name: 'web' })]))
    await store.import(batch([certificate(renewed, { name: 'web' })]), { replace: true })
    await store.edit(cert('1'), { name: 'web-old' })
    expect(await resolve(store, 'web-old')).toMatchObject({ id: '1', state: 'valid' })
  },
  'when a certificate is made not exportable then its key is too': async ({ store }) => {
    await store.import(batch([certificate(web), certificate(twin)], [key(web)]))
    expect((await store.edit(cert('1'), { exportable: false })).row['exportable']).toBe(false)
    expect((await resolve(store, web.id, 'key'))['exportable']).toBe(false)
    expect((await resolve(store, '2'))['exportable']).toBe(false)
  },
  'when a certificate is edited then its bytes stay': async ({ store }) => {
    await store.import(batch([certificate(web)]))
    await store.edit(cert('1'), { name: 'x' })
    expect((await store.certificate('1')).der).toEqual(web.der)
  },
  'when a certificate is deleted then it lies in the trash and no reference finds it': async ({ store }) => {
    await store.import(batch([certificate(web, { name: 'web' }), certificate(mail)]))
    expect(said(await store.delete([cert('1')]))).toEqual(['certificate 1 deleted'])
    for (const text of ['1', 'web', web.fingerprint])
      await expect(resolve(store, text)).rejects.toMatchObject({ code: 'record.not-found' })
    expect(ids(await listed(store))).toEqual(['2'])
    expect(await store.trash()).toMatchObject([{ kind: 'certificate', id: '1', name: 'web' }])
  },
  'when the last certificate of a key is deleted then the key goes with it': async ({ store }) => {
    await store.import(batch([certificate(web), certificate(twin)], [key(web)]))
    expect(said(await store.delete([cert('1')]))).toEqual(['certificate 1 deleted'])
    expect(said(await store.delete([cert('2')]))).toEqual(['certificate 2 deleted', 'key K deleted'])
    expect(await listed(store, 'key')).toEqual([])
  },
  'when a request still uses the key then the key stays': async ({ store }) => {
    const { der } = makeRequest('web.example', web)
    await store.import({
      ...batch([certificate(web)], [key(web)]),
      requests: [{ der, source: { how: 'imported' } }],
    })
    await store.delete([cert('1')])
    expect(await listed(store, 'key')).toHaveLength(1)
  },
  'when a key is deleted then its certificates no longer have it': async ({ store }) => {
    await store.import(batch([certificate(web)], [key(web)]))
    const outcomes = await store.delete([{ kind: 'key', id: web.id }])
    expect(said(outcomes)).toEqual(['key K deleted', 'certificate 1 unkeyed'])
    expect((await resolve(store, '1'))['keyId']).toBeUndefined()
  },
  'when a certificate is restored then it is as it was, key and name included': async ({ store }) => {
    await store.import(batch([certificate(web, { name: 'web', tags: ['t'] })], [key(web)]))
    const before = await resolve(store, 'web')
    await store.delete([cert('1')])
    expect(said(await store.restore([cert('1')])).sort()).toEqual([
      'certificate 1 restored',
      'key K restored',
    ])
    expect(await resolve(store, 'web')).toEqual(before)
    expect(await store.trash()).toEqual([])
  },
  'when a key is restored then its certificates have it again': async ({ store }) => {
    await store.import(batch([certificate(web)], [key(web)]))
    await store.delete([{ kind: 'key', id: web.id }])
    await store.restore([{ kind: 'key', id: web.id }])
    expect((await resolve(store, '1'))['keyId']).toBe(web.id)
  },
  'when what lives is restored then it is unchanged': async ({ store }) => {
    await store.import(batch([certificate(web)]))
    expect(await store.restore([cert('1')])).toMatchObject([{ id: '1', outcome: 'unchanged' }])
  },
  'when a certificate is restored after its key was destroyed then it no longer names it': async ({
    store,
  }) => {
    await store.import(batch([certificate(web)], [key(web)]))
    await store.delete([{ kind: 'key', id: web.id }])
    await store.delete([cert('1')])
    await store.restore([cert('1')])
    expect((await resolve(store, '1'))['keyId']).toBeUndefined()
  },
  'when its key was imported meanwhile then a restored certificate has it': async ({ store }) => {
    await store.import(batch([certificate(web)]))
    await store.delete([cert('1')])
    await store.import(batch([], [key(web)]))
    await store.restore([cert('1')])
    expect((await resolve(store, '1'))['keyId']).toBe(web.id)
  },
  'when the name was taken meanwhile then restore with replace takes it back': async ({ store }) => {
    await store.import(batch([certificate(web, { name: 'web' })]))
    await store.delete([cert('1')])
    await store.import(batch([certificate(renewed, { name: 'web' })]))
    await store.restore([cert('1')], { replace: true })
    expect((await resolve(store, 'web')).id).toBe('1')
    expect(await resolve(store, '2')).toMatchObject({ supersededBy: '1' })
  },
  'when ids were deleted then they are not given again': async ({ store }) => {
    await store.import(batch([certificate(web)]))
    await store.delete([cert('1')])
    await store.emptyTrash()
    expect(said(await store.import(batch([certificate(web)])))).toEqual(['certificate 2 created'])
  },
  'when the trash is emptied then nothing comes back': async ({ store }) => {
    await store.import(batch([certificate(web)], [key(web)]))
    await store.delete([cert('1')])
    expect(await store.emptyTrash()).toHaveLength(2)
    expect(await store.trash()).toEqual([])
    await expect(store.restore([cert('1')])).rejects.toMatchObject({ code: 'record.not-found' })
  },
  'when an empty trash is emptied then nothing is said': async ({ store }) => {
    expect(await store.emptyTrash()).toEqual([])
  },
  'when several are deleted then the trash shows each': async ({ store }) => {
    await store.import(batch([certificate(web), certificate(mail), certificate(root)]))
    await store.delete([cert('1'), cert('3')])
    expect([...ids(await store.trash())].sort()).toEqual(['1', '3'])
  },
  'when a dry import is run then it says what would happen and nothing does': async ({ store }) => {
    await store.import(batch([certificate(web, { name: 'web' })]))
    const before = await everything(store)
    const outcomes = await store.import(
      batch([certificate(renewed, { name: 'web' }), certificate(web), certificate(mail)], [key(mail)]),
      { dryRun: true, replace: true },
    )
    expect(said(outcomes)).toEqual([
      'key K created',
      'certificate 1 superseded',
      'certificate new-1 created',
      'certificate new-2 created',
    ])
    expect(outcomes.at(-1)!.row['keyId']).toBe(mail.id)
    expect(await everything(store)).toEqual(before)
  },
  'when a dry edit, delete, restore or emptying is run then nothing happens': async ({ store }) => {
    await store.import(batch([certificate(web, { name: 'web' }), certificate(mail)], [key(web), key(mail)]))
    await store.delete([cert('2')])
    const before = await everything(store)
    const dryRun = { dryRun: true }
    expect((await store.edit(cert('1'), { name: 'x' }, dryRun)).what).toBe('renamed')
    expect(said(await store.delete([cert('1')], dryRun))).toEqual(['certificate 1 deleted', 'key K deleted'])
    expect(said(await store.restore([cert('2')], dryRun)).sort()).toEqual([
      'certificate 2 restored',
      'key K restored',
    ])
    expect(await store.emptyTrash(dryRun)).toHaveLength(2)
    expect(await everything(store)).toEqual(before)
  },
}
