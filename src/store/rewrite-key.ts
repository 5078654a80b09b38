import { CertmanError } from '../base/errors.ts'
import { fieldIs } from '../domain/filter.ts'
import type { IndexedRecord, Reading, WriteTransaction } from '../repository/repository.ts'
import { alreadySo, changeRecord } from './change-record.ts'
import { joinAuthorities } from './join-keys.ts'
import type { KeptKey, NewKey, Outcome } from './store.ts'

const ACTION = 'password'

/** The block of a key's file. */
export const keyPem = ({ pkcs8, encrypted }: Pick<NewKey, 'pkcs8' | 'encrypted'>) =>
  pkcs8.use((der) => ({ label: encrypted ? 'ENCRYPTED PRIVATE KEY' : 'PRIVATE KEY', der }))

/**
 * Writes a private key of the store anew, under another password or under none. None where there is none is "unchanged".
 * An authority that came without it has it from then on.
 *
 * @returns the outcome of the key first
 * @throws {CertmanError} `policy.refused` for the key of an authority without a password and without insistence
 */
export async function rewriteKey(
  tx: WriteTransaction,
  key: Pick<IndexedRecord, 'kind' | 'id' | 'row'>,
  kept: KeptKey,
): Promise<readonly Outcome[]> {
  const { id, row } = key
  const isUsable = kept.encrypted || kept.insecure === true
  const joined = isUsable ? await joinAuthorities(tx, id, ACTION) : []
  if (!kept.encrypted && row['encrypted'] === false) return [alreadySo(key), ...joined]
  if (!kept.encrypted && kept.insecure !== true) await requireNoAuthority(tx, id)
  const fields = { encrypted: kept.encrypted }
  const what = kept.encrypted ? 'password set' : 'password removed'
  return [
    await changeRecord(tx, { kind: 'key', id, fields, pem: keyPem(kept), action: ACTION, what }),
    ...joined,
  ]
}

async function requireNoAuthority(reading: Reading, keyId: string): Promise<void> {
  for await (const { row } of reading.list('authority', { filter: fieldIs('keyId', keyId), sort: [] }))
    throw new CertmanError(
      'policy.refused',
      `the key of the authority ${JSON.stringify(row['name'])} would be kept without a password`,
      { hint: 'give one with --new-password-file, or insist with --no-password --insecure' },
    )
}
