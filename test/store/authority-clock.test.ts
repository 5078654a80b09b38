import { expect, test } from 'vitest'
import { Secret } from '../../src/base/secret.ts'
import { systemAmbient } from '../../src/library.ts'
import { memoryRepository } from '../support/memory-repository.ts'
import { checkAuthorities } from '../../src/store/check-authorities.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { localStore } from '../../src/store/local-store.ts'
import { describeCertificate } from '../../src/x509/certificate.ts'
import { describeCrl } from '../../src/x509/crl.ts'
import { parseConstraintName } from '../../src/x509/general-name-text.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { csrFor, password, rootOrder, said, target } from '../contracts/authority/world.ts'

/** A store whose clock the test turns. */
function world() {
  let now = new Date('2026-03-01T12:00:00Z')
  const ambient = { ...systemAmbient('tester@host'), now: () => now }
  const repository = memoryRepository(describeRecord, ambient)
  const store = localStore(repository, { ambient, kind: 'memory', location: 'memory' })
  const passDays = (days: number): void => void (now = new Date(now.getTime() + days * 86_400_000))
  const due = async (): Promise<readonly string[]> => {
    const ids: string[] = []
    for await (const { id } of store.due()) ids.push(id)
    return ids
  }
  const listed = async (): Promise<number> =>
    describeCrl((await store.crl('root', { renew: true })).der).revokedCount
  const doubts = () => checkAuthorities(repository, now)
  return { store, doubts, passDays, due, listed }
}

test('a CRL that is due is signed again by whatever opens the authority, and its number rises', async () => {
  const { store, passDays } = world()
  await store.createAuthority(rootOrder())
  expect((await store.crl('root')).outcome).toBe('unchanged')
  passDays(4)
  expect((await store.crl('root')).outcome).toBe('unchanged')
  passDays(1)
  const [signing] = await store.issue([{ csr: csrFor(['dns:a.example']) }], { days: 90 })
  expect(said(signing!.outcomes)).toEqual([
    'certificate 2 issued',
    'request 1 issued',
    'authority 1 crl signed',
  ])
  expect((await store.crl('root')).outcome).toBe('unchanged')
  passDays(5)
  const { outcome, der } = await store.crl('root')
  expect([outcome, describeCrl(der).crlNumber]).toEqual(['changed', '3'])
})

test('a parent that makes or renews an authority has its own due CRL signed with it', async () => {
  const { store, passDays } = world()
  await store.createAuthority(rootOrder())
  passDays(6)
  const sub = rootOrder({ name: 'sub', parent: 'root', subject: parseNameText('CN=Sub'), days: 400 })
  expect(said((await store.createAuthority(sub)).outcomes)).toContain('authority 1 crl signed')
  expect((await store.crl('root')).outcome).toBe('unchanged')
  passDays(6)
  const { outcomes } = await store.renewAuthority('sub', {})
  expect(said(outcomes)).toEqual(expect.arrayContaining(['authority 1 crl signed', 'authority 2 crl signed']))
  expect((await store.crl('root')).outcome).toBe('unchanged')
})

test('a clock that is set back does not make the next CRL older than the last one, but for one that was far ahead', async () => {
  const { store, passDays } = world()
  await store.createAuthority(rootOrder())
  const renewed = async () => describeCrl((await store.crl('root', { renew: true })).der)
  passDays(-0.5)
  expect(await renewed()).toMatchObject({ crlNumber: '2', thisUpdate: '2026-03-01T12:00:00Z' })
  passDays(1)
  expect(await renewed()).toMatchObject({ crlNumber: '3', thisUpdate: '2026-03-02T00:00:00Z' })
  passDays(365)
  await renewed()
  passDays(-364)
  // it is due: nobody takes the last one for valid yet
  const { outcome, der } = await store.crl('root')
  expect([outcome, describeCrl(der)]).toMatchObject([
    'changed',
    { crlNumber: '5', thisUpdate: '2026-03-03T00:00:00Z' },
  ])
})

test('a due CRL of a locked key is handed out with a note while it holds, and not after', async () => {
  const { store, passDays } = world()
  await store.createAuthority(rootOrder({ protection: { password } }))
  passDays(6)
  const { outcome, notes } = await store.crl('root')
  expect([outcome, notes]).toEqual([
    'unchanged',
    [
      'the CRL of "root" ends on 2026-03-08T12:00:00Z and should be signed anew, but the key of the authority "root" needs its password',
    ],
  ])
  passDays(2)
  await expect(store.crl('root')).rejects.toMatchObject({ code: 'password.required' })
  expect((await store.crl('root', { password })).outcome).toBe('changed')
  await expect(store.crl('root', { password: new Secret('no'), renew: true })).rejects.toMatchObject({
    code: 'password.wrong',
  })
})

test('a CRL that ended is a doubt with the command that mends it, while the authority counts', async () => {
  const { store, doubts, passDays } = world()
  await store.createAuthority(rootOrder({ days: 60, protection: { password } }))
  const sub = { name: 'sub', subject: parseNameText('CN=Sub'), parent: 'root', parentPassword: password }
  await store.createAuthority(rootOrder({ ...sub, days: 60 }))
  passDays(7)
  expect(await doubts()).toEqual([])
  passDays(1)
  const lapsed = (id: string, command: string) => ({
    code: 'crl-lapsed',
    path: `authorities/${id}.crl`,
    message: `the CRL of authority ${id} ended on 2026-03-08T12:00:00Z: who asks for one refuses every certificate`,
    hint: `sign the next one: ${command}`,
  })
  const root = lapsed('1', 'certman ca crl root --password-file FILE')
  expect(await doubts()).toEqual([root, lapsed('2', 'certman ca crl sub')])
  await store.crl('sub')
  expect(await doubts()).toEqual([root])
  passDays(8)
  await store.revoke([target('2', 'certificate')], { reason: 'cACompromise', password })
  // nobody asks for the CRL of an authority that is revoked
  expect(await doubts()).toEqual([])
  passDays(60)
  expect(await doubts()).toEqual([])
})

test('an expired certificate leaves the CRL after it stood in one more, and is back when the clock had run ahead', async () => {
  const { store, doubts, passDays, listed } = world()
  await store.createAuthority(rootOrder())
  await store.issue([{ csr: csrFor(['dns:a.example']) }], { days: 10 })
  await store.revoke([target('2', 'certificate')], { reason: 'superseded' })
  passDays(9)
  expect(await listed()).toBe(1)
  passDays(2)
  expect(await listed()).toBe(1)
  expect(await listed()).toBe(0)
  passDays(-9)
  expect(await listed()).toBe(1)
  passDays(9)
  expect([await listed(), await listed()]).toEqual([1, 0])
  expect(await doubts()).toEqual([])
  expect(said(await store.delete([target('2', 'certificate')]))).toEqual(['certificate 2 deleted'])
})

test('a revoked certificate whose signatures outlive it stays on the CRL for good, and is not deleted', async () => {
  const { store, doubts, passDays, listed } = world()
  await store.createAuthority(rootOrder())
  const issue = async (profile: string) => {
    const csr = csrFor(profile === 'server' ? ['dns:a.example'] : [], undefined, `CN=${profile}`)
    const [signing] = await store.issue([{ csr }], { days: 10, profile })
    return target(signing!.outcomes[0]!.id, 'certificate')
  }
  const [server, code, stamps] = [
    await issue('server'),
    await issue('code-signing'),
    await issue('time-stamping'),
  ]
  await store.revoke([server, code, stamps], { reason: 'keyCompromise' })
  passDays(3000)
  await listed()
  expect(await listed()).toBe(2)
  expect(await doubts()).toEqual([])
  await store.delete([server])
  for (const each of [code, stamps])
    await expect(store.delete([each])).rejects.toMatchObject({
      code: 'state.refused',
      message: expect.stringContaining('the CRL has to list it for good') as string,
    })
})

test('what has lived two thirds of its life is due for renewal, or what its profile says', async () => {
  const { store, passDays, due } = world()
  await store.createAuthority(rootOrder())
  await store.addProfile({ name: 'early', extends: 'server', validity: { renewDays: 80 } })
  await store.issue([{ csr: csrFor(['dns:a.example']) }, { csr: csrFor(['dns:b.example']) }], { days: 90 })
  await store.issue([{ csr: csrFor(['dns:c.example']) }], { days: 90, profile: 'early' })
  expect(await due()).toEqual([])
  passDays(11)
  expect(await due()).toEqual(['4'])
  passDays(50)
  expect(await due()).toEqual(['2', '3', '4'])
  await store.renew(target('2', 'certificate'), { reuseKey: true })
  await store.revoke([target('3', 'certificate')], { reason: 'superseded' })
  expect(await due()).toEqual(['4'])
})

test('when the key of an authority signs the same request alike each time then it is renewed as often as wanted', async () => {
  const { store, doubts } = world()
  await store.createAuthority(rootOrder())
  const subject = parseNameText('CN=Sub,O=Example')
  await store.createAuthority(
    rootOrder({ name: 'sub', parent: 'root', subject, keyType: 'ed25519', days: 100 }),
  )
  await store.renewAuthority('sub', {})
  const { outcomes } = await store.renewAuthority('sub', {})
  expect(outcomes.map(({ kind, id, what }) => `${kind} ${id} ${what}`)).toEqual([
    'authority 2 renewed',
    'certificate 4 issued',
    'request 1 issued',
    'certificate 3 superseded',
  ])
  expect((await store.certificate('4')).record).toMatchObject({ name: 'sub', requestId: '1' })
  expect(await doubts()).toEqual([])
})

test('a renewed authority has the same name, key and powers, and what it signed stays in its chain', async () => {
  const { store, doubts, passDays } = world()
  const nameConstraints = { permitted: [parseConstraintName('dns:example')] }
  await store.createAuthority(rootOrder())
  const twin = rootOrder({ name: 'twin', parent: 'root', days: 100 })
  await expect(store.createAuthority(twin)).rejects.toMatchObject({
    code: 'policy.refused',
    field: 'subject',
  })
  const sub = { name: 'sub', parent: 'root', days: 100, nameConstraints, pathLen: 0 }
  await store.createAuthority(rootOrder({ ...sub, subject: parseNameText('CN=Sub,O=Example') }))
  await store.issue([{ csr: csrFor(['dns:a.example']) }], { authority: 'sub', days: 30 })
  passDays(50)
  for (const name of ['sub', 'root']) await store.renewAuthority(name, { days: 200 })
  const [old, next] = [await store.certificate('2'), await store.certificate('4')]
  expect(next.facts).toMatchObject({
    subject: old.facts.subject,
    publicKey: old.facts.publicKey,
    basicConstraints: { ca: true, pathLen: 0 },
    notAfter: '2026-11-06T11:59:59Z',
  })
  const constraintsOf = ({ extensions }: typeof old): unknown =>
    extensions.find(({ name }) => name === 'nameConstraints')?.value
  expect(constraintsOf(next)).toEqual(constraintsOf(old))
  expect(old.state).toBe('superseded')
  const [signing] = await store.issue([{ csr: csrFor(['dns:b.example']) }], { authority: 'sub', days: 30 })
  expect(describeCertificate(signing!.der).authorityKeyIdentifier?.keyIdentifier).toBe(
    old.facts.subjectKeyIdentifier,
  )
  expect((await store.issuersOf('3')).map(({ record }) => record.id)).toEqual(['4', '5'])
  expect(await doubts()).toEqual([])
})

test('a profile of the store is used by its name, replaced when asked, and taken away', async () => {
  const { store } = world()
  await store.createAuthority(rootOrder())
  const week = { name: 'week', extends: 'server', validity: { defaultDays: 7, maximumDays: 7 } }
  expect(await store.addProfile(week)).toMatchObject({ outcome: 'changed', what: 'created' })
  expect(await store.addProfile(week)).toMatchObject({ outcome: 'unchanged' })
  const other = { ...week, validity: { defaultDays: 6, maximumDays: 7 } }
  await expect(store.addProfile(other)).rejects.toMatchObject({ code: 'name.taken' })
  await store.addProfile(other, { replace: true })
  const [signing] = await store.issue([{ csr: csrFor(['dns:a.example']) }], { profile: 'week' })
  expect(describeCertificate(signing!.der).notAfter).toBe('2026-03-07T11:59:59Z')
  await expect(store.addProfile({ name: 'server' })).rejects.toMatchObject({ code: 'name.taken' })
  await expect(store.addProfile({ name: 'bad', fields: 1 })).rejects.toMatchObject({ code: 'input.invalid' })
  expect((await store.profiles()).at(-1)).toMatchObject({ builtIn: false, profile: { name: 'week' } })
  await store.removeProfile('week')
  await expect(store.issue([{ csr: csrFor(['dns:b.example']) }], { profile: 'week' })).rejects.toMatchObject({
    code: 'profile.not-found',
  })
})

test('settings that nobody could follow are refused, and those that are there already change nothing', async () => {
  const { store } = world()
  await store.createAuthority(rootOrder())
  const edits = [{ crlDays: 0 }, { crlUrls: ['root.crl'] }, { crlOverlapHours: -1 }] as const
  for (const edit of edits)
    await expect(store.editAuthority(target('1', 'authority'), edit)).rejects.toMatchObject({
      code: 'input.invalid',
      field: Object.keys(edit)[0],
    })
  const edit = { crlUrls: ['http://ca.example/root.crl'], crlDays: 30 }
  expect(await store.editAuthority(target('1', 'authority'), edit)).toMatchObject({ what: 'edited' })
  for (const same of [edit, { name: 'root' }])
    expect(await store.editAuthority(target('1', 'authority'), same)).toMatchObject({ outcome: 'unchanged' })
})
