import { CertmanError } from '../base/errors.ts'
import { certificateState, type CertificateRecord } from '../domain/records.ts'
import type { Reading, StoredRecord } from '../repository/repository.ts'
import { certificateExtensions, describeCertificate } from '../x509/certificate.ts'
import { chooseIssuer, isSelfSigned, MAX_CHAIN } from './issuers.ts'
import type { StoredCertificate } from './store.ts'

/** A stored record as the certificate that it is; facts come from the bytes, never from the index. */
export function openCertificate(stored: StoredRecord, now: Date): StoredCertificate {
  if (!stored.pem) throw new CertmanError('store.damaged', `certificate ${stored.id} has no bytes`)
  const { der } = stored.pem
  const facts = describeCertificate(der)
  const fields = stored.fields as unknown as Partial<Omit<CertificateRecord, 'id'>>
  // a file that was put into the folder by hand may lack the fields that certman always writes
  const record = { tags: [], exportable: true, importedAt: facts.notBefore, ...fields, id: stored.id }
  return {
    record,
    facts,
    extensions: certificateExtensions(der),
    state: certificateState(record, facts, now),
    revision: stored.revision,
    der,
  }
}

/** Issuers that the store holds, the nearest first; stops at a self-signed certificate or where one is missing. */
export async function storedIssuers(
  reading: Reading,
  leaf: StoredRecord,
  now: Date,
): Promise<readonly StoredCertificate[]> {
  const chain: StoredCertificate[] = []
  const seen = new Set<string>()
  let child = openCertificate(leaf, now)
  while (chain.length < MAX_CHAIN && !isSelfSigned(child)) {
    seen.add(child.facts.fingerprint)
    const issuer = chooseIssuer(child, await candidatesFor(reading, child, { seen, now }))
    if (!issuer) break
    chain.push(issuer)
    child = issuer
  }
  return chain
}

async function candidatesFor(
  reading: Reading,
  child: StoredCertificate,
  { seen, now }: { readonly seen: ReadonlySet<string>; readonly now: Date },
): Promise<readonly StoredCertificate[]> {
  const candidates: StoredCertificate[] = []
  for (const { id, row } of await reading.find('certificate', {
    by: 'subject',
    subject: child.facts.issuer,
  })) {
    if (seen.has(String(row['fingerprint']))) continue
    const stored = await reading.read('certificate', id)
    if (stored) candidates.push(openCertificate(stored, now))
  }
  return candidates
}
