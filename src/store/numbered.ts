import type { IndexedRecord, WriteTransaction } from '../repository/repository.ts'
import { findAll } from './find-all.ts'

/** What stands for one certificate alone (RFC 5280 section 4.1.2.2). */
export interface IssuerAndSerial {
  /** The authority of that name; its parent may have given it another one before. */
  readonly authorityId: string
  /** The subject of an authority, RFC 4514 text. */
  readonly issuer: string
  /** Lower-case hex without zeros in front. */
  readonly serialNumber: string
}

/** The certificate that an issuer gave this number, in use or in the trash. */
export async function numbered(
  tx: WriteTransaction,
  { authorityId, issuer, serialNumber }: IssuerAndSerial,
  where: 'live' | 'trash',
): Promise<IndexedRecord | undefined> {
  const found =
    where === 'live'
      ? await findAll(tx, 'certificate', { by: 'serialNumber', serialNumber })
      : await tx.trashed('certificate')
  return found.find(
    ({ row }) =>
      row['serialNumber'] === serialNumber &&
      (row['authorityId'] === authorityId || row['issuer'] === issuer),
  )
}
