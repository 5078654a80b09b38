import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import {
  openAuthority,
  type AuthoritySource,
  type OpenAuthority,
} from '../../src/authority/open-authority.ts'
import { prepare, type Preparation, type SigningWish } from '../../src/authority/prepare.ts'
import { issue } from '../../src/authority/prepared.ts'
import { getProfile } from '../../src/authority/profile.ts'
import { prepareRoot, type RootWish } from '../../src/authority/self-signed.ts'
import { generateKey, type KeyType } from '../../src/crypto/generate-key.ts'
import { openSigner, type Signer } from '../../src/crypto/signer.ts'
import type { Profile } from '../../src/domain/profile.ts'
import { parseGeneralName } from '../../src/x509/general-name-text.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { writeCsr } from '../../src/x509/write-csr.ts'
import { subjectAltName } from '../../src/x509/write-extensions.ts'
import { temporaryFolder } from '../support/temporary.ts'

/** The moment at which all tests of authorities take place. */
export const NOW = new Date('2026-04-01T12:00:00Z')

export const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))

const signers = new Map<string, Promise<Signer>>()

/** A key of a type, made once for each label: another label is another key. */
export function signerOf(type: KeyType, label = 'leaf'): Promise<Signer> {
  const name = `${type} ${label}`
  const known = signers.get(name)
  if (known) return known
  const made = generateKey(type).then(({ pkcs8 }) => openSigner(pkcs8))
  signers.set(name, made)
  return made
}

export interface TestAuthority {
  readonly der: Uint8Array
  readonly signer: Signer
  readonly open: OpenAuthority
}

export interface RootOptions extends RootWish {
  readonly type?: KeyType
  readonly subject?: string
  readonly source?: Partial<AuthoritySource>
}

/** A root that certman makes, valid from 2026-01-01. */
export async function makeRoot(options: RootOptions = {}): Promise<TestAuthority> {
  const { type = 'ec-p256', subject = 'CN=Root,O=Example', source, ...wish } = options
  const signer = await signerOf(type, `authority ${subject}`)
  const { prepared } = prepareRoot({
    subject: parseNameText(subject),
    signer,
    wish: { notBefore: new Date('2026-01-01T00:00:00Z'), ...wish },
    now: NOW,
    random,
  })
  const der = issue(prepared, signer)
  return { der, signer, open: openAuthority({ certificate: der, signer, name: 'root', ...source }) }
}

export interface RequestOptions {
  readonly subject?: string
  readonly sans?: readonly string[]
  readonly extensions?: readonly Uint8Array[]
  readonly type?: KeyType
  readonly signer?: Signer
}

/** A request; P-256 and `CN=w.example` where nothing else is said. */
export async function makeCsr(options: RequestOptions = {}): Promise<Uint8Array> {
  const { subject = 'CN=w.example', sans = [], extensions = [] } = options
  const names = sans.length > 0 ? [subjectAltName(sans.map(parseGeneralName), subject === '')] : []
  return writeCsr({
    subject: parseNameText(subject),
    extensions: [...names, ...extensions],
    signer: options.signer ?? (await signerOf(options.type ?? 'ec-p256')),
  })
}

export interface SignOptions {
  readonly profile?: string | Profile
  readonly wish?: SigningWish
  readonly now?: Date
}

/** Prepares a certificate of an authority for a request. */
export function prepareWith(
  authority: TestAuthority,
  csr: Uint8Array,
  { profile = 'server', wish = {}, now = NOW }: SignOptions = {},
): Preparation {
  return prepare({
    csr,
    authority: authority.open,
    profile: typeof profile === 'string' ? getProfile(profile) : profile,
    wish,
    now,
    random,
  })
}

/** Prepares and signs. */
export const signWith = (authority: TestAuthority, csr: Uint8Array, options: SignOptions = {}): Uint8Array =>
  issue(prepareWith(authority, csr, options).prepared, authority.signer)

/** An intermediate below an authority. */
export async function makeIntermediate(
  parent: TestAuthority,
  options: {
    readonly wish?: SigningWish
    readonly subject?: string
    readonly chain?: readonly Uint8Array[]
  } = {},
): Promise<TestAuthority> {
  const subject = options.subject ?? 'CN=Intermediate,O=Example'
  const signer = await signerOf('ec-p256', `authority ${subject}`)
  const der = signWith(parent, await makeCsr({ subject, signer }), {
    profile: 'intermediate',
    wish: options.wish ?? {},
  })
  const chain = [parent.der, ...(options.chain ?? [])]
  return { der, signer, open: openAuthority({ certificate: der, chain, signer, name: 'intermediate' }) }
}

/** PEM text (RFC 7468). */
export const pem = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n').trimEnd()}\n-----END ${label}-----\n`

/** Writes certificates into a PEM file that lives as long as the tests of this file. @returns its path */
export function pemFile(certificates: readonly Uint8Array[], label = 'CERTIFICATE'): string {
  const path = join(temporaryFolder('authority'), 'some.pem')
  writeFileSync(path, certificates.map((der) => pem(label, der)).join(''))
  return path
}

/** The error that a call ends with; fails when it does not. */
export async function failureOf(call: () => unknown): Promise<{ code: string; message: string }> {
  try {
    await call()
  } catch (error) {
    return error as { code: string; message: string }
  }
  throw new Error('the call did not fail')
}
