import type { Item } from '../formats/items.ts'
import type { ImportBatch, NewCertificate } from '../store/store.ts'
import { knownFacts } from '../x509/known-facts.ts'
import { spkiHashOf } from '../x509/public-key.ts'

/** A certificate in a file that was sent. */
export type CertificateItem = Extract<Item, { readonly type: 'certificate' }>
type KeyItem = Extract<Item, { readonly type: 'private-key' }>

/** The first certificate of a file whose private key is in it too, with that key. */
export function keyedPair(items: readonly Item[]): readonly [CertificateItem, KeyItem] | undefined {
  const keys = new Map<string, KeyItem>()
  for (const item of items) if (item.type === 'private-key') keys.set(spkiHashOf(item.spki), item)
  for (const item of items) {
    if (item.type !== 'certificate') continue
    const key = keys.get(knownFacts(item.der).publicKey.spkiHash)
    if (key) return [item, key]
  }
  return undefined
}

/** What a call says of the certificate that it is about. */
export interface Labelled {
  readonly leaf: CertificateItem
  readonly labels: Pick<NewCertificate, 'name' | 'friendlyName' | 'tags' | 'supersedes'>
  /** The API that it came over. */
  readonly from: string
}

/** Certificates and keys of a file, as a store takes them in; issuers that came along are records of their own. */
export function uploadBatch(items: readonly Item[], { leaf, labels, from }: Labelled): ImportBatch {
  const source = { how: 'imported', from } as const
  const certificates = items.filter((item) => item.type === 'certificate')
  const keys = items.filter((item) => item.type === 'private-key')
  return {
    certificates: certificates.map((item) => {
      const said = item === leaf ? labels : {}
      const friendlyName = said.friendlyName ?? item.friendlyName
      return { der: item.der, source, ...said, ...(friendlyName && { friendlyName }) }
    }),
    keys: keys.map(({ pkcs8, spki }) => ({ pkcs8, spki, encrypted: false, source })),
  }
}
