import { fromBase64 } from '../../src/base/bytes.ts'
import type { JsonObject } from '../../src/base/json.ts'
import type { NewRecord, Repository, WriteTransaction } from '../../src/repository/repository.ts'

/** A certificate that `openssl req -x509` made (CN=x, O=Y, P-256); its serial number has 20 octets from byte 15 on. */
const MADE_BY_OPENSSL = `
MIIBhTCCASugAwIBAgIUMWbJ7ubb6Xh1okfaBo5GcqfrLGUwCgYIKoZIzj0EAwIw
GDEKMAgGA1UEAwwBeDEKMAgGA1UECgwBWTAeFw0yNjExMjEyMDQ3MjRaFw0yNjEy
MjEyMDQ3MjRaMBgxCjAIBgNVBAMMAXgxCjAIBgNVBAoMAVkwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAARUdS001i8FF68T+Gd/DU2JrvPC4ZPMLci3z/DqaWGkDvpV
6+qvNQEO+x1C67m98MJVfZFY31QC0Ysag909inDIo1MwUTAdBgNVHQ4EFgQUEbaQ
HGKEKYpnBK51b1OoRo9EvsIwHwYDVR0jBBgwFoAUEbaQHGKEKYpnBK51b1OoRo9E
vsIwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiApVQwNbT4saKiV
jEGKFETq67x0fOWhgvKvAlEJ+3euvwIhAKK9TMFt9Trb/Ejh5/iGxtUtk9lHo/wY
cdehQj2/latv`

const SERIAL_END = 35

/** A certificate like no other: `n` stands in the last octets of its serial number (its signature is not valid). */
export function certificateDer(n: number): Uint8Array {
  const der = fromBase64(MADE_BY_OPENSSL)
  new DataView(der.buffer, der.byteOffset).setUint32(SERIAL_END - 4, n)
  return der
}

/** The record of the n-th certificate, under an id of its own. */
export const certificate = (id: string, fields: JsonObject = {}, n = Number(id)): NewRecord => ({
  kind: 'certificate',
  id,
  fields: { tags: [], exportable: true, importedAt: '2026-03-01T12:00:00Z', ...fields },
  pem: { label: 'CERTIFICATE', der: certificateDer(n) },
})

/** Puts one new certificate in; answers its id. */
export async function addCertificate(tx: WriteTransaction, fields: JsonObject = {}): Promise<string> {
  const id = await tx.nextId('certificate')
  await tx.put(certificate(id, fields), 'absent', { action: 'import', kind: 'certificate', id })
  return id
}

/** Puts `count` new certificates in, in one transaction; answers their ids. */
export const addCertificates = (
  repository: Repository,
  count: number,
  fields: JsonObject = {},
): Promise<string[]> =>
  repository.write(async (tx) => {
    const ids: string[] = []
    for (let at = 0; at < count; at++) ids.push(await addCertificate(tx, fields))
    return ids
  })

/** Removes one certificate to the trash. */
export const trashCertificate = (repository: Repository, id: string): Promise<void> =>
  repository.write((tx) => tx.remove('certificate', id, 'any', { action: 'delete', kind: 'certificate', id }))

/** Brings one back. */
export const restoreCertificate = (repository: Repository, id: string): Promise<void> =>
  repository.write((tx) => tx.restore('certificate', id, { action: 'restore', kind: 'certificate', id }))

/** Destroys one that lies in the trash. */
export const destroyCertificate = (repository: Repository, id: string): Promise<void> =>
  repository.write((tx) => tx.destroy('certificate', id, { action: 'destroy', kind: 'certificate', id }))

/** Writes an authority with bytes beside it: another version of the same one, or a new one. */
export const putAuthority = (
  repository: Repository,
  crl: { readonly number: string; readonly bytes: string },
  id = '1',
): Promise<unknown> =>
  repository.write((tx) => {
    const fields = { name: `ca${id}`, number: crl.number }
    const record = { kind: 'authority', id, fields, attachment: Buffer.from(crl.bytes) } as const
    return tx.put(record, 'any', { action: 'crl', kind: 'authority', id })
  })

/** The bytes beside an authority as text. */
export async function attachmentText(repository: Repository, id = '1'): Promise<string | null> {
  const bytes = await repository.readAttachment('authority', id)
  return bytes ? Buffer.from(bytes).toString() : null
}

/** Everything that can be seen of a repository, for comparing two states of it. */
export async function visibleState(repository: Repository): Promise<JsonObject> {
  const live: JsonObject[] = []
  for (const kind of ['certificate', 'request', 'key', 'authority', 'collection'] as const)
    for await (const { id, revision, row } of repository.list(kind, { filter: { op: 'all' }, sort: [] }))
      live.push({
        kind,
        id,
        revision,
        row,
        ...(kind === 'authority' && { crl: await attachmentText(repository, id) }),
      })
  const trash = (await repository.trashed()).map(({ kind, id, row }) => ({ kind, id, row }))
  return { live, trash: trash.sort((a, b) => Number(a.id) - Number(b.id)) }
}
