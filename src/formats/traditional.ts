import { fromHex } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import { Secret } from '../base/secret.ts'
import { decryptTraditionalPem, type DekInfo } from '../crypto/traditional-pbe.ts'
import type { PemBlock } from './pem.ts'
import { wholeSequence } from './whole-sequence.ts'

/**
 * How a block is encrypted by its RFC 1421 headers; undefined when it is not.
 *
 * @throws {CertmanError} `pem.malformed` when `Proc-Type` says encrypted but `DEK-Info` does not say how
 */
export function dekInfoOf(block: Pick<PemBlock, 'headers'>): DekInfo | undefined {
  const header = (name: string): string | undefined =>
    block.headers.find(([each]) => each.toLowerCase() === name)?.[1]
  if (!/^4,\s*ENCRYPTED$/i.test(header('proc-type') ?? '')) return undefined
  const match = /^([A-Za-z0-9-]+)\s*,\s*((?:[0-9A-Fa-f]{2})+)$/.exec(header('dek-info') ?? '')
  if (!match)
    throw new CertmanError('pem.malformed', 'encrypted private key without a usable DEK-Info header')
  return { cipher: match[1]!, iv: fromHex(match[2]!) }
}

/**
 * The plain content of an encrypted block, still in its old form (RSAPrivateKey, ECPrivateKey …).
 *
 * @throws {CertmanError} `password.wrong` also when what comes out is no SEQUENCE: the format has no other check
 */
export function decryptTraditional(dek: DekInfo, password: Secret, ciphertext: Uint8Array): Secret {
  const plain = wholeSequence(decryptTraditionalPem(dek, password, ciphertext))
  if (plain) return new Secret(plain)
  throw new CertmanError('password.wrong', 'the password does not open the encrypted private key')
}
