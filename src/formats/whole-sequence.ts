import { toDefinite } from '../asn1/ber.ts'
import { DerReader, TAG } from '../asn1/reader.ts'
import { orNoneSync } from '../base/or-none.ts'

/**
 * What decryption gave, with definite lengths, when it is one whole SEQUENCE; else undefined. It tells the right password
 * from a wrong one: padding alone lets 1 of 256 pass, and stream ciphers have none.
 */
export const wholeSequence = (plain: Uint8Array): Uint8Array | undefined =>
  orNoneSync(() => {
    const definite = toDefinite(plain)
    const reader = new DerReader(definite)
    reader.read(TAG.sequence)
    return reader.atEnd ? definite : undefined
  })
