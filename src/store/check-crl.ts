import { isCertmanError } from '../base/errors.ts'
import { sha256Hex } from '../crypto/digest.ts'
import { verifySignature } from '../crypto/verify.ts'
import type { AuthorityRecord } from '../domain/authority.ts'
import type { Reading } from '../repository/repository.ts'
import { certificateParts } from '../x509/certificate.ts'
import { crlParts, describeCrl, revokedEntries } from '../x509/crl.ts'
import { revokedBy } from './authority-filters.ts'
import type { Doubt } from './check-authorities.ts'
import { crlCommand } from './crl-command.ts'

/**
 * Whether the CRL beside an authority is the one that its record speaks of, lists exactly what is revoked, and still
 * holds at `now`.
 */
export async function checkCrl(
  reading: Reading,
  authority: AuthorityRecord,
  now: Date,
): Promise<readonly Doubt[]> {
  const { id, crl } = authority
  const path = `authorities/${id}.crl`
  const hint = `sign a new one: ${await crlCommand(reading, authority, { renew: true })}`
  const doubt = (code: string, message: string): Doubt => ({ code, path, message, hint })
  const der = await readCrl(reading, id)
  if (der === 'unreadable')
    return [{ ...doubt('file-unreadable', `the CRL of authority ${id} cannot be read`), hint: GIVE_BACK }]
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
  if (await isMissed(reading, authority, now)) {
    const message = `the CRL of authority ${id} ended on ${crl.nextUpdate}: who asks for one refuses every certificate`
    doubts.push({ ...doubt('crl-lapsed', message), hint: await lapsedHint(reading, authority) })
  }
  const differences = await compareEntries(reading, authority, der)
  return [...doubts, ...differences.map((message) => doubt('crl-entries', message))]
}

const GIVE_BACK = 'give back the right to read it: chmod 600, or chown where it is not yours'

const readCrl = (reading: Reading, id: string): Promise<Uint8Array | 'unreadable' | undefined> =>
  reading.readAttachment('authority', id).catch((error: unknown) => {
    if (isCertmanError(error, 'store.damaged')) return 'unreadable'
    throw error
  })

/** Whether the CRL ended and somebody needs the next one: not that of an authority that ended or was revoked itself. */
async function isMissed(
  reading: Reading,
  { crl, notAfter, certificateId }: AuthorityRecord,
  now: Date,
): Promise<boolean> {
  if (!crl || now <= new Date(crl.nextUpdate) || now > new Date(notAfter)) return false
  const [certificate] = await reading.find('certificate', { by: 'id', id: certificateId })
  return certificate?.row['revocation'] === undefined
}

async function lapsedHint(reading: Reading, authority: AuthorityRecord): Promise<string> {
  const where = authority.keyId === undefined ? ', where its private key is' : ''
  return `sign the next one${where}: ${await crlCommand(reading, authority)}`
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
  const former = new Set<string>()
  for (const { serialNumber } of authority.formerRevocations ?? [])
    if (listed.delete(serialNumber)) former.add(serialNumber)
  const thisUpdate = authority.crl!.thisUpdate
  const faults: string[] = []
  for await (const { id, row } of reading.list('certificate', {
    filter: revokedBy(authority.id),
    sort: [],
  })) {
    const serialNumber = String(row['serialNumber'])
    if (listed.delete(serialNumber) || former.has(serialNumber) || authority.crlStale === true) continue
    // what expired before the CRL may have left it
    if (String(row['notAfter']) >= thisUpdate)
      faults.push(`the CRL lacks certificate ${id}, which is revoked`)
  }
  if (authority.crlStale !== true)
    for (const serialNumber of listed) faults.push(`the CRL lists ${serialNumber}, which is not revoked`)
  return faults
}
