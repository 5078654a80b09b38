import { Secret } from '../base/secret.ts'
import { writePkcs12 } from '../formats/pkcs12/write.ts'
import type { ExportPart, ExportSecrets } from './encode-export.ts'
import type { ExportRequest } from './export-records.ts'
import { CountedNames } from './file-name.ts'

/**
 * A PKCS#12 file: each certificate with its key and issuers; certificates without a key make a trust store.
 *
 * @throws {CertmanError} `input.invalid` for an unknown target
 */
export function encodePkcs12(
  parts: readonly ExportPart[],
  request: ExportRequest,
  { keys, password, random }: ExportSecrets,
): Uint8Array {
  const certificates = parts.filter((part) => part.kind === 'certificate')
  const names = new CountedNames()
  const entries = certificates.map(({ row, chained: { leaf, issuers }, keyId }) => {
    const key = keyId === undefined ? undefined : keys.get(keyId)
    const friendlyName = (certificates.length === 1 ? request.friendlyName : undefined) ?? nameOf(row)
    return {
      certificate: leaf.der,
      chain: issuers.map(({ der }) => der),
      ...(key && { key }),
      // of entries under one name Java finds the last
      ...(friendlyName !== undefined && { friendlyName: names.next(friendlyName) }),
    }
  })
  const target = request.target ?? 'modern'
  // given no password, Java passes over encrypted certificates and says nothing: the trust store would be empty to it
  const isOpen = password === undefined && entries.every((entry) => entry.key === undefined)
  return writePkcs12(
    {
      entries,
      password: password ?? new Secret(''),
      target,
      ...(isOpen && { protection: { encryption: 'none' } }),
    },
    random,
  )
}

/** What Windows, Java and NSS show for the entry: its friendly name, else the store's own name for it. */
export function nameOf({ friendlyName, name }: ExportPart['row']): string | undefined {
  const text = friendlyName ?? name
  return typeof text === 'string' && text !== '' ? text : undefined
}
