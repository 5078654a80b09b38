import { readFile } from 'node:fs/promises'
import { CertmanError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import { parseReference } from '../domain/reference.ts'
import { writePem } from '../formats/pem.ts'
import { decryptPkcs8 } from '../formats/pkcs8.ts'
import type { ClientCertificatePlace } from '../settings/remote-place.ts'
import type { SecretSource } from '../settings/secret-source.ts'
import type { Store } from '../store/store.ts'
import { exportableKeyId } from './export-key.ts'
import { openStore, type OpenRequest } from './open-store.ts'

/** The secret that the settings say where to find. @throws {CertmanError} what `readSecret` throws */
export async function secretFrom(
  source: SecretSource,
  { cwd, ambient, notice, remote }: OpenRequest,
): Promise<Secret> {
  const { readSecret } = await import('../settings/secret-source.ts')
  return readSecret(source, {
    cwd,
    env: ambient.env,
    platform: remote?.platform ?? '',
    readStdin: remote?.readStdin ?? (async () => new Uint8Array()),
    warn: (line) => notice(`warning: ${line}`),
  })
}

/** PEM of trust anchors. @throws {CertmanError} `file.not-found`, `file.not-readable`, `input.empty` */
export async function readAnchors(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT')
      throw new CertmanError('file.not-found', `the file of trusted certificates ${path} does not exist`, {
        field: 'ca-file',
      })
    throw new CertmanError('file.not-readable', `${path} cannot be read: ${cause.code}`, { cause })
  })
  if (text.includes('-----BEGIN CERTIFICATE-----') || text.includes('-----BEGIN TRUSTED CERTIFICATE-----'))
    return text
  throw new CertmanError('input.empty', `${path} holds no certificate in PEM`, {
    hint: 'convert it: certman import, then certman export --format pem',
    field: 'ca-file',
  })
}

/** Certificate chain and key, PEM, of a certificate in a certman store. */
export interface Identity {
  readonly certificates: string
  readonly key: string
}

/**
 * The client certificate that a server wants to see.
 *
 * @param wanted `for`: the store that it is for, so that no store needs itself
 * @throws {CertmanError} what opening that store throws, `key.missing`, `password.required`
 */
export async function clientIdentity(
  wanted: ClientCertificatePlace & { readonly for: string },
  request: OpenRequest,
): Promise<Identity> {
  if (wanted.store === wanted.for)
    throw new CertmanError(
      'settings.invalid',
      `the store ${JSON.stringify(wanted.for)} cannot hold the certificate that opens it`,
      { hint: 'name another store with --client-store' },
    )
  const store = await openStore({ ...request, reference: wanted.store })
  try {
    return await identityIn(store, wanted, request)
  } finally {
    await store.close()
  }
}

async function identityIn(
  store: Store,
  { ref, password }: ClientCertificatePlace,
  request: OpenRequest,
): Promise<Identity> {
  const row = await store.resolve(parseReference(ref))
  const [leaf, issuers] = [await store.certificate(row.id), await store.issuersOf(row.id)]
  const { encrypted, pkcs8 } = await store.key(await exportableKeyId(store, 'certificate', row))
  const plain = encrypted ? await opened(pkcs8, { ref, ...(password && { password }) }, request) : pkcs8
  return {
    certificates: [leaf, ...issuers].map(({ der }) => writePem('CERTIFICATE', der)).join(''),
    key: plain.use((der) => writePem('PRIVATE KEY', der)),
  }
}

async function opened(
  pkcs8: Secret,
  { ref, password }: Pick<ClientCertificatePlace, 'ref' | 'password'>,
  request: OpenRequest,
): Promise<Secret> {
  const question = `password of the key of the client certificate ${ref}:`
  const secret = await (password ? secretFrom(password, request) : request.remote?.askSecret?.(question))
  if (secret) return pkcs8.use((der) => decryptPkcs8(der, secret))
  throw new CertmanError(
    'password.required',
    `the key of the client certificate ${JSON.stringify(ref)} is encrypted`,
    { hint: 'say where its password lies: certman store add … --key-password-file F' },
  )
}
