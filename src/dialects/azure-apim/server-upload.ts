import { CertmanError } from '../../base/errors.ts'
import { Secret } from '../../base/secret.ts'
import { isObject, jsonOf, type Json } from '../../base/json.ts'
import { MAX_SERVED, PbeWork } from '../../crypto/pbe-work.ts'
import type { Item, PasswordSource } from '../../formats/items.ts'
import { readItems } from '../../formats/read-items.ts'
import type { Call } from '../../http/exchange.ts'
import type { ImportBatch } from '../../store/store.ts'
import { knownFacts } from '../../x509/known-facts.ts'
import { bodyText } from '../body-text.ts'
import { keyedPair, uploadBatch } from '../upload.ts'
import { invalid, invalidField, type WireFault } from './errors.ts'

/** What was uploaded: the certificate that the key belongs to, and all of it for the store. */
export interface Upload {
  readonly thumbprint: string
  /** @param supersedes see `NewCertificate` */
  readonly batch: (name: string, supersedes?: string) => ImportBatch
}

/**
 * Reads `{data, password}`, wrapped in `properties` or not, whatever content type it came under. Nothing of it is in any
 * message.
 *
 * @throws {WireFault} 400 naming the member
 */
export async function readUpload(call: Call): Promise<Upload> {
  const body = await bodyOf(call)
  const contract = isObject(body) && isObject(body['properties']) ? body['properties'] : body
  if (!isObject(contract)) throw invalid('The request body must be a JSON object.')
  const { data, password = null, keyVault = null } = contract
  if (keyVault !== null)
    throw invalidField('keyVault', 'Certificates of a key vault are not supported by this server.')
  if (typeof data !== 'string' || data === '') throw invalidField('data', 'The certificate data is required.')
  if (password !== null && typeof password !== 'string')
    throw invalidField('password', 'The password must be a string.')
  const items = await opened(base64Bytes(data), password ?? '')
  return uploadOf(items)
}

async function bodyOf(call: Call): Promise<Json> {
  const text = await bodyText(call)
  const body = text === undefined ? undefined : jsonOf(text)
  if (body !== undefined) return body
  throw invalid('The request body is not valid JSON.')
}

function base64Bytes(data: string): Uint8Array {
  const text = data.replace(/\s+/g, '')
  if (text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text))
    return new Uint8Array(Buffer.from(text, 'base64'))
  throw invalidField('data', 'The certificate data is not valid Base64.')
}

/** Everything in the PFX. Without a password the empty one and none at all are tried. */
async function opened(bytes: Uint8Array, password: string): Promise<readonly Item[]> {
  const ask: PasswordSource = Object.assign(
    async ({ attempt }: { readonly attempt: number }) =>
      attempt === 1 && password !== '' ? new Secret(password) : undefined,
    { given: password !== '' },
  )
  try {
    const work = new PbeWork(MAX_SERVED)
    const { items } = await readItems(bytes, { file: 'data', password: ask, format: 'pkcs12', work })
    return items
  } catch (error) {
    throw pfxFault(error)
  }
}

function pfxFault(error: unknown): unknown {
  if (!(error instanceof CertmanError)) return error
  const { code } = error
  if (code === 'password.wrong')
    return invalidField('password', 'The password does not open the certificate data.')
  if (code === 'password.required') return invalidField('password', 'The certificate data needs a password.')
  if (code === 'limit.exceeded') return invalidField('data', 'The certificate data is too costly to open.')
  if (code === 'format.unsupported')
    return invalidField('data', 'The certificate data is protected in a way that is not supported.')
  return notPfx()
}

const notPfx = (): WireFault =>
  invalidField('data', 'The certificate data is not a valid PKCS#12 (.pfx) file.')

function uploadOf(items: readonly Item[]): Upload {
  const certificates = items.filter(({ type }) => type === 'certificate')
  if (certificates.length === 0) throw invalidField('data', 'The certificate data holds no certificate.')
  const pair = keyedPair(items)
  if (!pair) throw invalidField('data', 'The certificate data holds no private key of a certificate in it.')
  const [leaf, key] = pair
  const from = 'Azure API Management API'
  const batch: Upload['batch'] = (name, supersedes) => {
    const labels = { name, ...(supersedes !== undefined && { supersedes }) }
    return uploadBatch([...certificates, key], { leaf, labels, from })
  }
  return { thumbprint: knownFacts(leaf.der).thumbprint, batch }
}
