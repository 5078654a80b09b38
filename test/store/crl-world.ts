import { prepareCrl, signCrl, type CrlInput } from '../../src/authority/crl.ts'
import { openAuthority } from '../../src/authority/open-authority.ts'
import { openSigner } from '../../src/crypto/signer.ts'
import { systemAmbient } from '../../src/library.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { localStore } from '../../src/store/local-store.ts'
import { rootOrder } from '../contracts/authority/world.ts'
import { memoryRepository } from '../support/memory-repository.ts'

/** A store with a clock that the test sets. */
export function world() {
  let now = new Date('2026-03-01T12:00:00Z')
  const ambient = { ...systemAmbient('tester@host'), now: () => now }
  const repository = memoryRepository(describeRecord, ambient)
  const store = localStore(repository, { ambient, kind: 'memory', location: 'memory' })
  return { store, setClock: (instant: string): void => void (now = new Date(instant)) }
}

/** A root in a store of its own, and the CRLs that its key signs elsewhere. */
export async function rootElsewhere() {
  const { store } = world()
  await store.createAuthority(rootOrder())
  const { der: certificate } = await store.certificate('1')
  const key = await store.key((await store.certificate('1')).record.keyId!)
  const source = { how: 'imported' } as const
  const order = { name: 'root', certificate, key: { ...key, source }, insecure: true, source } as const
  const signer = openSigner(key.pkcs8)
  const open = openAuthority({ certificate, signer })
  const crlOf = (more: Partial<CrlInput>): Uint8Array => {
    const [thisUpdate, nextUpdate] = [new Date('2026-03-01T12:00:00Z'), new Date('2026-03-08T12:00:00Z')]
    const input = { authority: open, number: 7n, thisUpdate, nextUpdate, entries: [], ...more }
    return signCrl(prepareCrl(input), signer)
  }
  return { store, order, open, signer, crlOf }
}
