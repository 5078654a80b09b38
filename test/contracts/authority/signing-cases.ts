import { expect } from 'vitest'
import { describeCertificate } from '../../../src/x509/certificate.ts'
import { describeCrl } from '../../../src/x509/crl.ts'
import { parseNameText } from '../../../src/x509/name-text.ts'
import { makeCertificate, makeKey, makeRequest } from '../../support/make-certificates.ts'
import {
  csrFor,
  doubts,
  everything,
  password,
  row,
  rootOrder,
  rows,
  said,
  signedStore,
  signOne,
  target,
  type Cases,
} from './world.ts'

const key = makeKey()
const SUB = parseNameText('CN=Sub,O=Example')
const newKey = { pkcs8: key.pkcs8, spki: key.spki, encrypted: false, source: { how: 'generated' } } as const

export const signingCases: Cases = {
  'when an answered request is signed without the password then its state is told and no password is wanted':
    async (world) => {
      const { store } = world
      await store.createAuthority(rootOrder({ protection: { password } }))
      await signOne(world, { csr: csrFor(['dns:web.example']) }, { password })
      await expect(store.sign(target('1'), {})).rejects.toMatchObject({ code: 'state.already-issued' })
      await expect(store.sign(target('9'), {})).rejects.toMatchObject({ code: 'record.not-found' })
      await store.submit({ csr: csrFor(['dns:next.example']) })
      await expect(store.sign(target('2'), {})).rejects.toMatchObject({ code: 'password.required' })
    },
  'when the issuers of an attached certificate are in the store then nothing is said to be missing': async ({
    store,
  }) => {
    const root = makeCertificate({ cn: 'Elsewhere', ca: true })
    const leaf = makeCertificate({ cn: 'web.example', issuer: root })
    for (const name of ['first', 'second']) {
      const csr = makeRequest('web.example', leaf).der
      await store.submit({ csr: Uint8Array.from(csr), name })
    }
    const { notes } = await store.attach(target('1'), [leaf.der])
    expect(notes).toEqual(['the chain does not reach a root; the missing issuers can be imported later'])
    await store.import({ certificates: [{ der: root.der, source: { how: 'imported' } }], keys: [] })
    const next = makeCertificate({ cn: 'web.example', issuer: root, key: leaf })
    expect((await store.attach(target('2'), [next.der])).notes).toEqual([])
  },
  'when the certificate that a request has is attached once more then only missing issuers come': async ({
    store,
  }) => {
    const root = makeCertificate({ cn: 'Elsewhere', ca: true })
    const leaf = makeCertificate({ cn: 'web.example', issuer: root })
    const other = makeCertificate({ cn: 'web.example', issuer: root, key: leaf })
    await store.submit({ csr: Uint8Array.from(makeRequest('web.example', leaf).der), name: 'web' })
    await store.attach(target('1'), [leaf.der])
    await store.edit(target('1', 'certificate'), { name: 'front' })
    const { outcomes, notes } = await store.attach(target('1'), [leaf.der, root.der])
    expect(outcomes.map(({ kind, id, outcome }) => `${kind} ${id} ${outcome}`)).toEqual([
      'certificate 1 unchanged',
      'request 1 unchanged',
      'certificate 2 changed',
    ])
    expect([notes, outcomes[0]!.row['name']]).toEqual([[], 'front'])
    await expect(store.attach(target('1'), [other.der])).rejects.toMatchObject({
      code: 'state.already-issued',
    })
  },
  'when a certificate that is revoked already is attached then its request is revoked, and on hold it is issued':
    async (world) => {
      const { store } = world
      const root = makeCertificate({ cn: 'Elsewhere', ca: true })
      const date = '2026-02-01T00:00:00Z'
      const reasons = ['keyCompromise', 'certificateHold'] as const
      const leaves = reasons.map((reason, at) => ({
        leaf: makeCertificate({ cn: `leaf${at}.example`, issuer: root, serial: 77 + at }),
        revocation: { date, reason },
      }))
      await store.importAuthority({
        name: 'elsewhere',
        certificate: root.der,
        issued: leaves.map(({ leaf, revocation }) => ({ der: leaf.der, revocation })),
        source: { how: 'imported' },
      })
      for (const [at, { leaf }] of leaves.entries()) {
        await store.submit({ csr: Uint8Array.from(makeRequest(`leaf${at}.example`, leaf).der) })
        await store.attach(target(String(at + 1)), [leaf.der])
      }
      expect((await rows(world, 'request')).map((row) => row['state'])).toEqual(['revoked', 'issued'])
      expect(await doubts(world)).toEqual([])
    },
  'when a root is made then its certificate, key, record and first CRL are there': async (world) => {
    const { store } = world
    const making = await store.createAuthority(rootOrder({ protection: { password } }))
    expect(said(making.outcomes)).toEqual(['authority 1 created', 'key K created', 'certificate 1 created'])
    const [authority] = await rows(world, 'authority')
    expect(authority).toMatchObject({
      name: 'root',
      enabled: true,
      encrypted: true,
      crlNumber: '1',
      issued: 0,
      revoked: 0,
      subject: 'CN=Root,O=Example',
    })
    const { der, outcome } = await store.crl('root')
    expect(outcome).toBe('unchanged')
    expect(describeCrl(der)).toMatchObject({ crlNumber: '1', revokedCount: 0 })
    expect(await doubts(world)).toEqual([])
  },
  'when a request is signed then certificate, request, key and authority name each other': async (world) => {
    const { store } = world
    await store.createAuthority(rootOrder())
    const csr = csrFor(['dns:web.example'], key)
    const queued = await store.submit({ csr, key: newKey, name: 'web', tags: ['prod'] })
    expect(said(queued)).toEqual(['request 1 created', 'key K created'])
    expect(queued[0]!.row).toMatchObject({ state: 'outstanding', requestedBy: 'tester@host', keyId: key.id })
    const signing = await store.sign(target('1'), { profile: 'server', days: 30 })
    expect(said(signing.outcomes)).toEqual(['certificate 2 issued', 'request 1 issued'])
    expect(await row(world, 'web')).toMatchObject({
      id: '2',
      keyId: key.id,
      requestId: '1',
      authorityId: '1',
      tags: ['prod'],
      state: 'valid',
      notAfter: '2026-03-31T11:59:59Z',
    })
    expect(await row(world, 'requests/1')).toMatchObject({ state: 'issued', certificateId: '2' })
    expect(await doubts(world)).toEqual([])
  },
  'when the same CSR comes twice then the second is unchanged': async ({ store }) => {
    const csr = csrFor(['dns:web.example'])
    await store.submit({ csr })
    expect(await store.submit({ csr })).toMatchObject([{ id: '1', outcome: 'unchanged' }])
  },
  'when a CSR is not signed by its key then it does not enter the queue': async (world) => {
    const csr = Uint8Array.from(makeRequest('web.example').der)
    csr[csr.length - 5]! ^= 1
    await expect(world.store.submit({ csr })).rejects.toMatchObject({ code: 'input.invalid' })
    expect(await rows(world, 'request')).toEqual([])
  },
  'when a request was signed or rejected then it is not signed or rejected again': async (world) => {
    const { store } = world
    await signedStore(world, ['web.example'])
    await store.submit({ csr: csrFor(['dns:other.example']) })
    await store.reject([target('2')], 'no ticket')
    expect(await row(world, 'requests/2')).toMatchObject({ state: 'rejected', rejectionReason: 'no ticket' })
    const before = await everything(world)
    for (const [id, code] of [
      ['1', 'state.already-issued'],
      ['2', 'state.already-rejected'],
    ] as const) {
      await expect(store.sign(target(id), {})).rejects.toMatchObject({ code })
      await expect(store.reject([target(id)], undefined)).rejects.toMatchObject({ code })
    }
    expect(await everything(world)).toEqual(before)
  },
  'when a dry run signs, makes an authority or revokes then nothing changes': async (world) => {
    const { store } = world
    const [id] = await signedStore(world, ['web.example'])
    await store.submit({ csr: csrFor(['dns:next.example']) })
    const before = await everything(world)
    const dryRun = { dryRun: true }
    const signing = await store.sign(target('2'), {}, dryRun)
    expect(said(signing.outcomes)).toEqual(['certificate new-1 issued', 'request 2 issued'])
    await store.createAuthority(rootOrder({ name: 'other' }), dryRun)
    await store.createAuthority(rootOrder({ name: 'sub', parent: 'root', days: 30, subject: SUB }), dryRun)
    await store.revoke([target(id!, 'certificate')], { reason: 'superseded' }, dryRun)
    await store.renew(target(id!, 'certificate'), { reuseKey: true }, dryRun)
    await store.crl('root', { renew: true }, dryRun)
    await store.reject([target('2')], 'no', dryRun)
    expect(await everything(world)).toEqual(before)
  },
  'when a serial number is given by hand then it is used once': async (world) => {
    const { store } = world
    await signedStore(world, ['web.example'], { serialNumber: '2a' })
    await store.submit({ csr: csrFor(['dns:next.example']) })
    const again = { serialNumber: '00:2A' }
    await expect(store.sign(target('2'), again)).rejects.toMatchObject({
      code: 'state.refused',
      message: 'the authority "root" used the serial number 2a already, for certificate 2',
    })
    await store.delete([target('2', 'certificate')])
    await expect(store.sign(target('2'), again)).rejects.toMatchObject({ code: 'state.refused' })
    const { der } = await store.sign(target('2'), { serialNumber: '2b' })
    expect(describeCertificate(der).serialNumber).toBe('2b')
  },
  'when many others have the serial number that is given by hand then it is used once all the same': async (
    world,
  ) => {
    const { store } = world
    await store.createAuthority(rootOrder())
    const others = Array.from({ length: 30 }, (_, i) => makeCertificate({ cn: `Root ${i}`, serial: 42, key }))
    const source = { how: 'imported' } as const
    await store.import({ certificates: others.map(({ der }) => ({ der, source })), keys: [] })
    const given = { serialNumber: '2a' }
    await signOne(world, { csr: csrFor(['dns:web.example']) }, given)
    await expect(signOne(world, { csr: csrFor(['dns:next.example']) }, given)).rejects.toMatchObject({
      code: 'state.refused',
      field: 'serialNumber',
    })
    const revoking = store.revokeSerials('root', ['2a'], { reason: 'keyCompromise' })
    await expect(revoking).rejects.toMatchObject({ code: 'state.refused' })
  },
  'when random bytes come again then no serial number stands twice: neither in a group nor beside former ones':
    async (world) => {
      const { store } = world
      await store.createAuthority(rootOrder())
      // those of the tests come again after 251 draws
      const key = makeKey()
      const requests = Array.from({ length: 260 }, (_, at) => ({ csr: csrFor([`dns:h${at}.example`], key) }))
      const twice = { code: 'state.refused', field: 'serialNumber' }
      await expect(store.issue(requests, {})).rejects.toMatchObject(twice)
      expect(await rows(world)).toHaveLength(1)
      await store.issue(requests.slice(0, 130), {})
      await expect(store.issue(requests.slice(130), {})).rejects.toMatchObject(twice)
      const certificates = await rows(world)
      expect(new Set(certificates.map(({ serialNumber }) => serialNumber)).size).toBe(131)
      expect(await doubts(world)).toEqual([])
    },
  'when a key needs its password then signing asks for it, refuses a wrong one, and takes the right one':
    async (world) => {
      const { store } = world
      await store.createAuthority(rootOrder({ protection: { password } }))
      await store.submit({ csr: csrFor(['dns:web.example']) })
      const { Secret } = await import('../../../src/base/secret.ts')
      await expect(store.sign(target('1'), {})).rejects.toMatchObject({ code: 'password.required' })
      const wrong = { password: new Secret('wrong') }
      await expect(store.sign(target('1'), wrong)).rejects.toMatchObject({ code: 'password.wrong' })
      expect((await store.sign(target('1'), { password })).outcomes[0]!.id).toBe('2')
      await store.submit({ csr: csrFor(['dns:next.example']) })
      await expect(store.sign(target('2'), {})).rejects.toMatchObject({ code: 'password.required' })
      await expect(store.sign(target('2'), wrong)).rejects.toMatchObject({ code: 'password.wrong' })
    },
  'when an authority is disabled then it signs no certificates, but its CRL goes on': async (world) => {
    const { store } = world
    const [id] = await signedStore(world, ['web.example'])
    await store.editAuthority(target('1', 'authority'), { enabled: false })
    await store.submit({ csr: csrFor(['dns:next.example']) })
    await expect(store.sign(target('2'), {})).rejects.toMatchObject({ code: 'state.refused' })
    await expect(store.sign(target('2'), { authority: 'root' })).rejects.toMatchObject({
      code: 'state.refused',
    })
    await store.revoke([target(id!, 'certificate')], { reason: 'superseded' })
    expect(describeCrl((await store.crl('root')).der).revokedCount).toBe(1)
    await store.editAuthority(target('1', 'authority'), { enabled: true })
    expect((await store.sign(target('2'), {})).outcomes).toHaveLength(2)
  },
  'when several authorities are enabled then one has to be named': async ({ store }) => {
    await expect(store.sign(target('1'), {})).rejects.toMatchObject({ code: 'record.not-found' })
    await store.createAuthority(rootOrder())
    await store.createAuthority(rootOrder({ name: 'other' }))
    await store.submit({ csr: csrFor(['dns:web.example']) })
    await expect(store.sign(target('1'), {})).rejects.toMatchObject({
      code: 'reference.ambiguous',
      message: 'several authorities can sign: "root", "other"',
    })
    const { outcomes } = await store.sign(target('1'), { authority: 'other' })
    expect(outcomes[0]!.row).toMatchObject({ authorityId: '2' })
  },
  'when many requests are signed at once then each lands, and a bad one hinders none': async (world) => {
    const { store } = world
    await store.createAuthority(rootOrder())
    for (let at = 1; at <= 12; at++) await store.submit({ csr: csrFor([`dns:h${at}.example`]) })
    await store.reject([target('5')], undefined)
    const all = Array.from({ length: 12 }, (_, at) => store.sign(target(String(at + 1)), {}))
    const ends = await Promise.allSettled(all)
    expect(ends.map(({ status }) => status).filter((status) => status === 'rejected')).toHaveLength(1)
    expect(ends[4]).toMatchObject({ status: 'rejected', reason: { code: 'state.already-rejected' } })
    const certificates = (await rows(world)).slice(1)
    expect(new Set(certificates.map(({ serialNumber }) => serialNumber)).size).toBe(11)
    expect(await doubts(world)).toEqual([])
  },
  'when requests are issued together then all land, or none': async (world) => {
    const { store } = world
    await store.createAuthority(rootOrder())
    const csrs = Array.from({ length: 20 }, (_, at) => ({ csr: csrFor([`dns:h${at}.example`]) }))
    expect(await store.issue(csrs, { days: 10 })).toHaveLength(20)
    expect(await rows(world, 'request')).toMatchObject(
      Array.from({ length: 20 }, () => ({ state: 'issued' })),
    )
    const before = await everything(world)
    const bad = [{ csr: csrFor(['dns:good.example']) }, { csr: csrFor(['uri:http://odd.example/']) }]
    await expect(store.issue(bad, { profile: 'server', days: 10_000 })).rejects.toMatchObject({
      code: 'policy.refused',
    })
    expect(await everything(world)).toEqual(before)
    expect(await doubts(world)).toEqual([])
  },
  'when a request is issued that brings its private key then the key is kept, and certificate and request have it':
    async (world) => {
      const { store } = world
      await store.createAuthority(rootOrder())
      const [fresh, waiting] = [makeKey(), makeKey()]
      const source = { how: 'generated' } as const
      const asked = [fresh, waiting].map((key, at) => ({
        csr: csrFor([`dns:k${at}.example`], key),
        key: { pkcs8: key.pkcs8, spki: key.spki, encrypted: false, source },
      }))
      await store.submit({ csr: asked[1]!.csr })
      const signings = await store.issue(asked, {})
      for (const [at, { id }] of [fresh, waiting].entries()) {
        const { id: certificateId } = signings[at]!.outcomes.find(({ kind }) => kind === 'certificate')!
        expect((await store.key(id)).spki).toEqual(asked[at]!.key.spki)
        expect((await store.certificate(certificateId)).record.keyId).toBe(id)
      }
      expect((await rows(world, 'request')).map(({ keyId, state }) => [keyId, state]).toSorted()).toEqual(
        [fresh, waiting].map(({ id }) => [id, 'issued']).toSorted(),
      )
      expect(await doubts(world)).toEqual([])
    },
  'when the key of a request may not leave the store then the certificate says so': async (world) => {
    const { store } = world
    await store.createAuthority(rootOrder())
    const issue = async (exportable: boolean | undefined): Promise<unknown> => {
      const key = makeKey()
      const source = { how: 'generated' } as const
      const held = exportable === undefined ? {} : { exportable }
      const [queued] = await store.submit({
        csr: csrFor(['dns:web.example'], key),
        key: { pkcs8: key.pkcs8, spki: key.spki, encrypted: false, source, ...held },
      })
      const { outcomes } = await store.sign(target(queued!.id), {})
      return (await store.certificate(outcomes[0]!.id)).record.exportable
    }
    expect([await issue(false), await issue(true), await issue(undefined)]).toEqual([false, true, true])
  },
  'when the name is taken then signing needs replace, and the old certificate is superseded': async (
    world,
  ) => {
    const { store } = world
    await signedStore(world, ['web'])
    const [queued] = await store.submit({ csr: csrFor(['dns:web.example']) })
    const order = { name: 'web' }
    await expect(store.sign(target(queued!.id), order)).rejects.toMatchObject({ code: 'name.taken' })
    const { outcomes } = await store.sign(target(queued!.id), order, { replace: true })
    expect(said(outcomes)).toEqual(['certificate 3 issued', 'request 2 issued', 'certificate 2 superseded'])
    expect(await row(world, 'web')).toMatchObject({ id: '3' })
  },
  'when an authority is made under another one then it signs, and its chain is there': async (world) => {
    const { store } = world
    await store.createAuthority(rootOrder())
    const sub = await store.createAuthority(
      rootOrder({ name: 'sub', parent: 'root', days: 365, subject: SUB }),
    )
    expect(said(sub.outcomes)).toEqual([
      'authority 2 created',
      'certificate 2 issued',
      'request 1 issued',
      'key K created',
    ])
    const id = await signOne(world, { csr: csrFor(['dns:web.example']) }, { authority: 'sub' })
    const chain = await store.issuersOf(id)
    expect(chain.map(({ record }) => record.name)).toEqual(['sub', 'root'])
    expect(await doubts(world)).toEqual([])
  },
  'when something that an authority needs is to be deleted then it is refused': async (world) => {
    const { store } = world
    const [id] = await signedStore(world, ['web.example'])
    await store.revoke([target(id!, 'certificate')], { reason: 'superseded' })
    const keyId = String((await rows(world, 'authority'))[0]!['keyId'])
    const before = await everything(world)
    for (const needed of [target('1', 'certificate'), target(keyId, 'key'), target(id!, 'certificate')])
      await expect(store.delete([needed])).rejects.toMatchObject({ code: 'state.refused' })
    expect(await everything(world)).toEqual(before)
  },
}
