import { beforeEach, describe, expect, test } from 'vitest'
import { Secret } from '../../src/base/secret.ts'
import { EVERYTHING } from '../../src/domain/filter.ts'
import { CLAIMS, RECORD_KINDS, type Claim } from '../../src/domain/records.ts'
import { parseFilter } from '../../src/query/parse.ts'
import { memoryRepository } from '../support/memory-repository.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { guardedStore } from '../../src/store/guarded-store.ts'
import type { Grants } from '../../src/store/guarded-verbs.ts'
import { localStore } from '../../src/store/local-store.ts'
import { withServerOrders } from '../../src/store/served-orders.ts'
import type { Store } from '../../src/store/store.ts'
import { csrFor, OPEN, password, rootOrder, target } from '../contracts/authority/world.ts'
import {
  batch,
  certificate,
  key,
  listed,
  mail,
  renewed,
  resolve,
  twin,
  web,
} from '../contracts/store/world.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { makeCertificate, makeKey } from '../support/make-certificates.ts'

const ambient = frozenAmbient()
let repository: Repository
let store: Store

beforeEach(() => {
  repository = memoryRepository(describeRecord, ambient)
  store = localStore(repository, { ambient, kind: 'memory', location: 'memory' })
})

const as = (user: string, more: Partial<Grants> = {}): Store =>
  guardedStore(
    store,
    { user, store: 'pki', claims: CLAIMS, ownOnly: false, administers: false, ...more },
    ambient.now,
  )

const requestor = (user: string, claims: readonly Claim[] = ['create']): Store =>
  as(user, { claims, ownOnly: true })

/** Any call of the port; what it is called with does not matter, because it is refused before. */
const CALLS: Readonly<Record<string, readonly [claim: Claim, call: (store: Store) => unknown]>> = {
  list: ['read', (guarded) => listed(guarded)],
  count: ['read', (guarded) => guarded.count('certificate', EVERYTHING)],
  resolve: ['read', (guarded) => resolve(guarded, '1')],
  certificate: ['read', (guarded) => guarded.certificate('1')],
  request: ['read', (guarded) => guarded.request('1')],
  key: ['export', (guarded) => guarded.key('1')],
  issuersOf: ['read', (guarded) => guarded.issuersOf('1')],
  import: ['import', (guarded) => guarded.import(batch([certificate(web)]))],
  edit: ['import', (guarded) => guarded.edit(target('1', 'certificate'), { name: 'x' })],
  editAll: ['import', (guarded) => guarded.editAll([target('1', 'certificate')], { name: 'x' })],
  delete: ['delete', (guarded) => guarded.delete([target('1', 'certificate')])],
  trash: ['read', (guarded) => guarded.trash()],
  restore: ['delete', (guarded) => guarded.restore([target('1', 'certificate')])],
  emptyTrash: ['delete', (guarded) => guarded.emptyTrash()],
  submit: ['create', (guarded) => guarded.submit({ csr: csrFor([]) })],
  sign: ['sign', (guarded) => guarded.sign(target('1'), {})],
  issue: ['sign', (guarded) => guarded.issue([], {})],
  attach: ['import', (guarded) => guarded.attach(target('1'), [])],
  reject: ['sign', (guarded) => guarded.reject([target('1')], undefined)],
  revoke: ['revoke', (guarded) => guarded.revoke([target('1')], { reason: 'unspecified' })],
  release: ['revoke', (guarded) => guarded.release([target('1')], {})],
  crl: ['read', (guarded) => guarded.crl('root')],
  renew: ['sign', (guarded) => guarded.renew(target('1', 'certificate'), {})],
  createAuthority: ['create', (guarded) => guarded.createAuthority(rootOrder())],
  editAuthority: ['create', (guarded) => guarded.editAuthority(target('1', 'authority'), {})],
  profiles: ['read', (guarded) => guarded.profiles()],
  removeProfile: ['delete', (guarded) => guarded.removeProfile('x')],
}

/** Fails when anything of the store is asked. */
const untouchable = new Proxy({} as Store, {
  get: (_target, name) => () => {
    throw new Error(`${String(name)} was asked of the store`)
  },
})

describe('claims', () => {
  test.each(Object.entries(CALLS))(
    'when %s is called without its claim then the refusal names user, claim and store, and the store is not touched',
    async (_name, [claim, call]) => {
      const claims = CLAIMS.filter((each) => each !== claim)
      const grants = { user: 'ann', store: 'pki', claims, ownOnly: false, administers: true }
      const guarded = guardedStore(untouchable, grants, ambient.now)
      await expect((async () => call(guarded))()).rejects.toMatchObject({
        code: 'claim.missing',
        message: `the user "ann" may not ${claim} in the store "pki"; granted: ${claims.join(', ')}`,
      })
    },
  )

  test('when a user has all claims but is no admin then authorities, profiles, collections and the trash are not theirs', async () => {
    const ann = as('ann')
    const refused = { code: 'claim.missing', hint: 'only the role admin may' }
    await expect(ann.createAuthority(rootOrder())).rejects.toMatchObject({
      code: 'claim.missing',
      hint: 'the role admin may, and the role manager without --claims and --collection',
    })
    await expect(ann.addProfile({ name: 'x' })).rejects.toMatchObject(refused)
    await expect(ann.addCollection({ name: 'x', filter: 'tag = x' })).rejects.toMatchObject(refused)
    await expect(ann.emptyTrash()).rejects.toMatchObject(refused)
  })

  test('when a user manages authorities then nothing else of an admin is theirs, the keys of authorities neither', async () => {
    const ann = as('ann', { managesAuthorities: true })
    await ann.createAuthority(rootOrder({ protection: OPEN }))
    const [{ id }] = (await listed(store, 'key')) as [{ id: string }]
    const others = [() => ann.key(id), () => ann.addProfile({ name: 'x' }), () => ann.emptyTrash()]
    for (const run of others)
      await expect(run()).rejects.toMatchObject({ code: 'claim.missing', hint: 'only the role admin may' })
  })

  test('when somebody who may export is no admin then the keys of authorities stay where they are', async () => {
    await store.createAuthority(rootOrder({ protection: OPEN }))
    const [{ id }] = (await listed(store, 'key')) as [{ id: string }]
    await expect(as('ann').key(id)).rejects.toMatchObject({
      code: 'claim.missing',
      message: 'the user "ann" may not manage the keys of authorities of the store "pki"',
    })
    expect((await as('root', { administers: true }).key(id)).id).toBe(id)
  })

  test('when the user may and the store may not then the store refuses', async () => {
    await repository.write((tx) => tx.setHead({ claims: ['read'] }))
    await expect(as('ann').import(batch([certificate(web)]))).rejects.toMatchObject({ code: 'claim.missing' })
    expect((await as('ann', { claims: ['read', 'import'] }).info()).claims).toEqual(['read'])
  })
})

describe('a requestor', () => {
  beforeEach(async () => {
    await store.createAuthority(rootOrder({ protection: OPEN }))
  })

  test('when requests of several people are in the queue then each sees its own, and the certificates issued for them', async () => {
    await requestor('ann').submit({ csr: csrFor(['dns:a.example']), name: 'a' })
    await requestor('bob').submit({ csr: csrFor(['dns:b.example']), name: 'b' })
    for (const id of ['1', '2']) await store.sign(target(id), {})
    const ann = requestor('ann')
    expect((await listed(ann, 'request')).map((row) => row['name'])).toEqual(['a'])
    expect((await listed(ann)).map((row) => row['name'])).toEqual(['a'])
    expect(await ann.count('request', EVERYTHING)).toBe(1)
    expect(await ann.count('certificate', EVERYTHING)).toBe(1)
    const own = (await listed(ann))[0]!
    expect((await ann.certificate(own.id)).record.name).toBe('a')
    expect((await ann.issuersOf(own.id)).map(({ facts }) => facts.subject)).toEqual(['CN=Root,O=Example'])
    await expect(resolve(ann, 'b')).rejects.toMatchObject({ code: 'record.not-found' })
    await expect(ann.request('2')).rejects.toMatchObject({ code: 'record.not-found' })
  })

  test('when it asks in the name of somebody else then the request is its own all the same', async () => {
    await requestor('ann').submit({ csr: csrFor([]), requestedBy: 'bob' })
    expect((await listed(store, 'request'))[0]!['requestedBy']).toBe('ann')
  })

  test('when somebody else asked with the same CSR before then nothing of that request is told', async () => {
    const csr = csrFor(['dns:b.example'])
    await requestor('bob').submit({ csr, name: 'secret-project' })
    const refusal = await requestor('ann')
      .submit({ csr })
      .catch((error: unknown) => error as Error)
    expect(refusal).toMatchObject({ code: 'state.refused' })
    expect(String(refusal)).not.toContain('secret-project')
    expect((await requestor('bob').submit({ csr }))[0]!.outcome).toBe('unchanged')
  })

  test('when it asks for anything else then the claim is missing', async () => {
    const ann = requestor('ann')
    for (const kind of RECORD_KINDS.filter((each) => each !== 'certificate' && each !== 'request'))
      await expect((async () => listed(ann, kind))()).rejects.toMatchObject({ code: 'claim.missing' })
    await requestor('ann').submit({ csr: csrFor([]) })
    await expect(ann.sign(target('1'), {})).rejects.toMatchObject({ code: 'claim.missing' })
  })

  test('knows for which profiles it may ask, and names an authority without seeing any', async () => {
    const ann = requestor('ann')
    expect((await ann.profiles()).map(({ profile }) => profile.name)).toContain('server')
    const [outcome] = await ann.submit({
      csr: csrFor(['dns:a.example']),
      profile: 'client',
      authority: 'root',
    })
    expect(outcome!.row).toMatchObject({ profile: 'client', authorityId: '1' })
    await expect(requestor('ann', []).profiles()).rejects.toMatchObject({ code: 'claim.missing' })
  })

  test('when claims are given to it then they reach as far as its own requests', async () => {
    await requestor('bob').submit({ csr: csrFor(['dns:b.example']) })
    const ann = requestor('ann', ['create', 'sign', 'revoke'])
    await ann.submit({ csr: csrFor(['dns:a.example']) })
    await expect(ann.sign(target('1'), {})).rejects.toMatchObject({ code: 'record.not-found' })
    const { outcomes } = await ann.sign(target('2'), {})
    const own = outcomes[0]!.id
    await expect(ann.revoke([target('1', 'certificate')], { reason: 'unspecified' })).rejects.toMatchObject({
      code: 'record.not-found',
    })
    const { outcomes: revoked } = await ann.revoke([target(own, 'certificate')], { reason: 'superseded' })
    expect(revoked[0]!.what).toBe('revoked')
  })
})

describe('a user confined to collections', () => {
  const ann = (more: Partial<Grants> = {}): Store => as('ann', { collections: ['web'], ...more })
  let ids: Record<string, string>

  beforeEach(async () => {
    await store.addCollection({ name: 'web', filter: 'tag = web' })
    await store.addCollection({ name: 'mail', filter: 'tag = mail' })
    const outcomes = await store.import(
      batch(
        [
          certificate(web, { name: 'web', tags: ['web'] }),
          certificate(mail, { name: 'mail', tags: ['mail'] }),
        ],
        [key(web), key(mail)],
      ),
    )
    const made = outcomes.filter(({ kind }) => kind === 'certificate')
    ids = Object.fromEntries(made.map(({ row, id }) => [String(row['name']), id]))
  })

  test('when certificates are listed, counted or looked up then only those of the collection are there', async () => {
    expect((await listed(ann())).map((row) => row['name'])).toEqual(['web'])
    const limited = {
      ...EVERYTHING,
      limit: 1,
      offset: 0,
      filter: parseFilter('subject ~ example', 'certificate'),
    }
    expect((await listed(ann(), 'certificate', limited)).map((row) => row['name'])).toEqual(['web'])
    expect(await ann().count('certificate', EVERYTHING)).toBe(1)
    expect((await resolve(ann(), 'web')).id).toBe(ids['web'])
    for (const reference of ['mail', ids['mail']!, mail.fingerprint])
      await expect(resolve(ann(), reference)).rejects.toMatchObject({ code: 'record.not-found' })
    await expect(ann().certificate(ids['mail']!)).rejects.toMatchObject({ code: 'record.not-found' })
  })

  test('when the user is confined by number then it is the same, and a collection that is gone shows nothing', async () => {
    expect((await listed(ann({ collections: ['1', '2'] }))).length).toBe(2)
    expect(await listed(ann({ collections: ['7'] }))).toEqual([])
    await store.delete([{ kind: 'collection', id: '1' }])
    expect(await listed(ann())).toEqual([])
  })

  test('when keys are looked at then only those of its certificates are there', async () => {
    expect((await listed(ann(), 'key')).map(({ id }) => id)).toEqual([web.id])
    expect((await ann().key(web.id)).id).toBe(web.id)
    await expect(ann().key(mail.id)).rejects.toMatchObject({ code: 'record.not-found' })
  })

  test('when records beyond the collection are changed then they are not there, and stay', async () => {
    const hidden = target(ids['mail']!, 'certificate')
    await expect(ann().edit(hidden, { addTags: ['web'] })).rejects.toMatchObject({ code: 'record.not-found' })
    await expect(ann().delete([hidden])).rejects.toMatchObject({ code: 'record.not-found' })
    const twin = batch([certificate(web, { name: 'mail' })])
    await expect(ann().import(twin, { replace: true })).rejects.toMatchObject({ code: 'claim.missing' })
    expect((await listed(store)).map((row) => row['name'])).toEqual(['web', 'mail'])
    expect((await resolve(store, 'mail')).id).toBe(ids['mail'])
  })

  test('when somebody brings a certificate for a hidden private key then the key stays hidden', async () => {
    const forged = makeCertificate({ cn: 'web.example', key: mail })
    const refused = { code: 'state.refused' }
    await expect(ann().import(batch([certificate(forged, { tags: ['web'] })]))).rejects.toMatchObject(refused)
    await expect(ann().key(mail.id)).rejects.toMatchObject({ code: 'record.not-found' })
    expect((await listed(store)).length).toBe(2)
    // who has the private key is no thief
    const own = batch([certificate(forged, { tags: ['web'] })], [key(mail)])
    expect((await ann().import(own)).map(({ what }) => what)).toContain('created')
  })

  test('when a name is taken by something hidden then the refusal does not tell by what', async () => {
    const fresh = makeCertificate({ cn: 'fresh.example' })
    const refused = { code: 'name.taken', message: 'the name is taken' }
    const named = batch([certificate(fresh, { name: 'mail', tags: ['web'] })])
    await expect(ann().import(named)).rejects.toMatchObject(refused)
    await expect(ann().edit(target(ids['web']!, 'certificate'), { name: 'mail' })).rejects.toMatchObject(
      refused,
    )
    await store.submit({ csr: csrFor(['dns:a.example']), name: 'asked' })
    const again = { csr: csrFor(['dns:b.example']), name: 'asked' }
    await expect(ann().submit(again)).rejects.toMatchObject(refused)
    await expect(store.import(named)).rejects.toMatchObject({
      message: expect.stringContaining('mail.example'),
    })
  })

  test('when somebody asks once more with the CSR of a hidden private key then the key stays hidden', async () => {
    const [asked] = await store.submit({ csr: csrFor(['dns:a.example'], mail) })
    const refused = { code: 'state.refused' }
    // the same CSR, another one for the same key, and both to be signed at once
    for (const csr of [csrFor(['dns:a.example'], mail), csrFor(['dns:b.example'], mail)]) {
      await expect(ann().submit({ csr })).rejects.toMatchObject(refused)
      await expect(ann().issue([{ csr }], {})).rejects.toMatchObject(refused)
    }
    await store.delete([target(asked!.id)])
    await expect(ann().submit({ csr: csrFor(['dns:a.example'], mail) })).rejects.toMatchObject(refused)
    await expect(ann().key(mail.id)).rejects.toMatchObject({ code: 'record.not-found' })
    expect((await listed(store, 'request')).length).toBe(0)
    // who has the private key is no thief
    const own = { csr: csrFor(['dns:b.example'], mail), key: key(mail) }
    expect((await ann().submit(own)).map(({ what }) => what)).toContain('created')
  })

  test('when somebody asked with a public key before its owner brought the private key then that is not theirs', async () => {
    const later = makeCertificate({ cn: 'later.example' })
    await ann().submit({ csr: csrFor(['dns:later.example'], later) })
    const bob = requestor('bob', ['create', 'read', 'export'])
    await bob.submit({ csr: csrFor(['dns:mine-too.example'], later) })
    await store.import(batch([certificate(later, { tags: ['mail'] })], [key(later)]))
    for (const user of [ann(), bob]) {
      await expect(user.key(later.id)).rejects.toMatchObject({ code: 'record.not-found' })
      expect((await listed(user, 'key')).map(({ id }) => id)).not.toContain(later.id)
    }
  })

  test('when the key of an own request is in the store then it is seen, before and after the certificate', async () => {
    await store.createAuthority(rootOrder({ protection: OPEN }))
    const own = makeCertificate({ cn: 'own.example' })
    const [asked] = await ann().submit({ csr: csrFor(['dns:own.example'], own), key: key(own) })
    expect((await ann().key(own.id)).id).toBe(own.id)
    await store.sign(target(asked!.id), {})
    expect((await ann().key(own.id)).id).toBe(own.id)
  })

  test('when a hidden certificate is imported again then it learns nothing, and as an issuer it does no harm', async () => {
    const again = batch([certificate(mail, { tags: ['web'] })])
    await expect(ann().import(again)).rejects.toMatchObject({ code: 'state.refused' })
    await expect(ann().import(batch([certificate(mail, { name: 'mine' })]))).rejects.toMatchObject({
      code: 'state.refused',
    })
    const outcomes = await ann().import(batch([certificate(renewed, { tags: ['web'] }), certificate(mail)]))
    expect(outcomes.map(({ row }) => row['subject'])).toEqual(['CN=web.example,O=Example'])
    expect((await resolve(store, 'mail'))['tags']).toEqual(['mail'])
  })

  test('when a certificate is imported that fits no collection then nothing is stored; its issuers need not fit', async () => {
    const other = makeCertificate({ cn: 'other.example' })
    const before = await store.count('certificate', EVERYTHING)
    const outside = { code: 'claim.missing', message: expect.stringContaining('CN=other.example') as string }
    for (const dryRun of [true, false]) {
      const named = batch([certificate(other, { name: 'mine' }), certificate(web)])
      await expect(ann().import(named, { dryRun })).rejects.toMatchObject(outside)
      const withKey = batch([certificate(web), certificate(other)], [key(other)])
      await expect(ann().import(withKey, { dryRun })).rejects.toMatchObject(outside)
      await expect(ann().import(batch([certificate(other)]), { dryRun })).rejects.toMatchObject(outside)
    }
    expect(await store.count('certificate', EVERYTHING)).toBe(before)
    const fits = batch([certificate(other), certificate(renewed, { name: 'mine', tags: ['web'] })])
    expect((await ann().import(fits)).map(({ what }) => what)).toEqual(['created', 'created'])
  })

  test('when a hidden certificate has the same key then the key cannot be deleted, the own certificate can', async () => {
    await store.import(batch([certificate(twin, { tags: ['mail'] })]))
    await expect(ann().delete([target(web.id, 'key')])).rejects.toMatchObject({ code: 'state.refused' })
    await ann().delete([target(ids['web']!, 'certificate')])
    expect((await listed(store, 'key')).map(({ id }) => id)).toContain(web.id)
  })

  test('when the last certificate of a key is deleted then the key can be brought back without it', async () => {
    await store.delete([target(ids['mail']!, 'certificate')])
    await ann().delete([target(ids['web']!, 'certificate')])
    const keys = (await ann().trash()).filter((row) => row['kind'] === 'key')
    expect(keys.map(({ id }) => id)).toEqual([web.id])
    await expect(ann().restore([target(mail.id, 'key')])).rejects.toMatchObject({ code: 'record.not-found' })
    await ann().restore([target(web.id, 'key')])
    expect((await listed(store, 'key')).map(({ id }) => id)).toEqual([web.id])
  })

  test('when certificates lie in the trash then only those of the collection can be brought back', async () => {
    await store.delete(Object.values(ids).map((id) => target(id, 'certificate')))
    const seen = (await ann().trash()).filter((row) => row['kind'] === 'certificate')
    expect(seen.map((row) => row['name'])).toEqual(['web'])
    await expect(ann().restore([target(ids['mail']!, 'certificate')])).rejects.toMatchObject({
      code: 'record.not-found',
    })
    await ann().restore([target(ids['web']!, 'certificate')])
    expect((await listed(store)).map((row) => row['name'])).toEqual(['web'])
  })

  test('when a prefix fits hidden records as well then the refusal does not tell them', async () => {
    const refusing = new Proxy(store, {
      get: (of, name) =>
        name === 'resolve'
          ? async () => {
              const { CertmanError } = await import('../../src/base/errors.ts')
              throw new CertmanError('reference.ambiguous', 'fits several: 2 "mail"')
            }
          : (Reflect.get(of, name, of) as unknown),
    })
    const grants = { user: 'ann', store: 'pki', claims: CLAIMS, ownOnly: false, administers: false }
    const guarded = guardedStore(refusing, { ...grants, collections: ['web'] }, ambient.now)
    await expect(resolve(guarded, 'abcdef01')).rejects.toMatchObject({
      code: 'reference.ambiguous',
      message: '"abcdef01" fits several certificate records',
    })
  })
})

describe('who acts', () => {
  test('when users ask and sign at the same time then each request and certificate bears the right name', async () => {
    await store.createAuthority(rootOrder({ protection: OPEN }))
    const [ann, bob] = [as('ann'), as('bob')]
    await ann.submit({ csr: csrFor(['dns:a.example']) })
    await bob.submit({ csr: csrFor(['dns:b.example']) })
    expect((await listed(store, 'request')).map((row) => row['requestedBy'])).toEqual(['ann', 'bob'])
    const signed = await Promise.all([ann.sign(target('1'), {}), bob.sign(target('2'), {})])
    expect(signed.map(({ outcomes }) => outcomes[0]!.what)).toEqual(['issued', 'issued'])
    const [issued] = await ann.issue([{ csr: csrFor([], makeKey()) }], {})
    const request = issued!.outcomes.find(({ kind }) => kind === 'request')!
    expect(request.row['requestedBy']).toBe('ann')
  })
})

describe('orders of a server', () => {
  test('when the server has the password then signing needs none, and a wrong one of the caller is still wrong', async () => {
    await store.createAuthority(rootOrder({ protection: { password } }))
    const served = withServerOrders(store, { password, crlBase: 'http://pki.example/crl' })
    await served.submit({ csr: csrFor(['dns:a.example']) })
    const wrong = { password: new Secret('wrong') }
    await expect(served.sign(target('1'), wrong)).rejects.toMatchObject({ code: 'password.wrong' })
    const { outcomes } = await served.sign(target('1'), {})
    const stored = await store.certificate(outcomes[0]!.id)
    const points = stored.extensions.find(({ name }) => name === 'cRLDistributionPoints')
    expect(JSON.stringify(points?.value)).toContain('http://pki.example/crl/root.crl')
    const { outcomes: renewed } = await served.renew(target(outcomes[0]!.id, 'certificate'), {
      reuseKey: true,
    })
    const next = await store.certificate(renewed[0]!.id)
    expect(JSON.stringify(next.extensions)).toContain('http://pki.example/crl/root.crl')
    const { outcomes: revoked, notes } = await served.revoke([target(outcomes[0]!.id, 'certificate')], {
      reason: 'superseded',
    })
    expect(notes).toEqual([])
    expect(revoked.map(({ what }) => what)).toContain('crl signed')
  })

  test('when the authority names its own place for CRLs then the server keeps out of it', async () => {
    const settings = { crlUrls: ['http://own.example/root.crl'] }
    await store.createAuthority(rootOrder({ protection: OPEN, settings }))
    const served = withServerOrders(store, { crlBase: 'http://pki.example/crl' })
    await served.submit({ csr: csrFor(['dns:a.example']) })
    const { outcomes } = await served.sign(target('1'), {})
    const { extensions } = await store.certificate(outcomes[0]!.id)
    const points = JSON.stringify(extensions.find(({ name }) => name === 'cRLDistributionPoints')?.value)
    expect(points).toContain('http://own.example/root.crl')
    expect(points).not.toContain('pki.example')
  })
})
