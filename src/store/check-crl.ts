import { sha256Hex } from '../crypto/digest.ts'
import { verifySignature } from '../crypto/verify.ts'
import type { AuthorityRecord } from '../domain/authority.ts'
import type { Reading } from '../repository/repository.ts'
import { certificateParts } from '../x509/certificate.ts'
import { crlParts, describeCrl, revokedEntries } from '../x509/crl.ts'
import { revokedBy } from './authority-filters.ts'
import type { Doubt } from './check-authorities.ts'

const CRL_HINT = (name: string): string =>
  `sign a new one: certman ca crl ${name} --renew --password-file FILE`

/** Whether the CRL beside an authority is the one that its record speaks of, and lists exactly what is revoked. */
export async function checkCrl(reading: Reading, authority: AuthorityRecord): Promise<readonly Doubt[]> {
  const { id, name, crl } = authority
  const path = `authorities/${id}.crl`
  const doubt = (code: string, message: string): Doubt => ({ code, path, message, hint: CRL_HINT(name) })
  const der = await reading.readAttachment('authority', id)
  if (!crl) return der ? [doubt('crl-unexpected', `authority ${id} knows of no CRL`)] : []
  if (!der) return [doubt('crl-missing', `the CRL of authority ${id} is missing`)]
  if (sha256Hex(der) !== crl.fingerprint)
    return [doubt('crl-altered', `this is not CRL ${crl.number} of authority ${id}`)]
  const facts = describeCrl(der)
  const doubts: Doubt[] = []
  if (facts.crlNumber !== null && facts.crlNumber !== crl.number)
    doubts.push(
      doubt('crl-number', `the CRL has number ${facts.crlNumber}, authority ${id} says ${crl.number}`),
    )
  if (!(await isSigned(reading, authority, der)))
    doubts.push(doubt('crl-signature', `the CRL is not signed by the key of authority ${id}`))
  const differences = await compareEntries(reading, authority, der)
  return [...doubts, ...differences.map((message) => doubt('crl-entries', message))]
}

async function isSigned(reading: Reading, authority: AuthorityRecord, der: Uint8Array): Promise<boolean> {
  const certificate = await reading.read('certificate', authority.certificateId)
  // that it is missing is another doubt
  if (!certificate?.pem) return true
  const { spki } = certificateParts(certificate.pem.der)
  const { tbs, signatureAlgorithm, signature } = crlParts(der)
  return verifySignature({ algorithm: signatureAlgorithm, signed: tbs, signature, spki }) !== 'invalid'
}

async function compareEntries(
  reading: Reading,
  authority: AuthorityRecord,
  der: Uint8Array,
): Promise<readonly string[]> {
  const listed = new Set<string>()
  for (const { serialNumber } of revokedEntries(der)) listed.add(serialNumber)
  for (const { serialNumber } of authority.formerRevocations ?? []) listed.delete(serialNumber)
  const thisUpdate = authority.crl!.thisUpdate
  const faults: string[] = []
  for await (const { id, row } of reading.list('certificate', {
    filter: revokedBy(authority.id),
    sort: [],
  })) {
    if (listed.delete(String(row['serialNumber'])) || authority.crlStale === true) continue
    // what expired before the CRL may have left it
    if (String(row['notAfter']) >= thisUpdate)
      faults.push(`the CRL lacks certificate ${id}, which is revoked`)
  }
  if (authority.crlStale !== true)
    for (const serialNumber of listed) faults.push(`the CRL lists ${serialNumber}, which is not revoked`)
  return faults
}
