import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../../src/library.ts'
import { EVERYTHING } from '../../src/domain/filter.ts'
import { parseReference } from '../../src/domain/reference.ts'
import type { KeyProtection } from '../../src/store/authority-orders.ts'
import { csrFor, rootOrder, target } from '../contracts/authority/world.ts'
import { makeKey } from '../support/make-certificates.ts'
import { temporaryFolder } from '../support/worlds.ts'
import { rootElsewhere, world } from './crl-world.ts'

test('the key of a new authority has a password, or two words that it shall have none', async () => {
  const { store } = world()
  for (const lacking of [{ noPassword: true }, { insecure: true }, { password: undefined }])
    await expect(
      store.createAuthority(rootOrder({ protection: lacking as unknown as KeyProtection })),
    ).rejects.toMatchObject({ code: 'password.required' })
  expect(await store.count('key', EVERYTHING)).toBe(0)
})

test('the key of an authority that is taken in has a password, or somebody insists on none', async () => {
  const { order } = await rootElsewhere()
  const { name, certificate, key, source } = order
  const { store } = world()
  await expect(store.importAuthority({ name, certificate, key, source })).rejects.toMatchObject({
    code: 'policy.refused',
    message: 'the key of the authority "root" would be kept without a password',
  })
  await store.import({ certificates: [], keys: [key] })
  await expect(store.importAuthority({ name, certificate, source })).rejects.toMatchObject({
    code: 'policy.refused',
    message: 'the key of the authority "root" is in the store without a password',
  })
  expect(await store.count('authority', EVERYTHING)).toBe(0)
})

test('what is renewed with a new key may be exported no more than before', async () => {
  const all = world()
  const { store } = all
  await store.createAuthority(rootOrder())
  const own = makeKey()
  const source = { how: 'generated' } as const
  const key = { pkcs8: own.pkcs8, spki: own.spki, encrypted: false, exportable: false, source } as const
  await store.issue([{ csr: csrFor(['dns:a.example'], own), key }], {})
  await store.renew(target('2', 'certificate'), {})
  const { exportable, keyId } = (await store.certificate('3')).record
  expect([exportable, keyId === own.id]).toEqual([false, false])
  expect(await store.resolve(parseReference(`keys/${keyId}`))).toMatchObject({ exportable: false })
})

test('an answer that may sign no certificates makes no authority', async () => {
  const { store } = world()
  const { subject, keyType, protection } = rootOrder()
  const { csr } = await store.authorityCsr({ name: 'sub', wish: { subject, keyType }, protection })
  const { store: parent } = await rootElsewhere()
  await parent.createAuthority(rootOrder({ name: 'other', subject: (await rootElsewhere()).open.subjectDer }))
  const [answer] = await parent.issue([{ csr }], {
    authority: 'other',
    profile: 'client',
    allowChanges: true,
  })
  await expect(store.installAuthority('sub', [answer!.der])).rejects.toMatchObject({
    code: 'policy.refused',
    message: 'the certificate of "CN=Root,O=Example" may not sign certificates',
  })
  expect(await store.count('authority', EVERYTHING)).toBe(0)
})

test('a file that somebody put where the next record would lie is not written over', async () => {
  const folder = join(temporaryFolder(), 'pki')
  const store = await openStore(folder, { create: true })
  const path = join(folder, 'requests/00/1.pem')
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, 'mine\n')
  await expect(store.submit({ csr: csrFor(['dns:a.example']) })).rejects.toMatchObject({
    code: 'store.damaged',
    message: `${path} is there, but the store does not know it`,
  })
  expect(readFileSync(path, 'utf8')).toBe('mine\n')
  await store.close()
})

test('what comes back from the trash is not written over a file that somebody put in its place', async () => {
  const folder = join(temporaryFolder(), 'pki')
  const store = await openStore(folder, { create: true })
  await store.submit({ csr: csrFor(['dns:a.example']) })
  await store.delete([target('1')])
  const path = join(folder, 'requests/00/1.pem')
  expect(existsSync(path)).toBe(false)
  writeFileSync(path, 'mine\n')
  await expect(store.restore([target('1')])).rejects.toMatchObject({ code: 'store.damaged' })
  expect(readFileSync(path, 'utf8')).toBe('mine\n')
  await store.close()
})
