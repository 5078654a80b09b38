import { toBase64 } from '../../src/base/bytes.ts'
import type { HttpSetup } from '../../src/http/request.ts'
import type { TlsFiles } from '../../src/http/serve-options.ts'
import { makeCertificate, type TestCertificate, type Wanted } from './make-certificates.ts'

/** A certificate as PEM. */
export const pemOf = ({ der }: TestCertificate): string =>
  `-----BEGIN CERTIFICATE-----\n${toBase64(der).replace(/(.{64})(?=.)/g, '$1\n')}\n-----END CERTIFICATE-----\n`

/** The certificate and its key as a server takes them. */
export const filesOf = (leaf: TestCertificate): TlsFiles => ({
  certificates: pemOf(leaf),
  key: String(leaf.key.export({ type: 'pkcs8', format: 'pem' })),
})

// real clocks meet these certificates: they are valid for long
const LONG = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2049-01-01T00:00:00Z' }

/** An authority, and what it issued for `localhost`. */
export const ca = makeCertificate({ cn: 'Test CA', ca: true, ...LONG })
/** PEM of the authority. */
export const caPem = pemOf(ca)

/** A certificate of the authority for `localhost`, but for what is wanted. */
export const issued = (wanted: Partial<Wanted> = {}): TestCertificate =>
  makeCertificate({ cn: 'localhost', issuer: ca, dns: ['localhost'], ...LONG, ...wanted })

/** A self-signed certificate for `localhost`, but for what is wanted. */
export const selfSigned = (wanted: Partial<Wanted> = {}): TestCertificate =>
  makeCertificate({ cn: 'localhost', dns: ['localhost'], ...LONG, ...wanted })

/** A set-up that trusts the authority, never pauses, and takes half of the jitter. */
export const setupOf = (url: string, more: Partial<HttpSetup> = {}): HttpSetup => ({
  url: new URL(url),
  ca: caPem,
  timeoutMs: 20_000,
  retries: 2,
  pause: async () => undefined,
  random: () => 0.5,
  ...more,
})
