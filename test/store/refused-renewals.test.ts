import { expect, test } from 'vitest'
import type { RenewalOrder } from '../../src/store/authority-orders.ts'
import { AuthorityDesk } from '../../src/store/authority-desk.ts'
import { openSigner } from '../../src/crypto/signer.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { localStore } from '../../src/store/local-store.ts'
import { renewCertificate } from '../../src/store/renew-certificate.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { writeCsr } from '../../src/x509/write-csr.ts'
import { memoryRepository } from '../support/memory-repository.ts'
import { csrFor, everything, rootOrder, signedStore, target } from '../contracts/authority/world.ts'
import { frozenAmbient } from '../support/ambient.ts'

function world() {
  const ambient = frozenAmbient()
  const repository = memoryRepository(describeRecord, ambient)
  return {
    ambient,
    repository,
    store: localStore(repository, { ambient, kind: 'memory', location: 'memory' }),
  }
}

const revoked = { reason: 'keyCompromise' } as const

// RFC 5280 section 6.1.3 (a)(3): no path through a revoked certificate is valid
test('when the certificate of an authority is revoked or on hold then it signs nothing more, whatever is asked', async () => {
  const all = world()
  const { store } = all
  await store.createAuthority(rootOrder())
  const sub = rootOrder({ name: 'sub', subject: parseNameText('CN=Sub'), parent: 'root', pathLen: 1 })
  const { outcomes } = await store.createAuthority(sub)
  const own = outcomes.find(({ kind }) => kind === 'certificate')!.id
  const [web] = await store.issue([{ csr: csrFor(['dns:web.example']) }], { authority: 'sub' })
  const id = web!.outcomes[0]!.id
  for (const reason of ['certificateHold', 'keyCompromise'] as const) {
    await store.revoke([target(own, 'certificate')], { reason })
    const before = await everything(all)
    const below = rootOrder({ name: 'below', subject: parseNameText('CN=Below'), parent: 'sub' })
    for (const attempt of [
      () => store.issue([{ csr: csrFor(['dns:other.example']) }], { authority: 'sub' }),
      () => store.renew(target(id, 'certificate'), { reuseKey: true }),
      () => store.createAuthority(below),
      () => store.renewAuthority('sub', {}),
    ])
      await expect(attempt()).rejects.toMatchObject({
        code: 'state.refused',
        message: expect.stringContaining('"sub" is revoked') as string,
      })
    expect(await everything(all)).toEqual(before)
    expect((await store.crl('sub', { renew: true })).outcome).toBe('changed')
  }
})

test('when an authority further up is revoked or on hold then those below sign nothing more, unless it is released', async () => {
  const all = world()
  const { store } = all
  await store.createAuthority(rootOrder())
  const below = (name: string, parent: string, pathLen: number) =>
    store.createAuthority(rootOrder({ name, subject: parseNameText(`CN=${name}`), parent, pathLen }))
  await below('upper', 'root', 2)
  await below('middle', 'upper', 1)
  await below('lower', 'middle', 0)
  const issue = (name: string) => store.issue([{ csr: csrFor([`dns:${name}`]) }], { authority: 'lower' })
  const [web] = await issue('web.example')
  const { id } = await store.resolve({ kind: 'certificate', by: 'text', text: 'upper' })
  const upper = [target(id, 'certificate')]
  const nothingIsSigned = async () => {
    const before = await everything(all)
    for (const attempt of [
      () => issue('other.example'),
      () => store.renew(target(web!.outcomes[0]!.id, 'certificate'), { reuseKey: true }),
      () => below('lowest', 'middle', 0),
      () => store.renewAuthority('lower', {}),
    ])
      await expect(attempt()).rejects.toMatchObject({
        code: 'state.refused',
        message: expect.stringContaining('stands below "CN=upper", whose certificate is revoked') as string,
      })
    expect(await everything(all)).toEqual(before)
    expect((await store.crl('lower', { renew: true })).outcome).toBe('changed')
  }
  await store.revoke(upper, { reason: 'certificateHold' })
  await nothingIsSigned()
  await store.release(upper, {})
  expect(await issue('other.example')).toHaveLength(1)
  await store.revoke(upper, revoked)
  await nothingIsSigned()
})

// RFC 4158 section 2.4.2: a cross-certificate is another way up
test('when an authority further up is revoked then the chain goes another way where there is one', async () => {
  const { store, repository } = world()
  await store.createAuthority(rootOrder())
  const below = (name: string, parent: string, pathLen: number) =>
    store.createAuthority(rootOrder({ name, subject: parseNameText(`CN=${name}`), parent, pathLen }))
  await below('upper', 'root', 3)
  await below('inner', 'upper', 2)
  await below('other', 'root', 2)
  await below('middle', 'inner', 1)
  await below('lower', 'middle', 0)
  const idOf = async (text: string) => (await store.resolve({ kind: 'certificate', by: 'text', text })).id
  const { record } = await store.certificate(await idOf('middle'))
  const signer = openSigner((await store.key(record.keyId!)).pkcs8)
  const csr = writeCsr({ subject: parseNameText('CN=middle'), extensions: [], signer })
  const cross = { authority: 'other', profile: 'intermediate', pathLen: 1, days: 90 }
  expect(await store.issue([{ csr }], cross)).toHaveLength(1)
  const issue = (name: string) =>
    store.issue([{ csr: csrFor([`dns:${name}`]) }], { authority: 'lower', days: 30 })
  const namesAbove = async (id: string) =>
    (await store.issuersOf(id)).map(({ facts }) => facts.subject).join(' ')
  const [before] = await issue('a.example')
  expect(await namesAbove(before!.outcomes[0]!.id)).toBe(
    'CN=lower CN=middle CN=inner CN=upper CN=Root,O=Example',
  )
  await store.revoke([target(await idOf('upper'), 'certificate')], revoked)
  const [after] = await issue('b.example')
  expect(await namesAbove(after!.outcomes[0]!.id)).toBe('CN=lower CN=middle CN=other CN=Root,O=Example')
  const other = [target(await idOf('other'), 'certificate')]
  await store.revoke(other, { reason: 'certificateHold' })
  await expect(issue('c.example')).rejects.toMatchObject({ code: 'state.refused' })
  await store.release(other, {})
  expect(await issue('d.example')).toHaveLength(1)
  // by then the cross-certificate has expired
  const ambient = frozenAmbient('2026-07-01T12:00:00Z')
  const later = localStore(repository, { ambient, kind: 'memory', location: 'memory' })
  const late = later.issue([{ csr: csrFor(['dns:e.example']) }], { authority: 'lower', days: 30 })
  await expect(late).rejects.toMatchObject({ code: 'state.refused' })
})

test('when a certificate is revoked or renewed while its renewal is being prepared then it is not renewed', async () => {
  const all = world()
  const { store, repository, ambient } = all
  const [one, other] = await signedStore(all, ['one.example', 'other.example'])
  const prepare = (id: string) => {
    const order: RenewalOrder = { reuseKey: true }
    const tools = { desk: new AuthorityDesk(), ambient }
    return renewCertificate(repository, { target: target(id, 'certificate'), order }, tools)
  }
  const [ofRevoked, ofRenewed] = [await prepare(one!), await prepare(other!)]
  await store.revoke([target(one!, 'certificate')], revoked)
  await store.renew(target(other!, 'certificate'), { reuseKey: true })
  const before = await everything(all)
  for (const body of [ofRevoked, ofRenewed])
    await expect(repository.write(body)).rejects.toMatchObject({ code: 'state.refused' })
  expect(await everything(all)).toEqual(before)
})

test('when a request was revoked with its last certificate then no earlier one is renewed by it', async () => {
  const all = world()
  const { store } = all
  const [first] = await signedStore(all, ['one.example'])
  const renewed = await store.renew(target(first!, 'certificate'), { reuseKey: true })
  await store.edit(target(first!, 'certificate'), { name: 'earlier' })
  await store.revoke([target(renewed.outcomes[0]!.id, 'certificate')], revoked)
  const before = await everything(all)
  await expect(store.renew(target(first!, 'certificate'), { reuseKey: true })).rejects.toMatchObject({
    code: 'state.already-revoked',
  })
  expect(await everything(all)).toEqual(before)
})

test('when a certificate is that of an authority then renew leaves it to ca renew', async () => {
  const all = world()
  const { store } = all
  await store.createAuthority(rootOrder())
  await store.createAuthority(rootOrder({ name: 'sub', subject: parseNameText('CN=Sub'), parent: 'root' }))
  const before = await everything(all)
  for (const name of ['root', 'sub']) {
    const { id } = await store.resolve({ kind: 'certificate', by: 'text', text: name })
    for (const order of [{}, { reuseKey: true }, { authority: 'root' }])
      await expect(store.renew(target(id, 'certificate'), order)).rejects.toMatchObject({
        code: 'state.refused',
        message: `certificate ${id} belongs to the authority "${name}"`,
        hint: `renew the authority: certman ca renew ${name}`,
      })
  }
  expect(await everything(all)).toEqual(before)
})
