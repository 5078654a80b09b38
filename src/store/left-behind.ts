import { compare, fieldIs } from '../domain/filter.ts'
import type { CertificateFacts } from '../domain/facts.ts'
import type { Reading } from '../repository/repository.ts'
import { knownFacts } from '../x509/known-facts.ts'

/** A CA certificate that another one of the same key follows. */
interface Replaced {
  readonly authorityId: string
  readonly certificateId: string
  readonly der: Uint8Array
  readonly next: Uint8Array
}

/** Whether all that was issued finds its issuer in the new certificate, too; else what to do. */
export async function leftBehindNotes(
  reading: Pick<Reading, 'list'>,
  replaced: Replaced,
  now: Date,
): Promise<readonly string[]> {
  const [before, after] = [replaced.der, replaced.next].map((der) => knownFacts(der).subjectKeyIdentifier)
  if (before === after || before === null || after === null) return namedBySerialNote(reading, replaced, now)
  return [
    `the new certificate has another key identifier than the last one, by which what was issued before finds its issuer: keep certificate ${replaced.certificateId} in use beside the new one until that is renewed`,
  ]
}

/**
 * Says how many certificates name their issuer's certificate by its serial number (RFC 5280 section 4.2.1.1), as those of
 * easy-rsa do: OpenSSL takes no other certificate for their issuer, though name and key are the same.
 */
async function namedBySerialNote(
  reading: Pick<Reading, 'list'>,
  { authorityId, certificateId, der }: Replaced,
  now: Date,
): Promise<readonly string[]> {
  const { serialNumber } = knownFacts(der)
  const today = { type: 'instant', value: now.toISOString() } as const
  // what was issued here names the key alone
  const terms = [
    fieldIs('authorityId', authorityId),
    fieldIs('source.how', 'imported'),
    compare('notAfter', '>=', today),
  ]
  let count = 0
  for await (const { row } of reading.list('certificate', { filter: { op: 'and', terms }, sort: [] })) {
    const { authorityKeyIdentifier } = row as unknown as Pick<CertificateFacts, 'authorityKeyIdentifier'>
    if (authorityKeyIdentifier?.serialNumber === serialNumber) count++
  }
  if (count === 0) return []
  const who = count === 1 ? 'one certificate names' : `${count} certificates name`
  return [
    `${who} the last certificate of the authority by its serial number, and OpenSSL takes no other for the issuer: keep certificate ${certificateId} in use beside the new one until they are renewed`,
  ]
}
