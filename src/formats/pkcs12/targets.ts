import { CertmanError } from '../../base/errors.ts'
import { printable } from '../../base/text.ts'

/** How the parts of a PKCS#12 file are encrypted. `none` leaves certificates and keys in the clear. */
export type Pkcs12Encryption = 'aes-256-cbc' | 'aes-192-cbc' | 'aes-128-cbc' | '3des' | 'none'

/** `sha256` and `sha1` are the MACs of RFC 7292, `pbmac1` is RFC 9579. */
export type Pkcs12Mac = 'sha256' | 'sha1' | 'pbmac1' | 'none'

/** The protection of a file. */
export interface Pkcs12Protection {
  readonly encryption: Pkcs12Encryption
  readonly mac: Pkcs12Mac
  /** Of each derivation: one for the certificates, one for each key, one for the MAC. */
  readonly iterations: number
}

/** What one reader takes, and why. */
export interface Pkcs12TargetRow extends Pkcs12Protection {
  /** The reader takes passwords of ASCII characters only. */
  readonly asciiPassword: boolean
  readonly why: string
}

/**
 * 100,000: .NET refuses more than 300,000 for one derivation and 1,000,000 for a file (Pkcs12LoaderLimits), a file
 * has at least three; each takes a reader 20 to 50 ms, fifty times what OpenSSL writes and ten times what Java writes.
 */
const MODERN_ITERATIONS = 100_000

/** Triple DES needs two PKCS#12 derivations per part, which no reader has in fast code; Java wrote 50,000 in its time. */
const OLD_ITERATIONS = 50_000

const MODERN = {
  encryption: 'aes-256-cbc',
  mac: 'sha256',
  iterations: MODERN_ITERATIONS,
  asciiPassword: false,
} as const
const OLD = { encryption: '3des', mac: 'sha1', iterations: OLD_ITERATIONS, asciiPassword: false } as const

/** What the program that will read the file wants (`export --for`). Each sentence says why. */
export const PKCS12_TARGETS = {
  modern: {
    ...MODERN,
    why: 'the strongest that all current readers share: Windows 10 1709 and Server 2019, macOS 15, Java 8u301, OpenSSL 1.1, NSS, GnuTLS',
  },
  'windows-2016': {
    ...OLD,
    why: 'Windows Server 2016 and older answer "password incorrect" to AES and to SHA-256 MACs',
  },
  java8: {
    ...OLD,
    asciiPassword: true,
    why: 'Java before 8u301 knows neither AES nor HMAC-SHA256 in PKCS#12, and Java takes ASCII passwords only',
  },
  macos: {
    ...OLD,
    why: 'Keychain before macOS 15 says "MAC verification failed" to a SHA-256 MAC',
  },
  openssl3: {
    ...MODERN,
    why: 'OpenSSL 3 reads AES without its legacy provider, and PBMAC1 only from 3.4 on',
  },
  fips: {
    ...MODERN,
    mac: 'pbmac1',
    why: 'FIPS 140 approves PBKDF2 but not the derivation of PKCS#12, so the MAC is PBMAC1: OpenSSL 3.4, GnuTLS 3.8, Java 26 and newer read it; OpenSSL 3.0 to 3.3, Java 17, NSS 3.87 do not',
  },
} as const satisfies Readonly<Record<string, Pkcs12TargetRow>>

/** Names that `export --for` takes. */
export type Pkcs12Target = keyof typeof PKCS12_TARGETS

/** The row of a target. @throws {CertmanError} `input.invalid` for a name that is not in the table */
export function targetNamed(name: string): Pkcs12TargetRow {
  if (Object.hasOwn(PKCS12_TARGETS, name)) return PKCS12_TARGETS[name as Pkcs12Target]
  const names = Object.keys(PKCS12_TARGETS).join(', ')
  throw new CertmanError('input.invalid', `no target for PKCS#12 is called "${printable(name)}"`, {
    field: 'for',
    hint: `choose one of: ${names}`,
  })
}
