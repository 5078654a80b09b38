import { expect, test } from 'vitest'
import { describeRecord } from '../../src/store/describe.ts'
import { localStore } from '../../src/store/local-store.ts'
import { everything, OPEN, said } from '../contracts/authority/world.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { makeCertificate } from '../support/make-certificates.ts'
import { memoryRepository } from '../support/memory-repository.ts'

const source = { how: 'imported' } as const

// RFC 5280 section 5.2.3: numbers of CRLs rise within one issuer, and readers know it by name and key alone
test('when an authority is here then another certificate of its name and key makes no second one, but renews it', async () => {
  const ambient = frozenAmbient()
  const repository = memoryRepository(describeRecord, ambient)
  const store = localStore(repository, { ambient, kind: 'memory', location: 'memory' })
  const old = makeCertificate({ cn: 'Old CA', ca: true })
  const next = makeCertificate({ cn: 'Old CA', ca: true, key: old, notAfter: '2040-01-01T00:00:00Z' })
  const key = { ...old, encrypted: false, exportable: true, source }
  const take = (name: string, { der }: typeof old) =>
    store.importAuthority({ name, certificate: der, key, insecure: true, source })
  await take('ca', old)
  await store.crl('ca')
  const world = { store, repository }
  const before = await everything(world)
  await expect(take('second', next)).rejects.toMatchObject({
    code: 'state.refused',
    message: 'the authority "ca" has this name and key already',
    hint: 'its new certificate is taken in by: certman ca csr ca; then certman ca install ca FILE',
  })
  expect(await everything(world)).toEqual(before)
  // the same name by RFC 5280 section 7.1
  const spelled = makeCertificate({ cn: 'OLD  ca', ca: true, key: old })
  await expect(take('third', spelled)).rejects.toMatchObject({ code: 'state.refused' })
  await store.authorityCsr({ name: 'ca', protection: OPEN })
  expect(said((await store.installAuthority('ca', [next.der])).outcomes)).toContain('authority 1 renewed')
  await expect(take('second', old)).rejects.toMatchObject({ code: 'state.refused' })
  const other = makeCertificate({ cn: 'Other CA', ca: true, key: old })
  expect(said((await take('other', other)).outcomes)).toContain('authority 2 created')
})
