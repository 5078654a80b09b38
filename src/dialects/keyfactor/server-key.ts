import type { Json } from '../../base/json.ts'
import type { Secret } from '../../base/secret.ts'
import { generateKey, parseKeyType } from '../../crypto/generate-key.ts'
import { openSigner } from '../../crypto/signer.ts'
import type { NewRequest } from '../../store/authority-orders.ts'
import { parseGeneralName } from '../../x509/general-name-text.ts'
import { parseNameText } from '../../x509/name-text.ts'
import { writeCsr } from '../../x509/write-csr.ts'
import { subjectAltName } from '../../x509/write-extensions.ts'
import { SAN_KEYS } from './codes.ts'
import { invalid } from './errors.ts'
import { optional, shown } from './server-request.ts'
import { isObject, member } from './wire.ts'

/** A request made here, with its key. */
export interface MadeRequest {
  readonly request: NewRequest
  readonly key: Secret
}

/** Makes the key and the request that an enrollment describes. @throws {WireFault} 400 */
export async function makeRequest(subjectText: string, body: Json): Promise<MadeRequest> {
  const subject = parseNameText(subjectText)
  const names = sansOf(body)
  const { pkcs8, spki } = await generateKey(parseKeyType(keyTypeOf(body)))
  const csr = writeCsr({
    subject,
    extensions: names.length > 0 ? [subjectAltName(names)] : [],
    signer: openSigner(pkcs8),
  })
  const source = { how: 'generated' } as const
  return { request: { csr, source, key: { pkcs8, spki, encrypted: false, source } }, key: pkcs8 }
}

/** `KeyType` with `KeyLength` or `Curve`; without any, RSA of 2048 bits as the vendor's clients expect. */
function keyTypeOf(body: Json): string {
  const type = (optional(body, 'KeyType', 'string') ?? 'RSA').toUpperCase()
  const length = optional(body, 'KeyLength', 'number')
  const curve = optional(body, 'Curve', 'string')
  if (type === 'RSA') return `rsa-${length ?? 2048}`
  if (type === 'ECC' || type === 'EC' || type === 'ECDSA') return curve ?? `ec-p${length ?? 256}`
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
