import { CertmanError } from '../base/errors.ts'
import type { RecordKind } from '../domain/records.ts'
import { fileHint, hexDigits, isFileName, type Reference } from '../domain/reference.ts'
import type { IndexedRecord, LookUp, Reading } from '../repository/repository.ts'

const asTyped = (reference: Reference): string =>
  reference.by === 'serial' ? `serial:${reference.serialNumber}` : reference.text

/** What to try of what is no id, in this order; the first look-up that finds anything decides. */
function lookUps(reference: Reference): readonly LookUp[] {
  if (reference.by === 'serial') return [{ by: 'serialNumber', serialNumber: reference.serialNumber }]
  const named: LookUp = { by: 'name', name: reference.text }
  const hex = hexDigits(reference.text)
  return hex === undefined ? [named] : [named, { by: 'hex', prefix: hex }]
}

/** `3 "web" (CN=web.example)`: how a candidate is told from the others. */
function describeCandidate({ id, row }: Pick<IndexedRecord, 'id' | 'row'>): string {
  const name = typeof row['name'] === 'string' ? ` ${JSON.stringify(row['name'])}` : ''
  const subject = typeof row['subject'] === 'string' ? ` (${JSON.stringify(row['subject'])})` : ''
  return `${id}${name}${subject}`
}

/**
 * The one record that a reference names: an id, else the name of a current certificate, else a prefix (8 digits or
 * more) of a thumbprint, fingerprint or key id, where superseded certificates count too.
 *
 * @throws {CertmanError} `record.not-found`; `reference.ambiguous`, whose message lists the candidates
 */
export async function resolveReference(reading: Reading, reference: Reference): Promise<IndexedRecord> {
  if (reference.by === 'text') {
    const [found] = await reading.find(reference.kind, { by: 'id', id: reference.text })
    if (found) return found
  }
  for (const lookUp of lookUps(reference)) {
    const found = await reading.find(reference.kind, lookUp)
    if (found.length > 1) throw ambiguous(reference, found)
    if (found[0]) return found[0]
  }
  const message = `no ${reference.kind} ${JSON.stringify(asTyped(reference))}`
  throw new CertmanError('record.not-found', message, { hint: await hintFor(reading, reference) })
}

/** What was meant, where it is there as something else: the request of a name, the certificate of a serial number. */
async function hintFor(reading: Reading, reference: Reference): Promise<string> {
  const { kind } = reference
  const text = kind === 'certificate' && reference.by === 'text' ? reference.text : ''
  const [request] = text === '' ? [] : await reading.find('request', { by: 'name', name: text })
  if (request) return `a request is called so: requests/${request.id}`
  const serialNumber = text.toLowerCase().replace(/^0+/, '')
  const isSerial = /^[0-9a-f]{1,40}$/.test(serialNumber)
  const [numbered] = isSerial ? await reading.find('certificate', { by: 'serialNumber', serialNumber }) : []
  if (numbered) return `a certificate has this serial number: serial:${serialNumber}`
  if (reference.by === 'text' && isFileName(reference.text)) return fileHint(reference.text, kind)
  return `see what is there: certman ${LISTINGS[kind]}`
}

const LISTINGS: Readonly<Record<RecordKind, string>> = {
  certificate: 'list --all',
  request: 'list requests',
  key: 'list keys',
  authority: 'list authorities',
  collection: 'list collections',
  profile: 'ca profile list',
}

/** The refusal of a reference that fits several records. */
export function ambiguous(
  reference: Reference,
  candidates: readonly Pick<IndexedRecord, 'id' | 'row'>[],
): CertmanError {
  const listed = candidates.slice(0, 10).map(describeCandidate)
  const more = candidates.length > listed.length ? ', …' : ''
  return new CertmanError(
    'reference.ambiguous',
    `${JSON.stringify(asTyped(reference))} fits several ${reference.kind} records: ${listed.join(', ')}${more}`,
  )
}
