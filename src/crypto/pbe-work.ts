import { CertmanError } from '../base/errors.ts'

/** Iterations of one derivation: the limit of Java (`PKCS12KeyStore.MAX_ITERATION_COUNT`); honest writers stay below 1,000,000. */
const MAX_ITERATIONS = 5_000_000
/** Iterations spent on one file, all its parts and passwords together: some 30 seconds of work. */
const MAX_TOTAL = 60_000_000
/** Memory of one scrypt call (RFC 7914 section 2: 128 * N * r bytes): N = 2^18 with r = 8, twice what OWASP recommends. */
const MAX_SCRYPT_BYTES = 256 * 1024 * 1024

/** What deriving keys may cost while one file is read, so that a hostile file cannot stop the program. */
export class PbeWork {
  #left = MAX_TOTAL
  #last: { readonly inputs: string; readonly key: Uint8Array } | undefined

  /** What the last derivation made, where this one has the same inputs: a file may protect all its keys by one. */
  once(inputs: string, derive: () => Uint8Array): Uint8Array {
    if (this.#last?.inputs !== inputs) this.#last = { inputs, key: derive() }
    return this.#last.key
  }

  /** @throws {CertmanError} `limit.exceeded`; `der.malformed` for less than one iteration */
  spend(iterations: number): void {
    if (iterations < 1)
      throw new CertmanError('der.malformed', `the key derivation has ${iterations} iterations`)
    if (iterations > MAX_ITERATIONS)
      throw new CertmanError(
        'limit.exceeded',
        `the key derivation wants ${iterations} iterations, the limit is ${MAX_ITERATIONS}`,
      )
    this.#left -= iterations
    if (this.#left < 0)
      throw new CertmanError(
        'limit.exceeded',
        `the file wants more than ${MAX_TOTAL} iterations of key derivation`,
      )
  }

  /** @throws {CertmanError} `limit.exceeded`; `der.malformed` for parameters that RFC 7914 section 2 excludes */
  spendScrypt({ cost, blockSize, parallel }: { cost: number; blockSize: number; parallel: number }): void {
    if (cost < 2 || (cost & (cost - 1)) !== 0 || blockSize < 1 || parallel < 1)
      throw new CertmanError('der.malformed', 'impossible scrypt parameters')
    if (128 * cost * blockSize > MAX_SCRYPT_BYTES || parallel > 64)
      throw new CertmanError('limit.exceeded', `scrypt wants N=${cost}, r=${blockSize}, p=${parallel}`)
    // one pass over 1 KiB of memory costs about as much as two iterations of PBKDF2
    this.spend(Math.max(1, Math.ceil((cost * blockSize * parallel) / 4)))
  }
}
