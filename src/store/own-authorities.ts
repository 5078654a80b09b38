import type { JsonObject } from '../base/json.ts'
import type { AuthorityRecord, FormerRevocation } from '../domain/authority.ts'
import type { CertificateFacts } from '../domain/facts.ts'
import type { Reading } from '../repository/repository.ts'
import { certificateParts } from '../x509/certificate.ts'
import { allAuthorities } from './authority-records.ts'
import { isSignedBy } from './signed-by.ts'

interface OwnAuthority {
  readonly id: string
  readonly spki: Uint8Array
  readonly revoked: ReadonlyMap<string, FormerRevocation>
}

/** The authorities of a store, as certificates that come in are held against them; read when the first one asks. */
export class OwnAuthorities {
  readonly #reading: Reading
  readonly #now: Date
  #bySubject: Map<string, OwnAuthority[]> | undefined

  constructor(reading: Reading, now: Date) {
    this.#reading = reading
    this.#now = now
  }

  /**
   * What the record of a certificate has to say when an authority of the store signed it: whose it is, and that it is
   * revoked where its serial number was, while its record was missing. The authority goes on remembering the number.
   *
   * @returns no fields for a certificate of somebody else, or one that signed itself
   */
  async claim(der: Uint8Array, { subject, issuer, serialNumber }: CertificateFacts): Promise<JsonObject> {
    this.#bySubject ??= await this.#read()
    if (subject === issuer) return {}
    const own = this.#bySubject.get(issuer)?.find(({ spki }) => isSignedBy(der, spki))
    if (!own) return {}
    const revocation = own.revoked.get(serialNumber)
    return { authorityId: own.id, ...(revocation && { revocation: recorded(revocation, this.#now) }) }
  }

  async #read(): Promise<Map<string, OwnAuthority[]>> {
    const bySubject = new Map<string, OwnAuthority[]>()
    for (const record of await allAuthorities(this.#reading)) {
      const spki = await this.#spkiOf(record)
      if (!spki) continue
      const { id, subject, formerRevocations = [] } = record
      const revoked = new Map(formerRevocations.map((entry) => [entry.serialNumber, entry]))
      bySubject.set(subject, [...(bySubject.get(subject) ?? []), { id, spki, revoked }])
    }
    return bySubject
  }

  async #spkiOf({ certificateId }: AuthorityRecord): Promise<Uint8Array | undefined> {
    const stored = await this.#reading.read('certificate', certificateId)
    return stored?.pem && certificateParts(stored.pem.der).spki
  }
}

/** An entry of a CRL as the record of its certificate has it. */
export const recorded = (
  { revocationDate, reason, invalidityDate }: FormerRevocation,
  now: Date,
): JsonObject => ({
  date: revocationDate,
  reason: reason ?? 'unspecified',
  ...(invalidityDate !== null && { invalidityDate }),
  recordedAt: now.toISOString(),
})
