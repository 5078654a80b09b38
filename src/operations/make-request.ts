import type { Ambient } from '../base/ambient.ts'
import { CertmanError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import {
  generateKey,
  keyTypeOf,
  parseKeyType,
  type GeneratedKey,
  type KeyType,
} from '../crypto/generate-key.ts'
import { openSigner } from '../crypto/signer.ts'
import type { PublicKeyFacts } from '../domain/facts.ts'
import type { Reference } from '../domain/reference.ts'
import {
  EXTENDED_KEY_USAGE,
  KEY_USAGE,
  repeatCertificate,
  repeatCsr,
  SUBJECT_ALT_NAME,
  type Repeated,
} from '../store/repeat-request.ts'
import type { NewRequest } from '../store/authority-orders.ts'
import type { NewKey, Outcome, Store } from '../store/store.ts'
import { KEY_USAGES, keyUsageOf } from '../x509/extensions/usage.ts'
import { parseGeneralName } from '../x509/general-name-text.ts'
import { parseNameText } from '../x509/name-text.ts'
import { writeCsr } from '../x509/write-csr.ts'
import { extendedKeyUsage, keyUsage, subjectAltName, type KeyUsage } from '../x509/write-extensions.ts'
import { keyAtRest } from './key-at-rest.ts'
import { withKeyFile } from './key-file.ts'

/** A request as a person describes it: key and CSR are made here. */
export interface RequestWish {
  /** RFC 4514 text, or OpenSSL's old form. May be absent where there is an alternative name. */
  readonly subject?: string
  /** `dns:w.example`, `ip:192.0.2.7`, `email:…`, `uri:…`, `upn:…`, `dirName:…`, `rid:…`, or a bare value that is guessed. */
  readonly subjectAltName?: readonly string[]
  /** As `--key-type` takes it: `rsa-2048`, `ed25519`, …; default `ec-p256`, or that of `like`. */
  readonly keyType?: string
  readonly keyUsage?: readonly string[]
  /** Names (`serverAuth`) or OIDs. */
  readonly extendedKeyUsage?: readonly string[]
  /** A certificate or request whose names and usages are taken over, with a new key. */
  readonly like?: Reference
  readonly name?: string
  readonly tags?: readonly string[]
  /** Name of a profile, as a hint for `sign`. */
  readonly profile?: string
  /** Id or name of an authority, likewise. */
  readonly authority?: string
  readonly requestedBy?: string
  readonly challengePassword?: Secret
  /** Encrypts the new key at rest. */
  readonly keyPassword?: Secret
  /** `false`: the key may not leave the store. */
  readonly exportable?: false
  /** Absolute: the new key goes into this file, which must be free, and not into the store. */
  readonly keyOut?: string
  readonly dryRun?: boolean
}

/** What came of a request: the outcomes of `Store.submit` (the request first), and the CSR. */
export interface RequestReport {
  readonly outcomes: readonly Outcome[]
  /** PKCS#10 DER. */
  readonly csr: Uint8Array
  /** What speaks against a request that was taken all the same; sentences. */
  readonly notes?: readonly string[]
}

interface Model extends Repeated {
  readonly publicKey: PublicKeyFacts
}

/**
 * Makes a key and a CSR and puts both into the store: the request in the queue, the key beside it or in `keyOut`.
 *
 * @throws {CertmanError} `input.invalid` naming the field, `name.taken`, `record.not-found` for `like`
 */
export async function makeRequest(
  store: Store,
  wish: RequestWish,
  { ambient }: { readonly ambient: Ambient },
): Promise<RequestReport> {
  const model = wish.like && (await modelOf(store, wish.like, replaced(wish)))
  const subject =
    wish.subject === undefined ? (model?.subject ?? parseNameText('')) : parseNameText(wish.subject)
  const extensions = [...(model?.extensions ?? []), ...wishedExtensions(wish, subject)]
  requireSomeName(subject, extensions)
  const key = await generateKey(keyTypeFor(wish, model))
  const csr = writeCsr({
    subject,
    extensions,
    signer: openSigner(key.pkcs8),
    ...(wish.challengePassword && { challengePassword: wish.challengePassword }),
  })
  const request = { csr, source: { how: 'generated' }, ...namesIn(wish) } as const
  return { csr, outcomes: await submit(store, request, { key: keptKey(key, wish, ambient), wish, ambient }) }
}

/** What a wish says of the request besides its bytes. */
export const namesIn = ({ name, tags, profile, authority, requestedBy }: RequestNames): RequestNames => ({
  ...(name !== undefined && { name }),
  ...(tags && { tags }),
  ...(profile !== undefined && { profile }),
  ...(authority !== undefined && { authority }),
  ...(requestedBy !== undefined && { requestedBy }),
})

type RequestNames = Pick<RequestWish, 'name' | 'tags' | 'profile' | 'authority' | 'requestedBy'>

/** Hands the request over: with its key, or after the key is safe in a file. */
async function submit(
  store: Store,
  request: NewRequest,
  { key, wish, ambient }: { readonly key: NewKey; readonly wish: RequestWish; readonly ambient: Ambient },
): Promise<readonly Outcome[]> {
  const { keyOut: path, dryRun = false } = wish
  if (path === undefined) return store.submit({ ...request, key }, { dryRun })
  if (dryRun) return store.submit(request, { dryRun })
  return withKeyFile(key, { path, ambient }, () => store.submit(request))
}

/** A curve or size that certman would not make is not repeated by something else in silence. */
function keyTypeFor({ keyType }: RequestWish, model: Model | undefined): KeyType {
  if (keyType !== undefined) return parseKeyType(keyType)
  if (!model) return 'ec-p256'
  const same = keyTypeOf(model.publicKey)
  if (same) return same
  const { type, size, curve } = model.publicKey
  throw new CertmanError(
    'input.invalid',
    `certman makes no key like that one: ${type} ${curve ?? size ?? ''}`.trim(),
    { field: 'keyType', hint: 'choose another with --key-type' },
  )
}

/** What the wish says itself is not taken from the model. */
function replaced(wish: RequestWish): readonly string[] {
  const kept: string[] = []
  if (!wish.subjectAltName) kept.push(SUBJECT_ALT_NAME)
  if (!wish.keyUsage) kept.push(KEY_USAGE)
  if (!wish.extendedKeyUsage) kept.push(EXTENDED_KEY_USAGE)
  return kept
}

async function modelOf(store: Store, like: Reference, oids: readonly string[]): Promise<Model> {
  const { id, ...row } = await store.resolve(like)
  const publicKey = row['publicKey'] as unknown as PublicKeyFacts
  if (like.kind === 'certificate')
    return { ...repeatCertificate((await store.certificate(id)).der, oids), publicKey }
  if (like.kind === 'request') return { ...repeatCsr((await store.request(id)).der, oids), publicKey }
  throw new CertmanError(
    'input.invalid',
    `a request can be like a certificate or a request, not like a ${like.kind}`,
  )
}

function wishedExtensions(wish: RequestWish, subject: Uint8Array): Uint8Array[] {
  const names = wish.subjectAltName?.map(parseGeneralName) ?? []
  const extensions: Uint8Array[] = []
  // RFC 5280 section 4.2.1.6: critical when there is no subject
  if (names.length > 0) extensions.push(subjectAltName(names, isEmptyName(subject)))
  if (wish.keyUsage?.length) extensions.push(keyUsage(wish.keyUsage.map(parseKeyUsage)))
  if (wish.extendedKeyUsage?.length) extensions.push(extendedKeyUsage(wish.extendedKeyUsage))
  return extensions
}

function parseKeyUsage(text: string): KeyUsage {
  const found = keyUsageOf(text)
  if (found) return found
  throw new CertmanError('input.invalid', `no key usage is called ${JSON.stringify(text)}`, {
    field: 'keyUsage',
    hint: `take some of ${KEY_USAGES.join(', ')}`,
  })
}

const isEmptyName = (der: Uint8Array): boolean => der.length === 2

function requireSomeName(subject: Uint8Array, extensions: readonly Uint8Array[]): void {
  if (!isEmptyName(subject) || extensions.length > 0) return
  throw new CertmanError('input.invalid', 'a request needs a subject or an alternative name', {
    field: 'subject',
    hint: 'give --subject CN=NAME or --san dns:NAME',
  })
}

function keptKey({ pkcs8, spki }: GeneratedKey, wish: RequestWish, ambient: Ambient): NewKey {
  const { keyPassword, exportable, dryRun } = wish
  return {
    spki,
    source: { how: 'generated' },
    ...(exportable === false && { exportable }),
    ...keyAtRest(pkcs8, { password: keyPassword, dryRun, random: ambient.random }),
  }
}
