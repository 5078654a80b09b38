import { CertmanError } from '../base/errors.ts'
import { describeCsr } from '../x509/csr.ts'
import { describePublicKey } from '../x509/public-key.ts'
import { knownFacts } from '../x509/known-facts.ts'
import type { NewRequest } from './authority-orders.ts'
import type { Sight } from './sight.ts'
import type { ImportBatch, NewCertificate, Outcome } from './store.ts'

/**
 * A batch as a user who sees a part of the store may import it. A store joins a certificate to the private key that it
 * holds, and teaches a certificate that it has a name and tags: neither may show what is not the user's. Hidden
 * certificates that come along as issuers are left out, because they are there.
 *
 * @throws {CertmanError} `state.refused` for a hidden certificate that is to be called something, and for a certificate or
 *   request whose private key is in the store, hidden, and not in the batch
 */
export async function ownBatch(sight: Sight, batch: ImportBatch): Promise<ImportBatch> {
  const brought = new Set(batch.keys.map(({ spki }) => describePublicKey(spki).spkiHash))
  const certificates: NewCertificate[] = []
  for (const certificate of batch.certificates) {
    const isHidden = await isHiddenCertificate(sight, certificate.der)
    if (isHidden && teaches(certificate)) throw refused('certificate')
    if (!isHidden) certificates.push(certificate)
  }
  await requireOwnKeys(
    sight,
    certificates.map(({ der }) => der),
    brought,
  )
  for (const { der } of batch.requests ?? [])
    await requireOwnKey(sight, describeCsr(der).publicKey.spkiHash, brought)
  return { ...batch, certificates }
}

/**
 * What a user who is confined to collections brings has to be there for that user afterwards: each certificate that comes
 * with its private key or is called something, else the first. Issuers that come along may fit no collection.
 *
 * @param outcomes of a rehearsal
 * @throws {CertmanError} `claim.missing` naming the first that would not be seen
 */
export async function requireInSight(
  sight: Sight,
  { certificates, keys }: ImportBatch,
  outcomes: readonly Outcome[],
): Promise<void> {
  const brought = new Set(keys.map(({ spki }) => describePublicKey(spki).spkiHash))
  const isOwn = ({ der, name }: NewCertificate): boolean =>
    name !== undefined || brought.has(knownFacts(der).publicKey.spkiHash)
  const own = certificates.filter(isOwn)
  for (const { der } of own.length > 0 ? own : certificates.slice(0, 1)) {
    const { fingerprint, subject } = knownFacts(der)
    const row = outcomes.find((each) => each.row['fingerprint'] === fingerprint)?.row
    if (row && !(await sight.sees('certificate', row))) throw outOfSight(subject)
  }
}

const outOfSight = (subject: string): CertmanError =>
  new CertmanError(
    'claim.missing',
    `the certificate ${JSON.stringify(subject)} would be out of the sight of this user`,
    { hint: 'a user of collections imports what fits one of them' },
  )

/**
 * Certificates that would become the user's must not bring a hidden private key with them: anybody can make a certificate
 * for a public key.
 *
 * @param brought SHA-256 of public keys whose private keys come along
 * @throws {CertmanError} `state.refused`
 */
export async function requireOwnKeys(
  sight: Sight,
  ders: readonly Uint8Array[],
  brought: ReadonlySet<string> = new Set(),
): Promise<void> {
  for (const der of ders)
    if (!(await isHiddenCertificate(sight, der)))
      await requireOwnKey(sight, knownFacts(der).publicKey.spkiHash, brought)
}

/**
 * A request that would become the user's: not one that somebody else made, and not for a hidden private key.
 *
 * @throws {CertmanError} `state.refused`; `der.malformed`
 */
export async function requireOwnRequest(sight: Sight, { csr, key }: NewRequest): Promise<void> {
  const { fingerprint, publicKey } = describeCsr(csr)
  if (await sight.hides('request', 'fingerprint', fingerprint)) throw askedBefore()
  const brought = key ? [describePublicKey(key.spki).spkiHash] : []
  await requireOwnKey(sight, publicKey.spkiHash, new Set(brought))
}

/** A CSR that is there already is told to those only who may see its request. */
export const askedBefore = (): CertmanError =>
  new CertmanError('state.refused', 'somebody else asked with the same CSR before', {
    hint: 'make a CSR of your own, with a key of its own',
  })

/** A private key of hidden records as well is not one user's to delete. @throws {CertmanError} `state.refused` */
export async function requireUnshared(sight: Sight, keyId: string): Promise<void> {
  for (const kind of ['certificate', 'request'] as const)
    if (await sight.hides(kind, 'keyId', keyId))
      throw new CertmanError(
        'state.refused',
        `there are others that have the private key ${keyId.slice(0, 16)}`,
        { hint: 'delete the certificate alone' },
      )
}

async function requireOwnKey(sight: Sight, spkiHash: string, brought: ReadonlySet<string>): Promise<void> {
  if (!brought.has(spkiHash) && (await sight.hides('key', 'id', spkiHash))) throw refused('private key')
}

const isHiddenCertificate = (sight: Sight, der: Uint8Array): Promise<boolean> =>
  sight.hides('certificate', 'fingerprint', knownFacts(der).fingerprint)

/** Whether the record of a certificate that is there would change. */
const teaches = ({ name, tags, exportable }: NewCertificate): boolean =>
  name !== undefined || (tags !== undefined && tags.length > 0) || exportable === false

const refused = (what: string): CertmanError =>
  new CertmanError('state.refused', `the store has this ${what} already, out of the sight of this user`, {
    hint: 'ask whoever runs the server',
  })
