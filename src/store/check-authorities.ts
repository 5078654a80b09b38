import { append } from '../base/lists.ts'
import type { AuthorityRecord } from '../domain/authority.ts'
import { EVERYTHING } from '../domain/filter.ts'
import type { CertificateRecord, RequestRecord, Revocation } from '../domain/records.ts'
import { isRevokedForGood } from '../domain/revocation.ts'
import { REVOCATION_REASONS } from '../domain/revocation-reason.ts'
import type { Finding, Reading } from '../repository/repository.ts'
import { allAuthorities } from './authority-records.ts'
import { checkCrl } from './check-crl.ts'

/** A finding whose path is one inside the store: `authorities/1.json`, `certificates/3`. */
export type Doubt = Finding

/** What the certificates say of themselves, as far as others speak of it. */
interface Link {
  readonly requestId: string | undefined
  /** Revoked for good, not on hold. */
  readonly isRevoked: boolean
}

const BACKUP = 'bring the file back from a backup; certman itself never writes this'

/**
 * Verifies what records say of each other: authorities have their certificate, key and CRL; no serial number was used
 * twice; requests and their certificates name each other. A CRL that ended before `now` is a doubt, too.
 */
export async function checkAuthorities(reading: Reading, now: Date): Promise<readonly Doubt[]> {
  const authorities = await allAuthorities(reading)
  const requests = await reading.count('request', EVERYTHING)
  if (authorities.length === 0 && requests === 0) return []
  const checker = new LinkChecker(reading, authorities, now)
  for (const authority of authorities) await checker.authority(authority)
  await checker.certificates()
  await checker.requests()
  return checker.doubts
}

class LinkChecker {
  readonly doubts: Doubt[] = []
  readonly #reading: Reading
  readonly #now: Date
  readonly #serials: ReadonlyMap<string, Map<string, string>>
  /** Certificates that answer a request. */
  readonly #links = new Map<string, Link>()

  constructor(reading: Reading, authorities: readonly AuthorityRecord[], now: Date) {
    this.#reading = reading
    this.#now = now
    this.#serials = new Map(authorities.map(({ id }) => [id, new Map<string, string>()]))
  }

  async authority(authority: AuthorityRecord): Promise<void> {
    const { id, certificateId, keyId, subject } = authority
    const path = `authorities/${id}.json`
    const [certificate] = await this.#reading.find('certificate', { by: 'id', id: certificateId })
    if (!certificate)
      this.#add(
        'authority-certificate',
        path,
        `authority ${id} names certificate ${certificateId}, which is not there`,
      )
    else if (certificate.row['subject'] !== subject)
      this.#add('authority-certificate', path, `authority ${id} and its certificate have different subjects`)
    if (keyId !== undefined && (await this.#reading.find('key', { by: 'id', id: keyId })).length === 0)
      this.#add('authority-key', path, `authority ${id} names the private key ${keyId}, which is not there`)
    append(this.doubts, await checkCrl(this.#reading, authority, this.#now))
  }

  async certificates(): Promise<void> {
    for await (const { id, row } of this.#reading.list('certificate', EVERYTHING)) {
      const record = row as unknown as CertificateRecord
      const { requestId, authorityId, revocation } = record
      const isRevoked = isRevokedForGood(record)
      if (requestId !== undefined) this.#links.set(id, { requestId, isRevoked })
      if (authorityId !== undefined) this.#serial(id, authorityId, String(row['serialNumber']))
      if (revocation !== undefined) this.#revocation(id, revocation)
    }
  }

  /** What a CRL could not say: no date (RFC 5280 section 5.1.2.6), or a reason that there is not (section 5.3.1). */
  #revocation(id: string, revocation: Partial<Revocation> | null): void {
    const { date, recordedAt = date, reason } = revocation ?? {}
    const isDated = [date, recordedAt].every((text) => !Number.isNaN(Date.parse(String(text))))
    const fault = isDated
      ? REVOCATION_REASONS.some(([name]) => name === reason)
        ? undefined
        : 'for no known reason'
      : 'without a date'
    if (fault !== undefined)
      this.#add('revocation', `certificates/${id}`, `certificate ${id} is revoked ${fault}`)
  }

  #serial(id: string, authorityId: string, serialNumber: string): void {
    const used = this.#serials.get(authorityId)
    if (!used)
      return this.#add('authority-missing', `certificates/${id}`, `there is no authority ${authorityId}`)
    const twin = used.get(serialNumber)
    if (twin === undefined) used.set(serialNumber, id)
    else
      this.#add(
        'serial-twice',
        `certificates/${id}`,
        `certificates ${twin} and ${id} of authority ${authorityId} have the serial number ${serialNumber}`,
      )
  }

  async requests(): Promise<void> {
    const outstanding = new Set<string>()
    for await (const { id, row } of this.#reading.list('request', EVERYTHING)) {
      const request = { ...(row as unknown as RequestRecord), id }
      if (request.certificateId === undefined) outstanding.add(id)
      this.#request(request)
    }
    for (const [id, { requestId }] of this.#links)
      if (requestId !== undefined && outstanding.has(requestId))
        this.#add(
          'request-link',
          `certificates/${id}`,
          `request ${requestId} knows nothing of certificate ${id}`,
        )
  }

  #request({ id, state, certificateId }: RequestRecord): void {
    const path = `requests/${id}`
    const isAnswered = state === 'issued' || state === 'revoked'
    if (isAnswered !== (certificateId !== undefined))
      return this.#add(
        'request-state',
        path,
        `request ${id} is ${state}${isAnswered ? ' without' : ' with'} a certificate`,
      )
    // a certificate that was deleted says nothing any more
    const link = certificateId === undefined ? undefined : this.#links.get(certificateId)
    if (!link) return
    if (link.requestId !== id)
      this.#add(
        'request-link',
        path,
        `request ${id} names certificate ${certificateId}, which answers request ${link.requestId}`,
      )
    if (link.isRevoked !== (state === 'revoked'))
      this.#add(
        'request-state',
        path,
        `request ${id} is ${state}, its certificate is ${link.isRevoked ? '' : 'not '}revoked`,
      )
  }

  #add(code: string, path: string, message: string): void {
    this.doubts.push({ code, path, message, hint: BACKUP })
  }
}
