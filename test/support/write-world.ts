import { generateKey, type GeneratedKey, type KeyType } from '../../src/crypto/generate-key.ts'
import { openSigner, type SignatureChoice, type Signer } from '../../src/crypto/signer.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { assembleSigned, writeTbsCertificate } from '../../src/x509/write-certificate.ts'
import * as ext from '../../src/x509/write-extensions.ts'

/** A certificate written by our own writers, with the key of its subject. */
export interface Written {
  readonly der: Uint8Array
  readonly subject: Uint8Array
  readonly signer: Signer
}

/** What a test says about a certificate; the rest is filled in. */
export interface ToWrite {
  readonly subject: string
  readonly signer: Signer
  readonly issuer?: Written
  readonly serialNumber?: string
  readonly notBefore?: string
  readonly notAfter?: string
  readonly extensions: readonly Uint8Array[]
}

const keys = new Map<KeyType, GeneratedKey[]>()
const turns = new Map<KeyType, number>()
const ENOUGH = 3

/** A signer with a new key; RSA keys are dear, so three of each type go round: those next to each other differ. */
export async function newSigner(type: KeyType = 'ec-p256', choice: SignatureChoice = {}): Promise<Signer> {
  if (!type.startsWith('rsa')) return openSigner((await generateKey(type)).pkcs8, choice)
  const turn = turns.get(type) ?? 0
  turns.set(type, turn + 1)
  const known = keys.get(type) ?? []
  keys.set(type, known)
  return openSigner((known[turn % ENOUGH] ??= await generateKey(type)).pkcs8, choice)
}

/** Signs a certificate; without an issuer, by its own key. */
export function write(wanted: ToWrite): Written {
  const { signer, issuer } = wanted
  const subject = parseNameText(wanted.subject)
  const by = issuer?.signer ?? signer
  const tbs = writeTbsCertificate({
    serialNumber: wanted.serialNumber ?? '1f',
    algorithm: by.algorithm,
    issuer: issuer?.subject ?? subject,
    notBefore: new Date(wanted.notBefore ?? '2026-01-01T00:00:00Z'),
    notAfter: new Date(wanted.notAfter ?? '2046-01-01T00:00:00Z'),
    subject,
    spki: signer.spki,
    extensions: wanted.extensions,
  })
  return { der: assembleSigned(tbs, by.algorithm, by.sign(tbs)), subject, signer }
}

/** A root as RFC 5280 wants it. */
export function writeRoot(signer: Signer, more: readonly Uint8Array[] = []): Written {
  const extensions = [
    ext.basicConstraints({ ca: true }),
    ext.keyUsage(['keyCertSign', 'cRLSign']),
    ext.subjectKeyIdentifier(ext.keyIdentifier(signer.spki)),
    ...more,
  ]
  return write({ subject: 'CN=Root,O=Example,C=DE', signer, extensions })
}

/** A certificate of an end entity under `issuer`. */
export function writeLeaf(issuer: Written, signer: Signer, more: readonly Uint8Array[] = []): Written {
  const extensions = [
    ext.basicConstraints({ ca: false }),
    ext.keyUsage(['digitalSignature']),
    ext.extendedKeyUsage(['serverAuth']),
    ext.subjectKeyIdentifier(ext.keyIdentifier(signer.spki)),
    ext.authorityKeyIdentifier(ext.keyIdentifier(issuer.signer.spki)),
    ...more,
  ]
  return write({ subject: 'CN=leaf', signer, issuer, serialNumber: '7b2', extensions })
}

/** PEM text of one value. */
export const pem = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der)
    .toString('base64')
    .replace(/(.{64})(?=.)/g, '$1\n')}\n-----END ${label}-----\n`
