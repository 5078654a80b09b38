import { CertmanError } from '../base/errors.ts'
import { isConstructed, readTlv, TAG, type Tlv } from './reader.ts'

/** No honest certificate, request or CRL is larger: a CRL with a million entries has about 40 MB. */
const MAX_DER_BYTES = 64 * 1024 * 1024

/** The deepest real structures nest less than 20 values. OpenSSL decodes 30 (ASN1_MAX_CONSTRUCTED_NEST), and prints 128. */
export const MAX_DEPTH = 64

/**
 * Lets exactly one DER value through: nothing before it, nothing after it, all constructed values inside well
 * formed, neither too large nor too deep. Content of primitive values is not looked at.
 *
 * @param what the thing in messages: `certificate`, `PKCS#8 key` …
 * @throws {CertmanError} `der.malformed`, `limit.exceeded`
 */
export function requireOneValue(bytes: Uint8Array, what: string): Tlv {
  if (bytes.length > MAX_DER_BYTES)
    throw new CertmanError(
      'limit.exceeded',
      `the ${what} has ${bytes.length} bytes, ${MAX_DER_BYTES} are allowed`,
    )
  if (bytes.length === 0) throw new CertmanError('der.malformed', `the ${what} is empty`)
  const tlv = naming(what, () => readTlv(bytes, 0, bytes.length))
  if (tlv.end !== bytes.length)
    throw new CertmanError(
      'der.malformed',
      `the ${what} ends at byte ${tlv.end}, but ${bytes.length - tlv.end} more bytes follow`,
    )
  naming(what, () => checkNesting(tlv, what))
  return tlv
}

/** Where the SEQUENCE that begins at `at` ends; undefined when no whole one of definite length begins there. */
export function endOfSequence(bytes: Uint8Array, at: number): number | undefined {
  if (bytes[at] !== TAG.sequence) return undefined
  try {
    return readTlv(bytes, at, bytes.length).end
  } catch (cause) {
    if (cause instanceof CertmanError) return undefined
    throw cause
  }
}

/** Runs `body`; a `der.malformed` that leaves it is told of the thing: `certificate: malformed DER at byte 12 …`. */
export function naming<T>(what: string, body: () => T): T {
  try {
    return body()
  } catch (cause) {
    if (!(cause instanceof CertmanError) || cause.code !== 'der.malformed') throw cause
    if (cause.message.startsWith(`${what}: `)) throw cause
    throw new CertmanError('der.malformed', `${what}: ${cause.message}`, { cause })
  }
}

// a stack of ends instead of recursion: the depth of the input must not become the depth of our calls
function checkNesting(top: Tlv, what: string): void {
  if (!isConstructed(top.tag)) return
  const ends = [top.end]
  let at = top.contentStart
  while (ends.length > 0) {
    const end = ends[ends.length - 1]!
    if (at >= end) {
      ends.pop()
      continue
    }
    const next = readTlv(top.source, at, end)
    if (!isConstructed(next.tag)) {
      at = next.end
      continue
    }
    if (ends.length >= MAX_DEPTH)
      throw new CertmanError('limit.exceeded', `the ${what} is nested deeper than ${MAX_DEPTH} levels`)
    ends.push(next.end)
    at = next.contentStart
  }
}
