import { Secret } from '../../../src/base/secret.ts'
import { openSigner } from '../../../src/crypto/signer.ts'
import type { NewAuthority, SigningOrder } from '../../../src/store/authority-orders.ts'
import type { ListedRecord, NewKey, Outcome, Store } from '../../../src/store/store.ts'
import { parseGeneralName } from '../../../src/x509/general-name-text.ts'
import { parseNameText } from '../../../src/x509/name-text.ts'
import { writeCsr } from '../../../src/x509/write-csr.ts'
import { subjectAltName } from '../../../src/x509/write-extensions.ts'
import { makeCertificate, makeKey, type TestKey } from '../../support/make-certificates.ts'
import { listed, source } from './world.ts'

export const root = makeCertificate({ cn: 'Root', ca: true, notAfter: '2036-01-01T00:00:00Z' })
export const issuing = makeCertificate({
  cn: 'Issuing',
  ca: true,
  issuer: root,
  notAfter: '2035-01-01T00:00:00Z',
})
export const web = makeCertificate({
  cn: 'web.example',
  issuer: issuing,
  serial: 0x0a1b2c,
  dns: ['web.example', 'www.web.example'],
})
export const mail = makeCertificate({
  cn: 'mail.example',
  issuer: issuing,
  dns: ['mail.example'],
  notAfter: '2026-03-20T00:00:00Z',
})
export const renewed = makeCertificate({
  cn: 'web.example',
  issuer: issuing,
  dns: ['web.example'],
  notAfter: '2028-01-01T00:00:00Z',
})
export const expired = makeCertificate({
  cn: 'old.example',
  issuer: issuing,
  notBefore: '2020-01-01T00:00:00Z',
  notAfter: '2021-01-01T00:00:00Z',
})
export const soon = makeCertificate({
  cn: 'soon.example',
  issuer: issuing,
  notBefore: '2026-06-01T00:00:00Z',
  notAfter: '2027-06-01T00:00:00Z',
})
export const unicode = makeCertificate({ cn: 'Zürich Straße 東京 🔑', issuer: issuing })
/** Another certificate with the key of `web`. */
export const twin = makeCertificate({ cn: 'twin.example', issuer: issuing, key: web })
/** 600 names: some 18 KiB. */
export const large = makeCertificate({
  cn: 'large.example',
  issuer: issuing,
  dns: Array.from({ length: 600 }, (_, at) => `host-${at}.a-long-domain-name.example`),
})

export const password = new Secret('hunter2')

/** A key without a password: the scenarios are not about PBKDF2. */
const OPEN = { noPassword: true, insecure: true } as const

/** A root of the store. */
export const rootOrder = (more: Partial<NewAuthority> = {}): NewAuthority => ({
  name: 'root',
  subject: parseNameText('CN=Store Root,O=Example'),
  keyType: 'ec-p256',
  days: 3650,
  protection: OPEN,
  ...more,
})

/** A request for these DNS names. */
export function csrFor(cn: string, key: TestKey = makeKey(), names: readonly string[] = [cn]): Uint8Array {
  const extensions = [subjectAltName(names.map((name) => parseGeneralName(`dns:${name}`)))]
  return writeCsr({ subject: parseNameText(`CN=${cn},O=Example`), extensions, signer: openSigner(key.pkcs8) })
}

/** The row of the only request whose subject has this name. */
export async function requestRow(store: Store, cn: string): Promise<ListedRecord> {
  const found = (await listed(store, 'request')).filter((row) => String(row['subject']).includes(`CN=${cn}`))
  if (found.length === 1) return found[0]!
  throw new Error(`${found.length} requests for ${cn}`)
}

/** The row of the only certificate with this name that an authority of the store issued. */
export async function certificateRow(store: Store, cn: string): Promise<ListedRecord> {
  const found = (await listed(store)).filter((row) => String(row['subject']).includes(`CN=${cn}`))
  if (found.length === 1) return found[0]!
  throw new Error(`${found.length} certificates for ${cn}`)
}

/** A request in the backing. */
export async function queued(backing: Store, cn: string): Promise<Outcome> {
  const [outcome] = await backing.submit({ csr: csrFor(cn) })
  return outcome!
}

/** A key as a request brings it along. */
export const keyOf = ({ pkcs8, spki }: TestKey): NewKey => ({ pkcs8, spki, encrypted: false, source })

/** A certificate issued by the backing's own authority, which is made when there is none; its key is there. */
export async function issued(backing: Store, cn: string, order: SigningOrder = {}): Promise<void> {
  await authority(backing)
  const key = makeKey()
  const [outcome] = await backing.submit({ csr: csrFor(cn, key), key: keyOf(key) })
  await backing.sign({ kind: 'request', id: outcome!.id }, order)
}

/** An authority in the backing, made when there is none. */
export async function authority(backing: Store): Promise<void> {
  if ((await listed(backing, 'authority')).length === 0) await backing.createAuthority(rootOrder())
}
