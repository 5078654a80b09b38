import { sha256Hex } from '../crypto/digest.ts'
import { isSelfSigned } from '../path/choose-issuer.ts'
import type { Store, StoredCertificate } from '../store/store.ts'
import { keyStoreName } from './export-formats.ts'
import type { ExportRequest } from './export-records.ts'

/** A certificate with the issuers that go with it. */
export interface Chained {
  readonly leaf: StoredCertificate
  /** Nearest first; the root only when it is wanted. */
  readonly issuers: readonly StoredCertificate[]
  /** Subject of the issuer that the store does not hold. */
  readonly missing?: string
}

/** Whether a format brings its issuers and root along when nothing was said. */
export function chainWishes(request: Pick<ExportRequest, 'format' | 'chain' | 'root'>): {
  readonly chain: boolean
  readonly root: boolean
} {
  const { format } = request
  const isWithIssuers = format === 'fullchain' || format === 'p7b' || keyStoreName(format) !== undefined
  const chain = request.chain ?? isWithIssuers
  return { chain, root: request.root ?? format !== 'fullchain' }
}

/** Collects the chain of a certificate as far as the store has it. */
export async function chainOf(
  store: Store,
  leaf: StoredCertificate,
  wish: { readonly chain: boolean; readonly root: boolean },
): Promise<Chained> {
  if (!wish.chain) return { leaf, issuers: [] }
  const all = await store.issuersOf(leaf.record.id)
  const last = all.at(-1) ?? leaf
  const complete = isSelfSigned(last)
  // a root asked for by itself stays, whatever is wanted of chains
  const issuers = complete && !wish.root ? all.slice(0, -1) : all
  return { leaf, issuers, ...(!complete && { missing: last.facts.issuer }) }
}

/** The certificates of several chains in one order, each once. */
export function inOrder(
  chains: readonly Chained[],
  order: 'leaf-first' | 'root-first',
): readonly StoredCertificate[] {
  const seen = new Set<string>()
  const members = chains.flatMap(({ leaf, issuers }) => {
    const chain = [leaf, ...issuers]
    return order === 'root-first' ? chain.reverse() : chain
  })
  return members.filter(({ der }) => {
    // not out of the facts: to read those takes ten times as long, and few formats need any
    const fingerprint = sha256Hex(der)
    return !seen.has(fingerprint) && seen.add(fingerprint)
  })
}
