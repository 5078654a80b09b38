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

/** Whether all that was issued finds its issuer in the new certificate, too, and holds no longer; else what to do. */
export async function leftBehindNotes(
  reading: Pick<Reading, 'list' | 'count'>,
  replaced: Replaced,
  now: Date,
): Promise<readonly string[]> {
  const issuers = await issuerNotes(reading, replaced, now)
  return [...(await earlierEndNote(reading, replaced)), ...issuers]
}

/** Says that the new certificate ends before the last one, and how many certificates then hold longer than their authority. */
async function earlierEndNote(
  reading: Pick<Reading, 'count'>,
  { authorityId, certificateId, der, next }: Replaced,
): Promise<readonly string[]> {
  const [before, after] = [der, next].map((each) => knownFacts(each).notAfter) as [string, string]
  if (after >= before) return []
  const terms = [
    fieldIs('authorityId', authorityId),
    fieldIs('state', 'valid'),
    compare('notAfter', '>', { type: 'instant', value: after }),
  ]
  const count = await reading.count('certificate', { filter: { op: 'and', terms } })
  const earlier = `the new certificate ends at ${after}, before the last one, ${before}`
  if (count === 0) return [earlier]
  const [who, they] = count === 1 ? ['one certificate', 'it is'] : [`${count} certificates`, 'they are']
  return [
    `${earlier}, and ${who} of the authority would outlive it: keep certificate ${certificateId} in use beside the new one until ${they} renewed`,
  ]
}

async function issuerNotes(
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
