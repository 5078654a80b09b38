import { expect } from 'vitest'
import { makeCertificate, makeRequest } from '../../support/make-certificates.ts'
import {
  batch,
  certificate,
  expired,
  issuing,
  key,
  listed,
  mail,
  renewed,
  resolve,
  root,
  web,
  type Cases,
  type StoreWorld,
} from './world.ts'

const fill = async ({ store }: StoreWorld): Promise<void> => {
  await store.import(
    batch(
      [root, issuing, web, mail, expired].map((each) => certificate(each)),
      [key(web)],
    ),
  )
}

/** What reading does: list, resolve, open, chain. */
export const readCases: Cases = {
  'when a store is empty then every listing is empty': async ({ store }) => {
    for (const kind of store.can.list) expect(await listed(store, kind)).toEqual([])
    expect(await store.trash()).toEqual([])
    expect(await store.count('certificate', { filter: { op: 'all' } })).toBe(0)
  },
  'when a store is asked about itself then it answers kind, name, location and claims': async ({ store }) => {
    const info = await store.info()
    expect(info.claims).toContain('read')
    expect([info.kind, info.location, info.name].every((text) => text.length > 0)).toBe(true)
  },
  'when certificates are listed then each has its state': async (world) => {
    await fill(world)
    expect((await listed(world.store)).map((row) => row['state'])).toEqual([
      'valid',
      'valid',
      'valid',
      'valid',
      'expired',
    ])
  },
  'when a certificate is not yet valid then its state says so': async ({ store }) => {
    await store.import(
      batch([certificate(makeCertificate({ cn: 'soon', notBefore: '2026-06-01T00:00:00Z' }))]),
    )
    expect((await listed(store))[0]!['state']).toBe('notYetValid')
  },
  'when a listing has limit and offset then it is that window': async (world) => {
    await fill(world)
    const rows = await listed(world.store, 'certificate', {
      filter: { op: 'all' },
      sort: [],
      offset: 1,
      limit: 2,
    })
    expect(rows.map(({ id }) => id)).toEqual(['2', '3'])
  },
  'when a listing is sorted then it is in that order': async (world) => {
    await fill(world)
    const sort = [{ field: 'notAfter', descending: false }]
    const rows = await listed(world.store, 'certificate', { filter: { op: 'all' }, sort, limit: 1 })
    expect(rows.map((row) => row['fingerprint'])).toEqual([expired.fingerprint])
  },
  'when a listing is filtered then only what fits is listed and counted': async (world) => {
    await fill(world)
    const filter = {
      op: 'compare',
      field: 'subject',
      operator: '~',
      value: { type: 'text', value: 'MAIL' },
    } as const
    expect((await listed(world.store, 'certificate', { filter, sort: [] })).map(({ id }) => id)).toEqual([
      '4',
    ])
    expect(await world.store.count('certificate', { filter })).toBe(1)
  },
  'when a reference is an id then it finds the record': async (world) => {
    await fill(world)
    expect((await resolve(world.store, '3'))['fingerprint']).toBe(web.fingerprint)
  },
  'when a name looks like an id then the id wins, and the name answers when there is no such id': async ({
    store,
  }) => {
    await store.import(
      batch([certificate(web), certificate(mail, { name: '1' }), certificate(root, { name: '77' })]),
    )
    expect((await resolve(store, '1')).id).toBe('1')
    expect((await resolve(store, '77')).id).toBe('3')
  },
  'when a name looks like digits of a fingerprint then the name wins': async ({ store }) => {
    const digits = web.fingerprint.slice(0, 8)
    await store.import(batch([certificate(web), certificate(mail, { name: digits })]))
    expect((await resolve(store, digits)).id).toBe('2')
  },
  'when a reference is a prefix of a fingerprint then it finds the record': async (world) => {
    await fill(world)
    for (const text of [
      web.fingerprint,
      web.fingerprint.slice(0, 8),
      web.fingerprint.slice(0, 13).toUpperCase(),
    ])
      expect((await resolve(world.store, text)).id).toBe('3')
  },
  'when a reference is a thumbprint with colons then it finds the record': async (world) => {
    await fill(world)
    const thumbprint = String((await resolve(world.store, '3'))['thumbprint'])
    expect((await resolve(world.store, thumbprint.match(/../g)!.join(':'))).id).toBe('3')
    expect((await resolve(world.store, thumbprint.slice(0, 10))).id).toBe('3')
  },
  'when a reference is the id of its key then it finds the certificate': async (world) => {
    await fill(world)
    expect((await resolve(world.store, web.id.slice(0, 12))).id).toBe('3')
  },
  'when a key is named by eight digits then it is found': async (world) => {
    await fill(world)
    expect((await resolve(world.store, `keys/${web.id.slice(0, 8)}`)).id).toBe(web.id)
  },
  'when a reference is a serial number then it finds the record': async ({ store }) => {
    await store.import(batch([certificate(makeCertificate({ cn: 'a', serial: 0xabcdef }))]))
    expect((await resolve(store, 'serial:0AB:CDEF')).id).toBe('1')
  },
  'when a superseded certificate has lost its name then the name finds the new one only': async ({
    store,
  }) => {
    await store.import(batch([certificate(web, { name: 'web' })]))
    await store.import(batch([certificate(renewed, { name: 'web' })]), { replace: true })
    expect((await resolve(store, 'web'))['fingerprint']).toBe(renewed.fingerprint)
  },
  'when a certificate is opened then it has record, facts, extensions and its very bytes': async (world) => {
    await fill(world)
    const opened = await world.store.certificate('3')
    expect(opened.der).toEqual(web.der)
    expect(opened.record).toMatchObject({ id: '3', keyId: web.id, tags: [], exportable: true })
    expect(opened.facts).toMatchObject({ subject: 'CN=web.example,O=Example', fingerprint: web.fingerprint })
    expect(opened.extensions.map(({ name }) => name)).toContain('subjectAltName')
    expect(opened.state).toBe('valid')
  },
  'when a request is opened then its bytes are exactly those received': async ({ store }) => {
    const { der } = makeRequest('new.example')
    await store.import({ certificates: [], keys: [], requests: [{ der, source: { how: 'imported' } }] })
    expect((await store.request('1')).der).toEqual(der)
  },
  'when a key is opened then it is the key that was given': async (world) => {
    await fill(world)
    const opened = await world.store.key(web.id)
    expect(opened.encrypted).toBe(false)
    expect(opened.spki).toEqual(web.spki)
    expect(opened.pkcs8.use((der) => Buffer.from(der))).toEqual(web.pkcs8.use((der) => Buffer.from(der)))
  },
  'when issuers are asked for then they come nearest first up to the root': async (world) => {
    await fill(world)
    const chain = await world.store.issuersOf('3')
    expect(chain.map(({ facts }) => facts.fingerprint)).toEqual([issuing.fingerprint, root.fingerprint])
  },
  'when an issuer is missing then the chain stops there': async ({ store }) => {
    await store.import(batch([certificate(web), certificate(root)]))
    expect(await store.issuersOf('1')).toEqual([])
  },
  'when a root is asked for its issuers then there are none': async ({ store }) => {
    await store.import(batch([certificate(root)]))
    expect(await store.issuersOf('1')).toEqual([])
  },
  'when a stranger has the name of the issuer then it is not taken for it': async ({ store }) => {
    const stranger = makeCertificate({
      cn: 'Issuing',
      ca: true,
      issuer: root,
      notAfter: '2040-01-01T00:00:00Z',
    })
    await store.import(batch([web, stranger, issuing, root].map((each) => certificate(each))))
    const chain = await store.issuersOf('1')
    expect(chain.map(({ facts }) => facts.fingerprint)).toEqual([issuing.fingerprint, root.fingerprint])
  },
  'when a forger copies name and key identifier of the issuer then the signature gives it away': async ({
    store,
  }) => {
    const wanted = { cn: 'Issuing', ca: true, issuer: root, posesAs: issuing }
    const forger = makeCertificate({ ...wanted, notAfter: '2040-01-01T00:00:00Z' })
    await store.import(batch([web, forger].map((each) => certificate(each))))
    expect(await store.issuersOf('1')).toEqual([])
    await store.import(batch([certificate(issuing)]))
    expect((await store.issuersOf('1'))[0]!.facts.fingerprint).toBe(issuing.fingerprint)
  },
  'when many strangers have the name of the issuer then it is found all the same': async ({ store }) => {
    const many = Array.from({ length: 30 }, () => makeCertificate({ cn: 'Issuing', ca: true, issuer: root }))
    await store.import(batch([web, ...many, issuing].map((each) => certificate(each))))
    expect((await store.issuersOf('1'))[0]!.facts.fingerprint).toBe(issuing.fingerprint)
  },
  'when an issuer was renewed with its key then the valid one is taken': async ({ store }) => {
    const old = makeCertificate({
      cn: 'Issuing',
      ca: true,
      issuer: root,
      key: issuing,
      notBefore: '2020-01-01T00:00:00Z',
      notAfter: '2021-01-01T00:00:00Z',
    })
    await store.import(batch([web, old, issuing].map((each) => certificate(each))))
    expect((await store.issuersOf('1'))[0]!.facts.fingerprint).toBe(issuing.fingerprint)
  },
}
