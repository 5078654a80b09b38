import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore, systemAmbient } from '../../src/library.ts'
import { importAuthorityFrom } from '../../src/operations/import-authority.ts'
import type { Store } from '../../src/store/store.ts'
import { describeCrl, revokedEntries } from '../../src/x509/crl.ts'
import { csrFor, rootOrder, said, target } from '../contracts/authority/world.ts'
import { findingsOf } from '../support/findings.ts'
import { copyFolder } from '../support/temporary.ts'
import { temporaryFolder } from '../support/worlds.ts'

const io = {
  password: () => Promise.resolve(undefined),
  tools: { ambient: systemAmbient(), readStdin: () => Promise.resolve(new Uint8Array()) },
}

const issue = async (store: Store, name: string): Promise<string> => {
  const [signing] = await store.issue([{ csr: csrFor([`dns:${name}.example`]), name }], {})
  return signing!.outcomes[0]!.id
}

const serialOf = async (store: Store, id: string): Promise<string> =>
  (await store.certificate(id)).facts.serialNumber

test('a store that comes back from a backup takes the CRLs that were published since: no number is given twice, nothing revoked is forgotten', async () => {
  const folder = temporaryFolder()
  const [kept, backup] = [join(folder, 'kept'), join(folder, 'backup')]
  const before = await openStore(kept, { create: true })
  await before.createAuthority(rootOrder({ settings: { crlDays: 30 } }))
  const old = await issue(before, 'old')
  await before.close()
  copyFolder(kept, backup)

  const lost = await openStore(kept)
  const young = await issue(lost, 'young')
  const serials = [await serialOf(lost, old), await serialOf(lost, young)]
  const first = (await lost.revoke([target(old, 'certificate')], { reason: 'keyCompromise' })).outcomes.length
  expect(first).toBe(3)
  const earlier = (await lost.crl('root')).der
  await lost.revoke([target(young, 'certificate')], { reason: 'superseded' })
  const { der } = await lost.crl('root')
  await lost.close()

  const store = await openStore(backup)
  const take = (crl: Uint8Array, settings = {}) => {
    writeFileSync(join(folder, 'published.crl'), crl)
    return importAuthorityFrom(store, { paths: ['published.crl'], cwd: folder, name: 'root', settings }, io)
  }
  const { outcomes, notes } = await take(der)
  expect(said(outcomes)).toEqual(['authority 1 crl taken', 'certificate 2 revoked', 'request 1 revoked'])
  expect(notes).toEqual([])
  expect(await store.resolve({ kind: 'certificate', by: 'text', text: 'old' })).toMatchObject({
    revocation: { reason: 'keyCompromise' },
  })
  expect((await store.crl('root')).der).toEqual(der)
  expect((await take(der)).outcomes).toMatchObject([{ kind: 'authority', outcome: 'unchanged' }])
  expect(said((await take(der, { crlDays: 20 })).outcomes)).toEqual(['authority 1 edited'])
  await expect(take(earlier)).rejects.toMatchObject({
    code: 'state.refused',
    message: 'the authority "root" has CRL number 3; the one that was given has number 2',
    hint: 'give the last one that was published; what is revoked in an earlier one, and not known here, is added with: certman revoke --ca root --serial HEX',
  })

  const next = await store.crl('root', { renew: true })
  expect(describeCrl(next.der)).toMatchObject({ crlNumber: '4', revokedCount: 2 })
  expect([...revokedEntries(next.der)].map(({ serialNumber }) => serialNumber).sort()).toEqual(serials.sort())
  const { crlDays } = await store.resolve({ kind: 'authority', by: 'text', text: 'root' })
  expect(crlDays).toBe(20)
  await store.close()
  expect(await findingsOf(backup)).toEqual([])
})
