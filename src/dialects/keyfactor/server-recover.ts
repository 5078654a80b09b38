import { CertmanError } from '../../base/errors.ts'
import { toBase64 } from '../../base/bytes.ts'
import type { Json } from '../../base/json.ts'
import { Secret } from '../../base/secret.ts'
import { decryptPkcs8, encryptPkcs8 } from '../../formats/pkcs8.ts'
import { writePem } from '../../formats/pem.ts'
import { writePkcs12 } from '../../formats/pkcs12/write.ts'
import type { Answer } from '../../http/exchange.ts'
import { invalid, noFormat, noPrivateKey } from './errors.ts'
import { certificateFileName } from './names.ts'
import { ok } from './server-answer.ts'
import { base64Text, outgoing, pemOf, type OutgoingChain } from './server-chain.ts'
import type { Desk } from './server-desk.ts'
import { namedCertificate } from './server-find.ts'
import { objectBody, optional, requiredText, shown } from './server-request.ts'
import { scopeOf, type Found } from './server-scope.ts'
import { HEADER } from './wire.ts'

/** Rounds of PBKDF2 for a key that leaves as PEM: a password stands between it and everyone. */
const PEM_ITERATIONS = 600_000

/** `POST /Certificates/Recover`: the certificate with its key. The member is called `PFX` whatever the format. */
export async function recover(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  const format = recoveryFormat(desk.call.header(HEADER.format))
  const password = new Secret(requiredText(body, 'Password'))
  const found = await namedCertificate(desk, await scopeOf(desk), body)
  const key = await privateKeyOf(found, password)
  const chain = await outgoing(found, {
    chain: optional(body, 'IncludeChain', 'boolean') ?? false,
    order: optional(body, 'ChainOrder', 'string'),
  })
  const name = certificateFileName(chain.leaf.facts, format === 'PEM' ? 'pem' : 'pfx')
  const making = { desk, body, chain, key, password }
  const content = format === 'PEM' ? pemBundle(making) : toBase64(pfxOf(making))
  return ok({ PFX: content, FileName: name }, { [HEADER.file]: name })
}

/** @throws {WireFault} 400 */
export function recoveryFormat(header: string | undefined): 'PFX' | 'PEM' {
  const text = header?.trim().toUpperCase() ?? ''
  if (text === '') throw noFormat()
  if (text === 'PFX' || text === 'STORE' || text === 'REPLACE') return 'PFX'
  if (text === 'PEM') return 'PEM'
  throw invalid(`The certificate format '${shown(text)}' is not supported here: use PFX, STORE or PEM.`)
}

/**
 * The plain key. One that the store keeps encrypted opens with the password that is asked for here, or not at all.
 *
 * @throws {WireFault} 400 `0xA0110002` without a key
 */
async function privateKeyOf({ served: { store }, row }: Found, password: Secret): Promise<Secret> {
  const { keyId, exportable } = row
  if (typeof keyId !== 'string') throw noPrivateKey()
  if (exportable === false)
    throw new CertmanError('key.not-exportable', 'the private key is marked not exportable')
  const key = await store.key(keyId)
  if (!key.encrypted) return key.pkcs8
  const opened = key.pkcs8.use((der) => decryptPkcs8(der, password))
  return opened
}

/** What a file with a key is made of. */
export interface KeyFile {
  readonly desk: Desk
  readonly body: Json
  readonly chain: OutgoingChain
  readonly key: Secret
  readonly password: Secret
}

/**
 * The PFX in the order that Go's decoder goes by: key, leaf, issuers.
 *
 * @returns DER
 */
export function pfxOf({ desk, body, chain, key, password }: KeyFile): Uint8Array {
  const friendlyName =
    optional(body, 'FriendlyName', 'string') ?? optional(body, 'CustomFriendlyName', 'string')
  const legacy = optional(body, 'UseLegacyEncryption', 'boolean') ?? false
  const name = friendlyName ?? chain.leaf.record.friendlyName ?? chain.leaf.record.name
  const entry = {
    key,
    certificate: chain.leaf.der,
    chain: chain.issuers.map(({ der }) => der),
    ...(name !== undefined && name !== '' && { friendlyName: name }),
  }
  const target = legacy ? 'windows-2016' : 'modern'
  return writePkcs12({ entries: [entry], password, target, keysFirst: true }, desk.house.ambient.random)
}

/** Leaf, encrypted key, issuers; the root is the last. */
function pemBundle({ desk, body, chain, key, password }: KeyFile): string {
  const header = optional(body, 'IncludeSubjectHeader', 'boolean') ?? true
  const { random } = desk.house.ambient
  const locked = encryptPkcs8(key, password, { random, iterations: PEM_ITERATIONS })
  return base64Text(
    pemOf(chain.leaf, header),
    writePem('ENCRYPTED PRIVATE KEY', locked),
    ...chain.issuers.map((issuer) => pemOf(issuer, header)),
  )
}
