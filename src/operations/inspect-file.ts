import { resolve } from 'node:path'
import { asJson, type JsonObject } from '../base/json.ts'
import type { CertificateFacts } from '../domain/facts.ts'
import { certificateState, type CertificateState } from '../domain/records.ts'
import type { Bundle, InputFormat, Item, LeftItem, PasswordSource } from '../formats/items.ts'
import { writePem } from '../formats/pem.ts'
import type { ProtectionPart } from '../formats/pkcs12/protection.ts'
import { atPlace } from '../formats/place.ts'
import { readItems } from '../formats/read-items.ts'
import { chainFrom, poolOf, type IssuerPool } from '../path/choose-issuer.ts'
import { describeCertificate } from '../x509/certificate.ts'
import { describePublicKey } from '../x509/public-key.ts'
import { certificateTail, chainLink, fullCertificate, fullPublicKey } from './full-facts.ts'
import { fullCrl } from './full-crl.ts'
import { fullRequest, requestTail } from './full-request.ts'
import type { FileTools } from './import-files.ts'
import { readSource } from './read-sources.ts'

/** A file to look into. */
export interface InspectRequest {
  /** `-` is standard input. */
  readonly path: string
  readonly cwd: string
  readonly format?: InputFormat
  /** Also say how a PKCS#12 file is protected. */
  readonly protection?: boolean
}

/**
 * What lies in a file. Each item is the JSON of `show`: `kind` (certificate, request, crl, key, publicKey), the facts,
 * `place`; certificates have `state`, `extensions`, `pem`, `hasPrivateKey` and `chain` (their issuers in the file).
 * `show --json` prints the item itself when there is exactly one, else the array.
 */
export interface InspectReport {
  readonly file: string
  readonly format: InputFormat
  readonly items: readonly JsonObject[]
  readonly left: readonly LeftItem[]
  /** Of a PKCS#12 file, when it was asked for. */
  readonly protection?: readonly ProtectionPart[]
}

/**
 * Reads a file as `import` would and describes everything in it; no store is needed.
 *
 * @throws {CertmanError} what reading throws: `file.not-found`, `format.unknown`, `password.wrong`, …
 */
export async function inspectFile(
  request: InspectRequest,
  password: PasswordSource,
  tools: FileTools,
): Promise<InspectReport> {
  const { path, cwd, format } = request
  const source = { file: path, path: path === '-' ? '-' : resolve(cwd, path), named: true }
  const bytes = await readSource(source, tools.readStdin)
  const bundle = await readItems(bytes, {
    file: path,
    password,
    lockedKeys: 'leave',
    ...(format && { format }),
  })
  return {
    file: path,
    format: bundle.format,
    items: describeItems(bundle, tools.ambient.now()),
    left: bundle.left,
    ...(request.protection && bundle.format === 'pkcs12' && { protection: await protectionOf(bytes) }),
  }
}

/** Empty where a second reader cannot follow: the file itself was read, and this is no reason to fail. */
async function protectionOf(bytes: Uint8Array): Promise<readonly ProtectionPart[]> {
  const { describeProtection } = await import('../formats/pkcs12/protection.ts')
  return describeProtection(bytes).catch(() => [])
}

interface FoundMember {
  readonly facts: CertificateFacts
  readonly der: Uint8Array
  readonly state: CertificateState
}

/** The JSON of each item of a bundle, in file order; what belongs together is tied by `hasPrivateKey` and `chain`. */
export function describeItems(bundle: Bundle, now: Date): readonly JsonObject[] {
  const members = new Map<Item, FoundMember>()
  for (const item of bundle.items) {
    if (item.type !== 'certificate') continue
    const facts = describeCertificate(item.der)
    members.set(item, { facts, der: item.der, state: certificateState({}, facts, now) })
  }
  const keyIds = new Set(
    bundle.items.flatMap((item) =>
      item.type === 'private-key' ? [describePublicKey(item.spki).spkiHash] : [],
    ),
  )
  const company = { keyIds, byKey: byKeyId(members.values()), pool: poolOf(members.values()) }
  return bundle.items.map((item) => {
    const member = members.get(item)
    return member
      ? describeMember(item as CertificateItem, member, company)
      : describeOther(item as OtherItem, company)
  })
}

type CertificateItem = Extract<Item, { type: 'certificate' }>
type OtherItem = Exclude<Item, CertificateItem>

/** What else is in the file. */
interface Company {
  readonly keyIds: ReadonlySet<string>
  /** Fingerprints of the certificates by the hash of their public key. */
  readonly byKey: ReadonlyMap<string, readonly string[]>
  readonly pool: IssuerPool<FoundMember>
}

function byKeyId(members: Iterable<FoundMember>): ReadonlyMap<string, readonly string[]> {
  const byKey = new Map<string, string[]>()
  for (const { facts } of members) {
    const { spkiHash } = facts.publicKey
    const known = byKey.get(spkiHash) ?? []
    // Java keeps what it trusts a second time
    if (!known.includes(facts.fingerprint)) byKey.set(spkiHash, [...known, facts.fingerprint])
  }
  return byKey
}

function described(item: Item): JsonObject {
  const place = asJson(item.place)
  return 'friendlyName' in item && item.friendlyName !== undefined
    ? { place, friendlyName: item.friendlyName }
    : { place }
}

function describeMember(item: CertificateItem, member: FoundMember, { keyIds, pool }: Company): JsonObject {
  const { facts, der, state } = member
  return {
    kind: 'certificate',
    ...described(item),
    ...fullCertificate(der, facts),
    state,
    hasPrivateKey: keyIds.has(facts.publicKey.spkiHash),
    chain: chainFrom(member, pool).map(chainLink),
    ...certificateTail(der),
  }
}

function describeOther(item: OtherItem, { keyIds, byKey }: Company): JsonObject {
  switch (item.type) {
    case 'private-key': {
      const facts = describePublicKey(item.spki)
      return {
        kind: 'key',
        ...described(item),
        id: facts.spkiHash,
        ...fullPublicKey(item.spki),
        encrypted: item.wasEncrypted,
        certificates: byKey.get(facts.spkiHash) ?? [],
      }
    }
    case 'public-key':
      return {
        kind: 'publicKey',
        ...described(item),
        ...fullPublicKey(item.spki),
        pem: writePem('PUBLIC KEY', item.spki),
      }
    case 'crl':
      // its entries are read here for the first time
      return { kind: 'crl', ...described(item), ...atPlace(item.place, () => fullCrl(item.der)) }
    case 'certificate-request': {
      const facts = fullRequest(item.der)
      const { spkiHash } = facts['publicKey'] as JsonObject
      return {
        kind: 'request',
        ...described(item),
        ...facts,
        hasPrivateKey: keyIds.has(spkiHash as string),
        ...requestTail(item.der),
      }
    }
  }
}
