import { concat, toBase64 } from '../../base/bytes.ts'
import type { Json } from '../../base/json.ts'
import { orNone } from '../../base/or-none.ts'
import { writePem } from '../../formats/pem.ts'
import type { StoredCertificate } from '../../store/store.ts'
import { invalid } from './errors.ts'
import { subjectLine } from './names.ts'
import { optional } from './server-request.ts'
import type { Found } from './server-scope.ts'

/** Certificates on their way out, in the order that was asked for. */
export interface OutgoingChain {
  readonly leaf: StoredCertificate
  /** Nearest first; empty when no chain is wanted. */
  readonly issuers: readonly StoredCertificate[]
  /** Leaf and issuers in the order of the file. */
  readonly ordered: readonly StoredCertificate[]
}

/** Whether issuers go along, and in which order. */
export interface ChainWish {
  readonly chain: boolean
  readonly order: 'EndEntityFirst' | 'RootFirst'
}

/** `IncludeChain` and `ChainOrder`. @throws {WireFault} 400 for an order that there is not */
export const chainWish = (body: Json, isDefault: boolean): ChainWish => ({
  chain: optional(body, 'IncludeChain', 'boolean') ?? isDefault,
  order: chainOrder(optional(body, 'ChainOrder', 'string')),
})

function chainOrder(text: string | undefined): ChainWish['order'] {
  const typed = text?.toLowerCase() ?? ''
  if (typed === '' || typed === 'endentityfirst') return 'EndEntityFirst'
  if (typed === 'rootfirst') return 'RootFirst'
  throw invalid('ChainOrder must be EndEntityFirst or RootFirst.')
}

/**
 * The certificate, with its issuers as far as the store holds them when a chain is wanted.
 *
 * @throws {CertmanError} `store.unsupported` where the store gives out no certificates
 */
export async function outgoing(
  { served: { store }, row }: Found,
  { chain, order }: ChainWish,
): Promise<OutgoingChain> {
  const leaf = await store.certificate(row.id)
  // a store that knows of no chains has none of this certificate
  const issuers = chain ? ((await orNone(store.issuersOf(row.id), 'store.unsupported')) ?? []) : []
  const ordered = [leaf, ...issuers]
  return { leaf, issuers, ordered: order === 'RootFirst' ? ordered.toReversed() : ordered }
}

/** One certificate as PEM of 64 columns; the subject in a line before it, when it is wanted. */
export const pemOf = ({ der, facts }: Pick<StoredCertificate, 'der' | 'facts'>, header: boolean): string =>
  writePem('CERTIFICATE', der, header ? subjectLine(facts.subject) : '')

/** Base64 of a PEM text: clients decode it, then read the text. */
export const base64Text = (...texts: readonly string[]): string =>
  toBase64(concat(texts.map((text) => new TextEncoder().encode(text))))
