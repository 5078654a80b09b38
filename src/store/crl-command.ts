import { commandOn } from '../base/text.ts'
import type { AuthorityRecord } from '../domain/authority.ts'
import type { Reading } from '../repository/repository.ts'

/**
 * The command line that signs the CRL of an authority, to be copied from a hint. The flag for the password stands in
 * it only where the key has one, or is not here to tell.
 *
 * @param renew also where the CRL that is there still holds
 */
export async function crlCommand(
  reading: Pick<Reading, 'find'>,
  { name, keyId }: Pick<AuthorityRecord, 'name' | 'keyId'>,
  { renew = false }: { readonly renew?: boolean } = {},
): Promise<string> {
  const [key] = keyId === undefined ? [] : await reading.find('key', { by: 'id', id: keyId })
  const password = key?.row['encrypted'] === false ? [] : ['--password-file FILE']
  return commandOn('ca crl', name, [...(renew ? ['--renew'] : []), ...password].join(' '))
}
