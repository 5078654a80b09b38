import { describe, expect, test } from 'vitest'
import { foreignMember } from '../../src/operations/verify-member.ts'
import { askStore } from '../../src/operations/verify-store.ts'
import { localStore } from '../../src/store/local-store.ts'
import type { Store } from '../../src/store/store.ts'
import { newStore } from '../repository/directory/stores.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { pkitsBlocks, pkitsRows } from '../support/pkits.ts'
import { memoryStore } from '../support/worlds.ts'

const certificates = pkitsBlocks('certificates.pem')
const CA_NAMES =
  /^(GoodCA|NameOrderingCA|UIDCA|RFC3280(Mandatory|Optional)AttributeTypesCA|RolloverfromPrintableStringtoUTF8StringCA|UTF8String(EncodedNames|CaseInsensitiveMatch)CA|TrustAnchorRoot)Cert/
const rows = pkitsRows().filter(({ number }) => number.startsWith('4.3.'))

async function directoryStore(): Promise<Store> {
  const { repository } = await newStore()
  return localStore(repository, { ambient: frozenAmbient(), kind: 'directory', location: 'pki' })
}

describe.each([
  ['memory', async () => memoryStore()],
  ['directory', directoryStore],
] as const)('names of issuers in a store (%s)', (_, open) => {
  test('are the same by RFC 5280 section 7.1, as PKITS 4.3 wants it', async () => {
    const names = [...certificates.keys()].filter((name) => CA_NAMES.test(name))
    const store = await open()
    const all = [...names, ...rows.map(({ name }) => name)]
    const batch = all.map((name) => ({
      der: certificates.get(name)!,
      source: { how: 'imported' } as const,
    }))
    const outcomes = await store.import({ certificates: batch, keys: [] })
    const idOf = new Map(all.map((name, at) => [name, outcomes[at]!.id]))
    const found: string[] = []
    for (const { number, name } of rows) {
      const top = (await store.issuersOf(idOf.get(name)!)).at(-1)
      const { issuers } = await askStore(store, [foreignMember(certificates.get(name)!, 'file')], true)
      const isAlike = issuers.some(({ facts }) => facts.fingerprint === top?.facts.fingerprint)
      found.push(
        `${number} ${top?.facts.subject === 'CN=Trust Anchor,O=Test Certificates 2011,C=US' && isAlike}`,
      )
    }
    expect(found).toEqual(rows.map(({ number, answer }) => `${number} ${answer === 'yes'}`))
    await store.close()
  })
})
