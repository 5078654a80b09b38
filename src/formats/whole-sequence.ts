import { toDefinite } from '../asn1/ber.ts'
import { DerReader, TAG } from '../asn1/reader.ts'
import { CertmanError } from '../base/errors.ts'

/**
 * What decryption gave, with definite lengths, when it is one whole SEQUENCE; else undefined. It tells the right password
 * from a wrong one: padding alone lets 1 of 256 pass, and stream ciphers have none.
 */
export function wholeSequence(plain: Uint8Array): Uint8Array | undefined {
  try {
    const definite = toDefinite(plain)
    const reader = new DerReader(definite)
    reader.read(TAG.sequence)
    return reader.atEnd ? definite : undefined
  } catch (error) {
    if (error instanceof CertmanError) return undefined
    throw error
  }
}
