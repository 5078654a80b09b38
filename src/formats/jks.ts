import { DerReader, contentOf, TAG } from '../asn1/reader.ts'
import { CertmanError, isCertmanError } from '../base/errors.ts'
import { Secret } from '../base/secret.ts'
import { printable } from '../base/text.ts'
import { openJavaKey, verifyJavaStore } from '../crypto/java-key-protector.ts'
import { publicKeyOfPkcs8 } from '../crypto/keys.ts'
import { PbeWork } from '../crypto/pbe-work.ts'
import { describeCertificate } from '../x509/certificate.ts'
import { askUntil, staysShut } from './ask-until.ts'
import type { Bundle, Item, LeftItem, Place, ReadOptions } from './items.ts'
import { parseJks, type JksCertificate, type JksEntry } from './jks-entries.ts'

const WHAT = 'Java key store'

/** Of the trust stores that come with Java and with Debian: it guards nothing, it proves that the file is whole. */
const TRUST_STORE_PASSWORD = 'changeit'

/**
 * Reads a Java key store of the older kinds, JKS and JCEKS (the newer kind is PKCS#12). The password is checked against
 * the digest of the whole file; a key with a password of its own is asked for by its alias. Secret keys are left.
 * A trust store under Java's well-known password is opened without a question.
 *
 * @throws {CertmanError} `password.required`, `password.wrong`, `der.malformed`, `format.unsupported`, `limit.exceeded`
 */
export async function readJks(bytes: Uint8Array, options: ReadOptions): Promise<Bundle> {
  const file = parseJks(bytes)
  const fits = (password: Secret): Secret | undefined =>
    verifyJavaStore(file.content, file.digest, password) ? password : undefined
  const onlyCertificates = file.entries.every(({ content }) => content.kind === 'certificate')
  const tried = onlyCertificates ? ['', TRUST_STORE_PASSWORD] : ['']
  const silent = (): Secret | undefined =>
    firstOf(
      tried.map((text) => new Secret(text)),
      fits,
    )
  const { opened, asked } = await askUntil(options, WHAT, { silent, open: fits })
  if (opened === undefined) throw staysShut(WHAT, asked)
  const reading = new JksReading(options, opened)
  for (const entry of file.entries) await reading.take(entry)
  if (file.trailing > 0)
    reading.leave(`${file.trailing} bytes after the end of the file`, 'they are no part of the key store')
  return { format: file.format, items: reading.items, left: reading.left }
}

function firstOf<T, U>(candidates: readonly T[], fits: (candidate: T) => U | undefined): U | undefined {
  for (const candidate of candidates) {
    const found = fits(candidate)
    if (found !== undefined) return found
  }
  return undefined
}

class JksReading {
  readonly items: Item[] = []
  readonly left: LeftItem[] = []
  readonly #options: ReadOptions
  readonly #password: Secret
  readonly #work = new PbeWork()

  constructor(options: ReadOptions, password: Secret) {
    this.#options = options
    this.#password = password
  }

  leave(what: string, why: string, at?: string): void {
    this.left.push({ what, why, place: this.#place(at) })
  }

  #place(at: string | undefined): Place {
    return { file: this.#options.file, ...(at === undefined ? {} : { at }) }
  }

  async take({ alias, content }: JksEntry): Promise<void> {
    const at = `entry "${printable(alias)}"`
    if (content.kind === 'secret')
      return this.leave('secret key', 'it is no certificate and no private key, but a secret of its own', at)
    if (content.kind === 'certificate')
      return this.#takeCertificate(content.certificate, at, { friendlyName: alias, trusted: true })
    await this.#takeKey(content.encrypted, alias, at)
    for (const [i, certificate] of content.chain.entries())
      this.#takeCertificate(certificate, at, i === 0 ? { friendlyName: alias } : {})
  }

  #takeCertificate(
    { type, bytes: der }: JksCertificate,
    at: string,
    labels: { friendlyName?: string; trusted?: true },
  ): void {
    // some writers use the older name of the type
    if (type !== 'X.509' && type !== 'X509')
      return this.leave(`certificate of type ${printable(type)}`, 'only X.509 certificates are taken', at)
    try {
      describeCertificate(der)
      this.items.push({ type: 'certificate', der, place: this.#place(at), ...labels })
    } catch (error) {
      this.#leaveUnreadable(error, 'certificate', at)
    }
  }

  async #takeKey(encrypted: Uint8Array, friendlyName: string, at: string): Promise<void> {
    const open = (password: Secret): Uint8Array | undefined => tryOpen(encrypted, password, this.#work)
    try {
      const known = open(this.#password)
      const plain = known ?? (await askUntil(this.#options, `private key (${at})`, { open })).opened
      if (plain === undefined)
        return this.leave('private key', 'it has a password of its own, other than that of the file', at)
      const pkcs8 = new Secret(plain)
      const spki = publicKeyOfPkcs8(pkcs8)
      const place = this.#place(at)
      this.items.push({ type: 'private-key', pkcs8, spki, place, friendlyName, wasEncrypted: true })
    } catch (error) {
      this.#leaveUnreadable(error, 'private key', at)
    }
  }

  /** One entry that cannot be read must not keep the others from being read: the digest says that the file is whole. */
  #leaveUnreadable(error: unknown, what: string, at: string): void {
    if (!isCertmanError(error, 'format.unsupported') && !isCertmanError(error, 'der.malformed')) throw error
    this.leave(what, error.message, at)
  }
}

/** The PKCS#8 bytes, checked to be one SEQUENCE: padding alone lets some wrong passwords pass. */
function tryOpen(encrypted: Uint8Array, password: Secret, work: PbeWork): Uint8Array | undefined {
  const info = new DerReader(encrypted).enter(TAG.sequence, 'encrypted private key')
  const algorithm = info.read(TAG.sequence, 'encryption algorithm')
  const ciphertext = contentOf(info.read(TAG.octetString, 'encrypted key'))
  try {
    const plain = openJavaKey({ algorithm, ciphertext }, password, work)
    return isOneSequence(plain) ? plain : undefined
  } catch (error) {
    if (isCertmanError(error, 'password.wrong')) return undefined
    throw error
  }
}

function isOneSequence(plain: Uint8Array): boolean {
  try {
    const reader = new DerReader(plain)
    reader.read(TAG.sequence)
    return reader.atEnd
  } catch (error) {
    if (error instanceof CertmanError) return false
    throw error
  }
}
