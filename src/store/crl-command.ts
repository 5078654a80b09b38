import type { AuthorityRecord } from '../domain/authority.ts'
import type { Reading } from '../repository/repository.ts'

/** Names may hold spaces and quotes; the command is there to be copied. */
const asWord = (name: string): string =>
  /^[\w.@%=,-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`

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
  const password = key?.row['encrypted'] === false ? '' : ' --password-file FILE'
  return `certman ca crl ${asWord(name)}${renew ? ' --renew' : ''}${password}`
}
