import { CertmanError } from '../base/errors.ts'

/** Iterations of one derivation: the limit of Java (`PKCS12KeyStore.MAX_ITERATION_COUNT`); honest writers stay below 1,000,000. */
const MAX_ITERATIONS = 5_000_000
/**
 * Iterations spent on one file, all its parts and passwords together: a thousand keys, each with a salt of its own and
 * the 600,000 iterations that OWASP asks for. Some three minutes of work.
 */
const MAX_TOTAL = 600_000_000
/** Iterations spent on what one call of a server brings, which meanwhile answers nobody else: some fifteen seconds. */
export const MAX_SERVED = 60_000_000
/** So many iterations of PBKDF2 take as long as one round of bcrypt_pbkdf (OpenSSH) for a key of 48 bytes. */
const BCRYPT_ROUND = 50_000
/** Memory of one scrypt call (RFC 7914 section 2: 128 * N * r bytes): N = 2^18 with r = 8, twice what OWASP recommends. */
const MAX_SCRYPT_BYTES = 256 * 1024 * 1024

/** What deriving keys may cost while one file is read, so that a hostile file cannot stop the program. */
export class PbeWork {
  readonly #most: number
  #left: number
  #last: { readonly inputs: string; readonly key: Uint8Array } | undefined

  /** @param most iterations of all derivations together */
  constructor(most = MAX_TOTAL) {
    this.#most = this.#left = most
  }

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
    this.#take(iterations)
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

  /** @param rounds as many as one key may want @throws {CertmanError} `limit.exceeded` */
  spendBcrypt(rounds: number): void {
    this.#take(rounds * BCRYPT_ROUND)
  }

  #take(iterations: number): void {
    this.#left -= iterations
    if (this.#left < 0)
      throw new CertmanError(
        'limit.exceeded',
        `its keys together want more than ${this.#most} iterations of key derivation`,
        { hint: 'divide it into files of fewer keys, where it comes from somebody you know' },
      )
  }
}
