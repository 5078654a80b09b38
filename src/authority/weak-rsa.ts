import { DerReader, TAG } from '../asn1/reader.ts'
import { readInteger } from '../asn1/values.ts'
import { publicKeyOctets } from '../crypto/public-key-info.ts'

/** Primes below 752, the trial divisors of NIST SP 800-89 section 5.3.3, which the Baseline Requirements (6.1.6) name. */
const SMALL_PRIMES = primesBelow(752)
const PRODUCT = SMALL_PRIMES.reduce((product, prime) => product * BigInt(prime), 1n)

/** Rounds of Fermat's method that the Baseline Requirements (section 6.1.1.3) ask for. */
const FERMAT_ROUNDS = 100

/** Primes that show the fingerprint of ROCA (CVE-2017-15361): all up to 167. */
const ROCA_PRIMES = SMALL_PRIMES.filter((prime) => prime > 2 && prime <= 167)
const ROCA_GENERATOR = 65_537

function primesBelow(limit: number): number[] {
  const isComposite = new Uint8Array(limit)
  const primes: number[] = []
  for (let n = 2; n < limit; n++) {
    if (isComposite[n]) continue
    primes.push(n)
    for (let multiple = n * n; multiple < limit; multiple += n) isComposite[multiple] = 1
  }
  return primes
}

/**
 * Why an RSA key is weak whatever its size: exponent 1 or even, small factors, close factors (Fermat), or the mark of
 * ROCA. Undefined when nothing is known against it.
 *
 * @param spki SubjectPublicKeyInfo DER of an RSA or RSA-PSS key
 * @throws {CertmanError} `der.malformed`
 */
export function rsaWeakness(spki: Uint8Array): string | undefined {
  const { modulus, exponent } = rsaNumbers(spki)
  if (modulus <= 0n) return 'the RSA modulus is not positive'
  // RFC 8017 section 3.1: between 3 and n - 1, and odd, since it has no common factor with p - 1 and q - 1
  if (exponent <= 1n || exponent >= modulus) return `the RSA exponent is ${shortNumber(exponent)}`
  if (exponent % 2n === 0n) return `the RSA exponent ${shortNumber(exponent)} is even`
  const small = smallFactor(modulus)
  if (small !== undefined) return `the RSA modulus can be divided by ${small}`
  if (hasRocaMark(modulus)) return 'the RSA key bears the mark of ROCA (CVE-2017-15361)'
  return hasCloseFactors(modulus) ? 'the factors of the RSA modulus are close to each other' : undefined
}

const shortNumber = (number: bigint): string => (number < 1_000_000_000n ? `${number}` : 'too large')

function rsaNumbers(spki: Uint8Array): { modulus: bigint; exponent: bigint } {
  const key = new DerReader(publicKeyOctets(spki)).enter(TAG.sequence, 'the RSA key')
  return {
    modulus: readInteger(key.read(TAG.integer, 'the modulus')),
    exponent: readInteger(key.read(TAG.integer, 'the exponent')),
  }
}

function smallFactor(modulus: bigint): number | undefined {
  // one long division, then small ones
  const rest = modulus % PRODUCT
  return SMALL_PRIMES.find((prime) => rest % BigInt(prime) === 0n)
}

/** For each prime: the residues that powers of 65537 have. */
const rocaResidues = ROCA_PRIMES.map((prime) => {
  const residues = new Set<number>()
  for (let power = 1; !residues.has(power); power = (power * ROCA_GENERATOR) % prime) residues.add(power)
  return { prime, residues }
})

function hasRocaMark(modulus: bigint): boolean {
  const rest = modulus % PRODUCT
  return rocaResidues.every(({ prime, residues }) => residues.has(Number(rest % BigInt(prime))))
}

function hasCloseFactors(modulus: bigint): boolean {
  let a = squareRoot(modulus)
  if (a * a < modulus) a += 1n
  let rest = a * a - modulus
  for (let round = 0; round < FERMAT_ROUNDS; round++) {
    if (mayBeSquare(rest)) {
      const root = squareRoot(rest)
      if (root * root === rest) return true
    }
    rest += 2n * a + 1n
    a += 1n
  }
  return false
}

const SQUARES = [63, 65, 64, 11, 17, 19, 23, 29].map((modulus) => ({
  modulus,
  squares: new Set(Array.from({ length: modulus }, (_, n) => (n * n) % modulus)),
}))
const SQUARES_PRODUCT = BigInt(63 * 65 * 64) * BigInt(11 * 17 * 19 * 23 * 29)

/** Lets all squares through and about one other number in a thousand: a square root is expensive. */
function mayBeSquare(number: bigint): boolean {
  const rest = number % SQUARES_PRODUCT
  return SQUARES.every(({ modulus, squares }) => squares.has(Number(rest % BigInt(modulus))))
}

/** The whole part of the square root, by Newton's method. */
function squareRoot(number: bigint): bigint {
  if (number < 2n) return number
  let root = 1n << BigInt(Math.ceil(number.toString(16).length / 2) * 4)
  for (;;) {
    const next = (root + number / root) >> 1n
    if (next >= root) return root
    root = next
  }
}
