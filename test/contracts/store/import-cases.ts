import { expect } from 'vitest'
import { makeCertificate, makeRequest } from '../../support/make-certificates.ts'
import {
  batch,
  certificate,
  everything,
  issuing,
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

/** What `import` does. */
export const importCases: Cases = {
  'when a certificate is imported then it is created with the next id': async ({ store }) => {
    expect(said(await store.import(batch([certificate(web)])))).toEqual(['certificate 1 created'])
    expect(said(await store.import(batch([certificate(mail)])))).toEqual(['certificate 2 created'])
  },
  'when a certificate is imported then its row has record, facts and state': async ({ store }) => {
    const [outcome] = await store.import(
      batch([certificate(web, { name: 'web', tags: ['a'], friendlyName: 'F' })]),
    )
    expect(outcome!.row).toMatchObject({
      id: '1',
      name: 'web',
      friendlyName: 'F',
      tags: ['a'],
      exportable: true,
      importedAt: '2026-03-01T12:00:00.000Z',
      source: { how: 'imported', from: 'test.pem' },
      subject: 'CN=web.example,O=Example',
      fingerprint: web.fingerprint,
      state: 'valid',
    })
  },
  'when a batch is imported then its order is kept': async ({ store }) => {
    await store.import(batch([certificate(root), certificate(issuing), certificate(web)]))
    expect((await listed(store)).map((row) => row['fingerprint'])).toEqual(
      [root, issuing, web].map(({ fingerprint }) => fingerprint),
    )
  },
  'when the same certificate is imported again then it is unchanged': async ({ store }) => {
    await store.import(batch([certificate(web, { name: 'web' })]))
    const before = await everything(store)
    const [again] = await store.import(batch([certificate(web)]))
    expect(again).toMatchObject({ kind: 'certificate', id: '1', outcome: 'unchanged', what: 'present' })
    expect(await everything(store)).toEqual(before)
  },
  'when one batch holds a certificate twice then it is created once': async ({ store }) => {
    expect(said(await store.import(batch([certificate(web), certificate(web)])))).toEqual([
      'certificate 1 created',
    ])
    expect(await listed(store)).toHaveLength(1)
  },
  'when the same certificate comes again with a new tag then the tag joins the others': async ({ store }) => {
    await store.import(batch([certificate(web, { tags: ['a'] })]))
    const [again] = await store.import(batch([certificate(web, { tags: ['b', 'a'] })]))
    expect(again).toMatchObject({ outcome: 'changed', what: 'edited', row: { tags: ['a', 'b'] } })
  },
  'when the same certificate comes again with a name then it takes the name': async ({ store }) => {
    await store.import(batch([certificate(web)]))
    const [again] = await store.import(batch([certificate(web, { name: 'web' })]))
    expect(again).toMatchObject({ id: '1', outcome: 'changed', what: 'renamed', row: { name: 'web' } })
  },
  'when the same certificate comes again with its own name then it is unchanged': async ({ store }) => {
    await store.import(batch([certificate(web, { name: 'web' })]))
    const [again] = await store.import(batch([certificate(web, { name: 'web' })]))
    expect(again!.outcome).toBe('unchanged')
  },
  'when it comes again with another friendly name then it keeps the first': async ({ store }) => {
    await store.import(batch([certificate(web, { friendlyName: 'one' })]))
    const [again] = await store.import(batch([certificate(web, { friendlyName: 'two' })]))
    expect(again).toMatchObject({ outcome: 'unchanged', row: { friendlyName: 'one' } })
  },
  'when key and certificate come together then they are matched': async ({ store }) => {
    const outcomes = await store.import(batch([certificate(web)], [key(web)]))
    expect(said(outcomes)).toEqual(['key K created', 'certificate 1 created'])
    expect(outcomes[1]!.row['keyId']).toBe(web.id)
  },
  'when the key comes later then the certificate is keyed': async ({ store }) => {
    await store.import(batch([certificate(web)]))
    const outcomes = await store.import(batch([], [key(web)]))
    expect(said(outcomes)).toEqual(['key K created', 'certificate 1 keyed'])
    expect((await resolve(store, '1'))['keyId']).toBe(web.id)
  },
  'when the certificate comes after its key then it has it': async ({ store }) => {
    await store.import(batch([], [key(web)]))
    const [outcome] = await store.import(batch([certificate(web)]))
    expect(outcome!.row['keyId']).toBe(web.id)
  },
  'when a known certificate comes with its missing key then it is keyed, not unchanged': async ({
    store,
  }) => {
    await store.import(batch([certificate(web)]))
    const outcomes = await store.import(batch([certificate(web)], [key(web)]))
    expect(said(outcomes)).toEqual(['key K created', 'certificate 1 keyed'])
  },
  'when one key serves several certificates then all are keyed': async ({ store }) => {
    await store.import(batch([certificate(web), certificate(twin), certificate(mail)]))
    const outcomes = await store.import(batch([], [key(web)]))
    expect(said(outcomes)).toEqual(['key K created', 'certificate 1 keyed', 'certificate 2 keyed'])
    expect((await resolve(store, '3'))['keyId']).toBeUndefined()
  },
  'when more than twenty certificates share a key then all are keyed': async ({ store }) => {
    const many = Array.from({ length: 25 }, (_, index) => makeCertificate({ cn: `n${index}`, key: web }))
    await store.import(batch(many.map((each) => certificate(each))))
    expect(await store.import(batch([], [key(web)]))).toHaveLength(26)
    expect((await listed(store)).every((row) => row['keyId'] === web.id)).toBe(true)
  },
  'when the same key is imported again then it is unchanged': async ({ store }) => {
    await store.import(batch([], [key(web)]))
    expect((await store.import(batch([], [key(web)])))[0]).toMatchObject({
      kind: 'key',
      outcome: 'unchanged',
    })
  },
  'when a key is imported alone then it is listed with its facts and no secret': async ({ store }) => {
    await store.import(batch([], [key(web)]))
    const [row] = await listed(store, 'key')
    expect(row).toMatchObject({ id: web.id, encrypted: false, type: 'ec', curve: 'P-256' })
    expect(JSON.stringify(row)).not.toContain(
      web.pkcs8.use((der) => Buffer.from(der).toString('base64').slice(60)),
    )
  },
  'when a request is imported then it is outstanding and knows its key': async ({ store }) => {
    const request = makeRequest('new.example')
    await store.import({
      ...batch([], [key(request)]),
      requests: [{ der: request.der, name: 'new', source: { how: 'imported' } }],
    })
    expect(await resolve(store, 'new', 'request')).toMatchObject({
      id: '1',
      state: 'outstanding',
      keyId: request.id,
      requestedBy: 'tester@host',
      subject: 'CN=new.example,O=Example',
    })
  },
  'when the same request is imported again then it is unchanged': async ({ store }) => {
    const request = { der: makeRequest('new.example').der, source: { how: 'imported' } as const }
    await store.import({ certificates: [], keys: [], requests: [request] })
    const [again] = await store.import({ certificates: [], keys: [], requests: [request] })
    expect(again).toMatchObject({ kind: 'request', id: '1', outcome: 'unchanged' })
  },
  'when a name is free then the certificate answers to it': async ({ store }) => {
    await store.import(batch([certificate(web, { name: 'Der Webserver (öffentlich)' })]))
    expect((await resolve(store, 'Der Webserver (öffentlich)')).id).toBe('1')
  },
  'when a name is taken with replace then the name moves and the old one is superseded': async ({
    store,
  }) => {
    await store.import(batch([certificate(web, { name: 'web' })], [key(web)]))
    const outcomes = await store.import(batch([certificate(renewed, { name: 'web' })]), { replace: true })
    expect(said(outcomes)).toEqual(['certificate 1 superseded', 'certificate 2 created'])
    expect((await resolve(store, 'web')).id).toBe('2')
    expect(await resolve(store, '1')).toMatchObject({
      name: 'web',
      state: 'superseded',
      supersededBy: '2',
      keyId: web.id,
    })
  },
  'when a certificate is superseded then its id and fingerprint still reach it': async ({ store }) => {
    await store.import(batch([certificate(web, { name: 'web' })]))
    await store.import(batch([certificate(renewed, { name: 'web' })]), { replace: true })
    expect((await resolve(store, '1')).id).toBe('1')
    expect((await resolve(store, web.fingerprint)).id).toBe('1')
    expect((await store.certificate('1')).der).toEqual(web.der)
  },
  'when replace meets a free name then nothing is superseded': async ({ store }) => {
    const outcomes = await store.import(batch([certificate(web, { name: 'web' })]), { replace: true })
    expect(said(outcomes)).toEqual(['certificate 1 created'])
  },
  'when a superseded certificate is imported again under its old name with replace then it is current again':
    async ({ store }) => {
      await store.import(batch([certificate(web, { name: 'web' })]))
      await store.import(batch([certificate(renewed, { name: 'web' })]), { replace: true })
      await store.import(batch([certificate(web, { name: 'web' })]), { replace: true })
      expect((await resolve(store, 'web')).id).toBe('1')
      expect(await resolve(store, '2')).toMatchObject({ state: 'superseded', supersededBy: '1' })
    },
  'when a key may not leave then it and its certificates say so, whichever came first': async ({ store }) => {
    await store.import(batch([certificate(web)]))
    await store.import(batch([], [key(web, { exportable: false })]))
    await store.import(batch([certificate(twin)]))
    expect((await listed(store)).map((row) => row['exportable'])).toEqual([false, false])
    expect((await resolve(store, web.id, 'key'))['exportable']).toBe(false)
  },
  'when a key that may leave comes again as one that may not then it may not': async ({ store }) => {
    await store.import(batch([certificate(web)], [key(web)]))
    await store.import(batch([certificate(web)], [key(web, { exportable: false })]))
    expect(await resolve(store, '1')).toMatchObject({ exportable: false })
    expect(await resolve(store, web.id, 'key')).toMatchObject({ exportable: false })
  },
}
