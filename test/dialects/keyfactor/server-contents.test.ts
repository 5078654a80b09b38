import { expect, test } from 'vitest'
import { CLAIMS } from '../../../src/domain/records.ts'
import type { ServedStore } from '../../../src/dialects/house.ts'
import { Contents } from '../../../src/dialects/keyfactor/server-contents.ts'
import type { Store } from '../../../src/store/store.ts'
import { makeCertificate } from '../../support/make-certificates.ts'
import { memoryStore } from '../../support/worlds.ts'

const servedAs = (number: number, store: Store): ServedStore => ({
  name: `store ${number}`,
  number,
  id: String(number),
  claims: CLAIMS,
  store,
})

test('when one store gives out a certificate and another one does not then the bytes are shown from the first alone', async () => {
  const store = memoryStore()
  const { der } = makeCertificate({ cn: 'a.example' })
  await store.import({ certificates: [{ der, source: { how: 'imported' } }], keys: [] })
  const row = await store.resolve({ kind: 'certificate', by: 'text', text: '1' })
  const closed = { can: { ...store.can, exportCertificate: false } } as Partial<Store> as Store
  const contents = new Contents()
  const first = servedAs(1, store)
  const given = Buffer.from(der).toString('base64')
  expect((await contents.of(first, row)).content).toBe(given)
  expect((await contents.once(first, row)).content).toBe(given)
  for (const shown of [contents.of(servedAs(2, closed), row), contents.once(servedAs(2, closed), row)])
    expect((await shown).content).toBe('')
})
