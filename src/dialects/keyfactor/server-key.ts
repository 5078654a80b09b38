import { nameOrOid } from '../../asn1/oids.ts'
import { fromBase64 } from '../../base/bytes.ts'
import { isObject, type Json } from '../../base/json.ts'
import { orNone } from '../../base/or-none.ts'
import type { Secret } from '../../base/secret.ts'
import { generateKey, parseKeyType } from '../../crypto/generate-key.ts'
import { openSigner } from '../../crypto/signer.ts'
import type { Item } from '../../formats/items.ts'
import { readItems } from '../../formats/read-items.ts'
import type { NewRequest } from '../../store/authority-orders.ts'
import type { NewKey } from '../../store/store.ts'
import { describeCsr } from '../../x509/csr.ts'
import { parseGeneralName } from '../../x509/general-name-text.ts'
import { parseNameText } from '../../x509/name-text.ts'
import { writeCsr } from '../../x509/write-csr.ts'
import { subjectAltName } from '../../x509/write-extensions.ts'
import { spkiHashOf } from '../../x509/public-key.ts'
import { SAN_KEYS } from './codes.ts'
import { invalid } from './errors.ts'
import { optional, requiredText, shown, optionalText } from './server-request.ts'
import { member } from './wire.ts'

/** A request made here, with its key. */
export interface MadeRequest {
  readonly request: NewRequest
  readonly key: Secret
}

/** Makes the key and the request that an enrollment describes. Alternative names do without a subject. @throws {WireFault} 400 */
export async function makeRequest(body: Json): Promise<MadeRequest> {
  const names = sansOf(body)
  const subject = parseNameText(
    names.length > 0 ? (optional(body, 'Subject', 'string') ?? '') : requiredText(body, 'Subject'),
  )
  const { pkcs8, spki } = await generateKey(parseKeyType(keyTypeOf(body)))
  const csr = writeCsr({
    subject,
    extensions: names.length > 0 ? [subjectAltName(names)] : [],
    signer: openSigner(pkcs8),
  })
  const source = { how: 'generated' } as const
  return { request: { csr, source, key: { pkcs8, spki, encrypted: false, source } }, key: pkcs8 }
}

/**
 * The private key that comes with a CSR, to be kept with its certificate: `PrivateKey` as PEM or base64 of PKCS#8.
 *
 * @throws {WireFault} 400 for what is no plain key, or the key of another request
 */
export async function keyOfCsr(body: Json, csr: Uint8Array): Promise<NewKey | undefined> {
  const text = optionalText(body, 'PrivateKey')
  if (text === undefined) return undefined
  const bytes = text.includes('-----BEGIN') ? new TextEncoder().encode(text) : fromBase64(text)
  const key = await plainKey(bytes)
  if (!key) throw invalid('The PrivateKey is no private key without a password.')
  const isItsOwn = spkiHashOf(key.spki) === describeCsr(csr).publicKey.spkiHash
  if (!isItsOwn) throw invalid('The PrivateKey is not the key of the CSR.')
  return { pkcs8: key.pkcs8, spki: key.spki, encrypted: false, source: { how: 'imported' } }
}

async function plainKey(
  bytes: Uint8Array,
): Promise<Extract<Item, { readonly type: 'private-key' }> | undefined> {
  const read = await orNone(readItems(bytes, { file: 'PrivateKey', password: async () => undefined }))
  return read?.items.find((item) => item.type === 'private-key')
}

/** `KeyType` with `KeyLength` or `Curve`, which is a name or an OID; without any, RSA of 2048 bits as the vendor's clients expect. */
function keyTypeOf(body: Json): string {
  const type = (optional(body, 'KeyType', 'string') ?? 'RSA').toUpperCase()
  const alternative = member(body, 'AlternativeKeyType') ?? ''
  if (alternative !== '') throw invalid('Certificates with an alternative key are not supported.')
  const length = optional(body, 'KeyLength', 'number')
  const curve = optional(body, 'Curve', 'string')
  if (type === 'RSA') return `rsa-${length ?? 2048}`
  if (type === 'ECC' || type === 'EC' || type === 'ECDSA')
    return curve ? nameOrOid('curve', curve) : `ec-p${length ?? 256}`
  if (type === 'ED25519' || type === 'ED448') return type.toLowerCase()
  throw invalid(`The KeyType '${shown(type)}' is not supported.`)
}

/** `SANs`: lists of texts by type, in the order in which they were sent. @throws {WireFault} 400 */
export function sansOf(body: Json): readonly Uint8Array[] {
  const sans = member(body, 'SANs')
  if (sans === undefined || sans === null) return []
  if (!isObject(sans)) throw invalid('The SANs field must be an object.')
  return Object.entries(sans).flatMap(([type, values]) => {
    const key = type.toLowerCase()
    const prefix = Object.hasOwn(SAN_KEYS, key) ? SAN_KEYS[key] : undefined
    const list = Array.isArray(values) ? (values as readonly Json[]) : []
    if (list.length > 0 && prefix === undefined)
      throw invalid(`The SAN type '${shown(type)}' is not supported.`)
    return list.map((value) => {
      if (typeof value !== 'string') throw invalid('The SANs field must hold lists of strings.')
      return parseGeneralName(`${prefix}:${value}`)
    })
  })
}
