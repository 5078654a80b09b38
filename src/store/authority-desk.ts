import type { Ambient } from '../base/ambient.ts'
import { CertmanError, isCertmanError } from '../base/errors.ts'
import { Secret } from '../base/secret.ts'
import { crlRefusal } from '../authority/crl.ts'
import { openAuthority, type OpenAuthority } from '../authority/open-authority.ts'
import { drySigner, openSigner, type SignatureChoice, type Signer } from '../crypto/signer.ts'
import type { AuthorityRecord } from '../domain/authority.ts'
import type { KeyRecord } from '../domain/records.ts'
import { knownFacts } from '../x509/known-facts.ts'
import { decryptPkcs8 } from '../formats/pkcs8.ts'
import { isSelfSigned } from '../path/choose-issuer.ts'
import type { Reading, StoredRecord } from '../repository/repository.ts'
import { issuersOffered, openCertificate, storedIssuers } from './open-certificate.ts'
import { requireUnrevoked, requireUnrevokedAbove } from './require-unrevoked.ts'
import type { StoredCertificate } from './store.ts'

/** An authority ready to sign. */
export interface SigningAuthority {
  readonly record: AuthorityRecord
  readonly open: OpenAuthority
  readonly signer: Signer
  /** Its certificate. */
  readonly der: Uint8Array
  /** That certificate and those above it, but for a root. */
  readonly path: readonly StoredCertificate[]
}

/** The password of its key, where it has one, and the moment. */
export interface Opening {
  readonly password?: Secret | undefined
  readonly now: Date
}

/** What signing works with: open authorities, clock, randomness. */
export interface SigningTools {
  readonly desk: AuthorityDesk
  readonly ambient: Ambient
}

interface OpenedKey {
  readonly signer: Signer
  /** Of its record: another process may have put it under another password, or deleted it. */
  readonly revision: string
  readonly password: Secret | undefined
}

interface OpenedCertificate {
  readonly open: OpenAuthority
  readonly der: Uint8Array
  /** Those of its path whose issuers were looked for. */
  readonly path: readonly StoredCertificate[]
}

/** With what the store offered as issuers when the path was chosen. */
interface KnownCertificate extends OpenedCertificate {
  readonly offered: string
}

/**
 * Opens authorities and keeps them open as long as the store: 600,000 rounds of PBKDF2 and the reading of a chain
 * are done once for any number of signatures. A key that is open still asks for its password.
 */
export class AuthorityDesk {
  readonly #keys = new Map<string, OpenedKey>()
  readonly #certificates = new Map<string, KnownCertificate>()
  readonly #isDry: boolean

  /** @param dry for rehearsals: keys are opened, and then sign with zeros */
  constructor({ dry = false }: { readonly dry?: boolean } = {}) {
    this.#isDry = dry
  }

  /**
   * Opens an authority for its CRLs, which go on whatever became of its certificate.
   *
   * @throws {CertmanError} `key.missing` when the key is elsewhere, `password.required`, `password.wrong`
   */
  async open(
    reading: Reading,
    record: AuthorityRecord,
    { password, now }: Opening,
  ): Promise<SigningAuthority> {
    const real = await this.#signer(reading, record, password)
    const signer = this.#isDry ? drySigner(real) : real
    const { open, der, path } = await this.#certificate(reading, record, { signer, now })
    const { enabled, name, crlUrls = [], aiaUrls = [], ocspUrls = [] } = record
    const urls = { crlUrls, aiaUrls, ocspUrls }
    return { record, signer, der, path, open: { ...open, name, enabled, urls } }
  }

  /** Opens an authority for certificates. @throws {CertmanError} the same; `state.refused` when it, or one above it, is revoked */
  async openToIssue(reading: Reading, record: AuthorityRecord, by: Opening): Promise<SigningAuthority> {
    await requireUnrevoked(reading, record)
    const opened = await this.open(reading, record, by)
    requireUnrevokedAbove(record.name, opened.path)
    return opened
  }

  /**
   * What `open` gives, or why not: for a CRL, which can wait for a key, and which some may never sign (`policy.refused`).
   *
   * @throws {CertmanError} `password.wrong`
   */
  async openForCrl(
    reading: Reading,
    record: AuthorityRecord,
    by: Opening,
  ): Promise<SigningAuthority | CertmanError> {
    try {
      const opened = await this.open(reading, record, by)
      return crlRefusal(opened.open) ?? opened
    } catch (error) {
      if (!isCertmanError(error, 'key.missing') && !isCertmanError(error, 'password.required')) throw error
      const certificate = await reading.read('certificate', record.certificateId)
      const facts = certificate?.pem && knownFacts(certificate.pem.der)
      return (facts && crlRefusal({ name: record.name, facts })) ?? error
    }
  }

  /** The key of an authority itself, also in a rehearsal: a request is signed to be checked. */
  realSigner(reading: Reading, record: AuthorityRecord, password: Secret | undefined): Promise<Signer> {
    return this.#signer(reading, record, password)
  }

  async #signer(reading: Reading, record: AuthorityRecord, password: Secret | undefined): Promise<Signer> {
    const { keyId } = record
    const [indexed] = keyId === undefined ? [] : await reading.find('key', { by: 'id', id: keyId })
    if (indexed === undefined) throw await noKey(reading, record)
    const opened = this.#keys.get(openedAs(indexed.id, record))
    // one that is open is not read again
    if (opened?.revision === indexed.revision) {
      const { signer, password: right } = opened
      if (!right || (password && isSame(right, password))) return signer
    }
    return this.#openKey(await mustRead(reading, indexed.id), record, password)
  }

  #openKey(stored: StoredRecord, record: AuthorityRecord, password: Secret | undefined): Signer {
    const { encrypted } = stored.fields as unknown as KeyRecord
    if (!stored.pem) throw new CertmanError('store.damaged', `key ${stored.id} has no bytes`)
    if (encrypted && !password) throw locked(record.name)
    const { der } = stored.pem
    const pkcs8 = encrypted && password ? unlock(der, password, record.name) : new Secret(der)
    const signer = openSigner(pkcs8, record.signature as SignatureChoice | undefined)
    const { id, revision } = stored
    this.#keys.set(openedAs(id, record), { signer, revision, password: encrypted ? password : undefined })
    return signer
  }

  async #certificate(
    reading: Reading,
    record: AuthorityRecord,
    { signer, now }: { readonly signer: Signer; readonly now: Date },
  ): Promise<OpenedCertificate> {
    const known = this.#certificates.get(openedAs(record.certificateId, record))
    // around one that is revoked there may be a way of which `offered` does not tell
    const isSettled = known && known.path.every(({ state }) => state !== 'revoked')
    // another process may have brought a better intermediate, with other constraints
    if (isSettled && known.offered === (await issuersOffered(reading, known.path))) return known
    const opened = await openStored(reading, record, { signer, now })
    const offered = await issuersOffered(reading, opened.path)
    this.#certificates.set(openedAs(record.certificateId, record), { ...opened, offered })
    return opened
  }
}

/** What is opened of an authority, by id: two may have one key or certificate, and sign in different ways. */
const openedAs = (id: string, { signature }: AuthorityRecord): string => `${id} ${JSON.stringify(signature)}`

/** Reads the certificate of an authority and the chain above it. @throws {CertmanError} `store.damaged`, `key.mismatch` */
export async function openStored(
  reading: Reading,
  { name, certificateId }: Pick<AuthorityRecord, 'name' | 'certificateId'>,
  { signer, now }: { readonly signer: Signer; readonly now: Date },
): Promise<OpenedCertificate> {
  const stored = await reading.read('certificate', certificateId)
  if (!stored?.pem)
    throw new CertmanError(
      'store.damaged',
      `the authority ${quote(name)} names certificate ${certificateId}, which is not there`,
    )
  const { der } = stored.pem
  const issuers = await storedIssuers(reading, stored, now)
  const chain = issuers.map((issuer) => issuer.der)
  const path = [openCertificate(stored, now), ...issuers].filter((each) => !isSelfSigned(each))
  return { open: openAuthority({ certificate: der, chain, signer, name }), der, path }
}

const quote = (name: string): string => JSON.stringify(name)

/** It is elsewhere, or it lies here unused since nobody insisted on using it without a password. */
async function noKey(
  reading: Reading,
  { name, certificateId }: Pick<AuthorityRecord, 'name' | 'certificateId'>,
): Promise<CertmanError> {
  const [certificate] = await reading.find('certificate', { by: 'id', id: certificateId })
  const bare = certificate?.row['keyId']
  if (typeof bare === 'string')
    return new CertmanError(
      'key.missing',
      `the private key of the authority ${quote(name)} has no password, and is not used without one`,
      { hint: `give it one: certman password keys/${bare.slice(0, 16)}` },
    )
  return new CertmanError(
    'key.missing',
    `the private key of the authority ${quote(name)} is not in the store`,
    {
      hint: 'import it: certman import FILE --key-password-file FILE; or take what is signed elsewhere: certman sign REQUEST --certificate FILE',
    },
  )
}

const locked = (name: string): CertmanError =>
  new CertmanError('password.required', `the key of the authority ${quote(name)} needs its password`)

function unlock(der: Uint8Array, password: Secret, name: string): Secret {
  try {
    return decryptPkcs8(der, password)
  } catch (cause) {
    if (!isCertmanError(cause, 'password.wrong')) throw cause
    throw new CertmanError(
      'password.wrong',
      `the password does not open the key of the authority ${quote(name)}`,
      { cause },
    )
  }
}

const isSame = (a: Secret, b: Secret): boolean =>
  a.use((one) => b.use((other) => Buffer.compare(one, other) === 0))

async function mustRead(reading: Reading, keyId: string): Promise<StoredRecord> {
  const stored = await reading.read('key', keyId)
  if (stored) return stored
  throw new CertmanError('key.missing', `the private key ${keyId} is gone`)
}
