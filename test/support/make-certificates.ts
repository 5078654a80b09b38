import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { Secret } from '../../src/base/secret.ts'
import * as der from '../../src/asn1/writer.ts'
import { sha1, sha256Hex } from '../../src/crypto/digest.ts'

/** A key pair of a test. */
export interface TestKey {
  readonly key: KeyObject
  readonly spki: Uint8Array
  readonly pkcs8: Secret
  /** SHA-256 of the SPKI. */
  readonly id: string
}

/** A certificate made for a test, with the key that its subject has. */
export interface TestCertificate extends TestKey {
  readonly der: Uint8Array
  readonly cn: string
  readonly fingerprint: string
}

/** What a test says about a certificate; the rest is filled in. */
export interface Wanted {
  readonly cn: string
  readonly issuer?: TestCertificate
  readonly ca?: boolean
  readonly serial?: number
  readonly key?: TestKey
  readonly notBefore?: string
  readonly notAfter?: string
  /** DER in place of notAfter. */
  readonly end?: Uint8Array
  readonly dns?: readonly string[]
  /** IPv4 addresses. */
  readonly ip?: readonly string[]
  /** 1 to 4; before 3 without extensions of its own. */
  readonly version?: number
  /** DER of further ones. */
  readonly extensions?: readonly Uint8Array[]
  /** Claims the key identifier of this one's key instead of its own. */
  readonly posesAs?: TestKey
}

const ECDSA_SHA256 = der.sequence(der.oid('1.2.840.10045.4.3.2'))

/** A fresh P-256 key. */
export function makeKey(): TestKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = new Uint8Array(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }))
  const pkcs8 = new Secret(new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' })))
  return { key: privateKey, spki, pkcs8, id: sha256Hex(spki) }
}

const nameOf = (cn: string): Uint8Array =>
  der.sequence(
    der.setOf([der.sequence(der.oid('2.5.4.10'), der.utf8String('Example'))]),
    der.setOf([der.sequence(der.oid('2.5.4.3'), der.utf8String(cn))]),
  )

const extension = (id: string, value: Uint8Array, critical = false): Uint8Array =>
  der.sequence(der.oid(id), ...(critical ? [der.boolean(true)] : []), der.octetString(value))

const keyIdentifier = (spki: Uint8Array): Uint8Array => sha1(spki)

const alternativeNames = ({ dns = [], ip = [] }: Wanted): Uint8Array[] => [
  ...dns.map((name) => der.implicit(2, Buffer.from(name))),
  ...ip.map((address) => der.implicit(7, Uint8Array.from(address.split('.').map(Number)))),
]

let serials = 1000

const usualExtensions = (wanted: Wanted, key: TestKey): Uint8Array[] => [
  extension('2.5.29.19', der.sequence(...(wanted.ca === true ? [der.boolean(true)] : [])), true),
  extension('2.5.29.14', der.octetString(keyIdentifier((wanted.posesAs ?? key).spki))),
  extension('2.5.29.35', der.sequence(der.implicit(0, keyIdentifier((wanted.issuer ?? key).spki)))),
  ...(wanted.dns || wanted.ip ? [extension('2.5.29.17', der.sequence(...alternativeNames(wanted)))] : []),
]

/** A signed certificate (ECDSA P-256), self-signed without an issuer. */
export function makeCertificate(wanted: Wanted): TestCertificate {
  const key = wanted.key ?? makeKey()
  const { issuer, cn, version = 3 } = wanted
  const extensions = [...(version < 3 ? [] : usualExtensions(wanted, key)), ...(wanted.extensions ?? [])]
  const tbs = der.sequence(
    ...(version === 1 ? [] : [der.explicit(0, der.integer(version - 1))]),
    der.integer(wanted.serial ?? ++serials),
    ECDSA_SHA256,
    nameOf(issuer?.cn ?? cn),
    der.sequence(
      der.time(new Date(wanted.notBefore ?? '2026-01-01T00:00:00Z')),
      wanted.end ?? der.time(new Date(wanted.notAfter ?? '2027-01-01T00:00:00Z')),
    ),
    nameOf(cn),
    key.spki,
    ...(extensions.length === 0 ? [] : [der.explicit(3, der.sequence(...extensions))]),
  )
  const bytes = signed(tbs, issuer ?? key)
  return { ...key, der: bytes, cn, fingerprint: sha256Hex(bytes) }
}

/** A signed request (PKCS#10) without attributes. */
export function makeRequest(cn: string, key = makeKey()): TestCertificate {
  const info = der.sequence(der.integer(0), nameOf(cn), key.spki, der.implicit(0, new Uint8Array(), true))
  const bytes = signed(info, key)
  return { ...key, der: bytes, cn, fingerprint: sha256Hex(bytes) }
}

const signed = (tbs: Uint8Array, signer: TestKey): Uint8Array =>
  der.sequence(tbs, ECDSA_SHA256, der.bitString(new Uint8Array(sign('sha256', tbs, signer.key))))
