import { readFile, stat } from 'node:fs/promises'
import { CertmanError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import { sha256Hex } from '../../crypto/digest.ts'
import { parseReference } from '../../domain/reference.ts'
import { readPem, writePem } from '../../formats/pem.ts'
import { decryptPkcs8 } from '../../formats/pkcs8.ts'
import type { TlsFiles } from '../../http/serve-options.ts'
import type { Store } from '../../store/store.ts'
import { ownCertificate, type OwnCertificate } from './own-certificate.ts'

/** Where the server's certificate comes from. */
export type TlsWish =
  | { readonly from: 'own'; readonly own: OwnCertificate }
  | { readonly from: 'files'; readonly certificate: string; readonly key: string; readonly password?: Secret }
  | { readonly from: 'store'; readonly reference: string; readonly store: Store; readonly password?: Secret }

/** The server's certificate, as it is at the moment. */
export interface TlsSource {
  readonly files: () => Promise<TlsFiles>
  /** Changes when `files` would give something else. */
  readonly stamp: () => Promise<string>
}

/** @throws {CertmanError} from its methods: `file.not-found`, `key.missing`, `password.required`, `record.not-found` */
export function tlsSource(wish: TlsWish): TlsSource {
  if (wish.from === 'own') {
    const files = (): Promise<TlsFiles> => ownCertificate(wish.own)
    // asking renews it when it is time
    return { files, stamp: async () => fingerprintOf(await files()) }
  }
  if (wish.from === 'files')
    return {
      files: () => filesOf(wish),
      stamp: async () => `${await stampOf(wish.certificate)} ${await stampOf(wish.key)}`,
    }
  return { files: () => storedFiles(wish), stamp: () => storedStamp(wish) }
}

/** SHA-256 of the certificate that the server shows, for `--pin`. */
export function fingerprintOf({ certificates }: TlsFiles): string {
  const [leaf] = readPem(Buffer.from(certificates)).blocks
  return leaf ? sha256Hex(leaf.der) : ''
}

async function stampOf(file: string): Promise<string> {
  const { ino, size, mtimeMs } = await stat(file).catch((cause: unknown) => {
    throw unreadable(file, cause)
  })
  return `${ino} ${size} ${mtimeMs}`
}

const unreadable = (file: string, cause: unknown): CertmanError => {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown reason'
  return code === 'ENOENT'
    ? new CertmanError('file.not-found', `the file ${file} does not exist`, { cause })
    : new CertmanError('file.not-readable', `the file ${file} cannot be read: ${code}`, { cause })
}

const read = (file: string): Promise<Buffer> =>
  readFile(file).catch((cause: unknown) => {
    throw unreadable(file, cause)
  })

async function filesOf(wish: Extract<TlsWish, { from: 'files' }>): Promise<TlsFiles> {
  const [certificate, key] = [await read(wish.certificate), await read(wish.key)]
  const certificates = readPem(certificate)
    .blocks.filter(({ label }) => label === 'CERTIFICATE')
    .map(({ der }) => writePem('CERTIFICATE', der))
  if (certificates.length === 0)
    throw new CertmanError('input.empty', `${wish.certificate} holds no certificate in PEM`)
  const locked = readPem(key).blocks.find(({ label }) => label === 'ENCRYPTED PRIVATE KEY')
  if (!locked) return { certificates: certificates.join(''), key: key.toString('latin1') }
  return { certificates: certificates.join(''), key: unlock(locked.der, wish.password, wish.key) }
}

function unlock(der: Uint8Array, password: Secret | undefined, what: string): string {
  if (password) return decryptPkcs8(der, password).use((bytes) => writePem('PRIVATE KEY', bytes))
  throw new CertmanError('password.required', `the key of the server's certificate (${what}) is encrypted`, {
    hint: 'give its password: --tls-password-file F',
  })
}

type Stored = Extract<TlsWish, { from: 'store' }>

async function storedStamp({ store, reference }: Stored): Promise<string> {
  const { id, fingerprint } = await store.resolve(parseReference(reference))
  return `${id} ${String(fingerprint)}`
}

async function storedFiles({ store, reference, password }: Stored): Promise<TlsFiles> {
  const { id } = await store.resolve(parseReference(reference))
  const [leaf, issuers] = [await store.certificate(id), await store.issuersOf(id)]
  const { keyId } = leaf.record
  if (keyId === undefined)
    throw new CertmanError('key.missing', `the store has no private key for ${JSON.stringify(reference)}`)
  const { encrypted, pkcs8 } = await store.key(keyId)
  const key = pkcs8.use((der) =>
    encrypted ? unlock(der, password, reference) : writePem('PRIVATE KEY', der),
  )
  // the root is in the hands of whoever trusts it
  const sent = issuers.filter(({ facts }) => facts.subject !== facts.issuer)
  return { certificates: [leaf, ...sent].map(({ der }) => writePem('CERTIFICATE', der)).join(''), key }
}
