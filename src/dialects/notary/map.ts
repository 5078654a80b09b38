import type { Json, JsonObject } from '../../base/json.ts'
import { orNoneSync } from '../../base/or-none.ts'
import type { RequestRecord } from '../../domain/records.ts'
import type { UserRole } from '../../domain/role.ts'
import { readPem, writePem } from '../../formats/pem.ts'
import type { ListedRecord } from '../../store/store.ts'
import { knownFacts } from '../../x509/known-facts.ts'
import { describeCsr } from '../../x509/csr.ts'
import { certificateRow, requestRow } from '../certificate-row.ts'
import { member, textMember } from '../members.ts'
import { wireId, type WireState } from './wire.ts'

/** Roles in the order of their numbers on the wire. */
export const ROLES: readonly UserRole[] = ['admin', 'manager', 'requestor', 'reader']

/** The labels that a request's PEM may have. */
export const CSR_LABELS = ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST']

const STATES: readonly (readonly [WireState, RequestRecord['state']])[] = [
  ['Outstanding', 'outstanding'],
  ['Active', 'issued'],
  ['Rejected', 'rejected'],
  ['Revoked', 'revoked'],
]

/** The vendor's word for a state. */
export const wireState = (state: unknown): WireState =>
  STATES.find(([, own]) => own === state)?.[0] ?? 'Outstanding'

/** Our word for a state; before 2025 there was none, and the chain told it. */
function ownState(status: string | undefined, chain: string): RequestRecord['state'] {
  const found = STATES.find(([wire]) => wire.toLowerCase() === status?.toLowerCase())
  if (found) return found[1]
  if (chain.trim().toLowerCase() === 'rejected') return 'rejected'
  return chain.includes('-----BEGIN') ? 'issued' : 'outstanding'
}

interface ReadChain {
  /** The leaf first; empty: none, or none that can be read. */
  readonly chain: readonly Uint8Array[]
  /** Whether there is one that cannot be read: without its first block an issuer would stand for the leaf. */
  readonly isDamaged: boolean
}

const DAMAGED: ReadChain = { chain: [], isDamaged: true }

/** DER of the certificates in a PEM text, in its order, copies left out: a root's chain may have it twice. */
function chainOf(text: string): ReadChain {
  const { blocks, damaged } = readPem(Buffer.from(text))
  if (damaged.length > 0) return DAMAGED
  const ders = blocks.filter(({ label }) => label === 'CERTIFICATE').map(({ der }) => der)
  const chain = ders.filter((der, at) => ders.findIndex((other) => Buffer.compare(der, other) === 0) === at)
  return { chain, isDamaged: false }
}

/** A chain as the vendor writes it: blocks that end in a newline, an empty line between them. */
export const chainText = (ders: readonly Uint8Array[]): string =>
  ders.map((der) => writePem('CERTIFICATE', der)).join('\n')

/** DER of a request's PEM; undefined when it is none. */
function csrOf(text: string): Uint8Array | undefined {
  return readPem(Buffer.from(text)).blocks.find(({ label }) => CSR_LABELS.includes(label))?.der
}

/** DER of a CRL's PEM; undefined for `""`. */
export const crlOf = (text: string): Uint8Array | undefined =>
  readPem(Buffer.from(text)).blocks.find(({ label }) => label === 'X509 CRL')?.der

/** A request with its bytes, as a client reads it. */
export interface ReadRequest extends ReadChain {
  readonly id: string
  readonly state: RequestRecord['state']
  readonly csr: Uint8Array | undefined
  /** PEM as the server gives it. */
  readonly csrText: string
  readonly owner?: string
}

/** Reads a request of any era; undefined without an id. */
export function readRequest(wire: Json): ReadRequest | undefined {
  const id = wireId(wire)
  if (id === undefined) return undefined
  const csrText = textMember(wire, 'csr') ?? ''
  const chain = textMember(wire, 'certificate_chain') ?? textMember(wire, 'certificate') ?? ''
  const owner = textMember(wire, 'email') ?? textMember(wire, 'username')
  return {
    id,
    state: ownState(textMember(wire, 'status'), chain),
    csr: csrOf(csrText),
    csrText,
    ...chainOf(chain),
    ...(owner !== undefined && { owner }),
  }
}

/** What malformed bytes leave of a row: one bad record must not hide the others. */
const orBare = (make: () => ListedRecord, bare: ListedRecord): ListedRecord => orNoneSync(make) ?? bare

/** The row of a request. The certificate of a request has the request's id. */
export function requestRowOf({ id, state, csr, chain, owner }: ReadRequest): ListedRecord {
  const fields: JsonObject = {
    state,
    ...(owner !== undefined && { requestedBy: owner }),
    ...(chain.length > 0 && { certificateId: id }),
  }
  const bare = { id, tags: [], ...fields }
  return csr === undefined ? bare : orBare(() => requestRow(csr, id, fields), bare)
}

/** Ids of authorities by the fingerprint of their certificate. */
export type AuthorityIds = ReadonlyMap<string, string>

/** What is known of the certificate of a request beside its bytes. */
export function certificateFields(
  { id, chain }: ReadRequest,
  authorities: AuthorityIds,
): { readonly requestId: string; readonly authorityId?: string } {
  const issuer = chain[1]
  const authorityId = issuer && authorities.get(knownFacts(issuer).fingerprint)
  return { requestId: id, ...(authorityId !== undefined && { authorityId }) }
}

/** The row of a request's certificate; undefined when it has none, or none that can be read. */
export function certificateRowOf(
  read: ReadRequest,
  { now, authorities }: { readonly now: Date; readonly authorities: AuthorityIds },
): ListedRecord | undefined {
  const [leaf] = read.chain
  if (!leaf) return undefined
  return orNoneSync(() => {
    const fields = certificateFields(read, authorities)
    return certificateRow(leaf, { id: read.id, fields, now })
  })
}

/** An authority with its bytes, as a client reads it. */
export interface ReadAuthority extends ReadChain {
  readonly id: string
  readonly enabled: boolean
  readonly csr: Uint8Array | undefined
}

/** Reads an authority of any era; undefined without an id. */
export function readAuthority(wire: Json): ReadAuthority | undefined {
  const id = wireId(wire)
  if (id === undefined) return undefined
  const enabled = member(wire, 'enabled')
  const sent = chainOf(textMember(wire, 'certificate') ?? '')
  const [own] = sent.chain
  const chain = own && !orNoneSync(() => knownFacts(own)) ? DAMAGED : sent
  const isEnabled = typeof enabled === 'boolean' ? enabled : textMember(wire, 'status') === 'active'
  return { id, enabled: isEnabled, ...chain, csr: csrOf(textMember(wire, 'csr') ?? '') }
}

/** Id of an authority's own certificate: requests have the plain numbers. */
export const caCertificateId = (id: string): string => `ca-${id}`

/** The authority whose certificate an id names. */
export const caOfCertificate = (id: string): string | undefined => /^ca-(\d{1,19})$/.exec(id)?.[1]

/** The row of an authority. Notary has no names: the common name stands for it. */
export function authorityRowOf({ id, enabled, chain, isDamaged, csr }: ReadAuthority): ListedRecord {
  const [own] = chain
  const bare = { id, tags: [], enabled: enabled && own !== undefined }
  return orBare(() => {
    if (own) {
      const { subject, subjectAttributes, notBefore, notAfter, selfIssued } = knownFacts(own)
      const name = commonName(subjectAttributes)
      const certificateId = caCertificateId(id)
      return { ...bare, ...name, certificateId, subject, notBefore, notAfter, selfIssued }
    }
    if (isDamaged) return bare
    if (!csr) return { ...bare, pending: true }
    const { subject, subjectAttributes } = describeCsr(csr)
    return { ...bare, ...commonName(subjectAttributes), subject, pending: true }
  }, bare)
}

function commonName(name: readonly (readonly { readonly type: string; readonly value: string }[])[]): {
  readonly name?: string
} {
  const value = name.flat().findLast(({ type }) => type === 'CN')?.value
  return value === undefined || value === '' ? {} : { name: value }
}
