import { DerReader, contentOf, TAG } from '../asn1/reader.ts'
import { orNoneSync } from '../base/or-none.ts'
import { Secret } from '../base/secret.ts'
import { printable } from '../base/text.ts'
import { openJavaKey, verifyJavaStore } from '../crypto/java-key-protector.ts'
import { PbeWork } from '../crypto/pbe-work.ts'
import { askUntil, staysShut } from './ask-until.ts'
import { Findings } from './findings.ts'
import type { Bundle, ReadOptions } from './items.ts'
import { parseJks, type JksCertificate, type JksEntry } from './jks-entries.ts'
import { wholeSequence } from './whole-sequence.ts'

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
  const fits = (password: Secret): boolean => verifyJavaStore(file.content, file.digest, password)
  const onlyCertificates = file.entries.every(({ content }) => content.kind === 'certificate')
  const usual = onlyCertificates ? ['', TRUST_STORE_PASSWORD] : ['']
  const { opened, asked } = await askUntil(options, WHAT, {
    silent: () => usual.map((text) => new Secret(text)).find(fits),
    open: (password) => (fits(password) ? password : undefined),
  })
  if (opened === undefined) throw staysShut(WHAT, asked)
  const reading = new JksReading(options, opened)
  for (const entry of file.entries) await reading.take(entry)
  reading.found.leaveEmpty(WHAT)
  const { items, left } = reading.found
  if (file.trailing > 0)
    reading.found.leave(
      `${file.trailing} bytes after the end of the file`,
      'they are no part of the key store',
    )
  return { format: file.format, items, left }
}

class JksReading {
  readonly found: Findings
  readonly #options: ReadOptions
  readonly #password: Secret
  readonly #work: PbeWork

  constructor(options: ReadOptions, password: Secret) {
    this.found = new Findings(options.file)
    this.#options = options
    this.#work = options.work ?? new PbeWork()
    this.#password = password
  }

  async take({ alias, content }: JksEntry): Promise<void> {
    const at = `entry "${printable(alias)}"`
    if (content.kind === 'secret')
      return this.found.leave(
        'secret key',
        'it is no certificate and no private key, but a secret of its own',
        at,
      )
    if (content.kind === 'certificate')
      return this.#takeCertificate(content.certificate, at, { friendlyName: alias, trusted: true })
    await this.#takeKey(content.encrypted, alias, at)
    for (const [i, certificate] of content.chain.entries())
      this.#takeCertificate(certificate, at, i === 0 ? { friendlyName: alias } : {})
  }

  #takeCertificate(
    { type, bytes }: JksCertificate,
    at: string,
    labels: { friendlyName?: string; trusted?: true },
  ): void {
    // some writers use the older name of the type
    if (type === 'X.509' || type === 'X509') this.found.takeCertificate(bytes, at, labels)
    else this.found.leave(`certificate of type ${printable(type)}`, 'only X.509 certificates are taken', at)
  }

  async #takeKey(encrypted: Uint8Array, friendlyName: string, at: string): Promise<void> {
    const open = (password: Secret): Uint8Array | undefined => tryOpen(encrypted, password, this.#work)
    try {
      const known = open(this.#password)
      const plain = known ?? (await askUntil(this.#options, `private key (${at})`, { open })).opened
      if (plain === undefined)
        return this.found.leave(
          'private key',
          'it has a password of its own, other than that of the file: certman asks for it on a terminal; keytool -keypasswd changes it',
          at,
        )
      this.found.takeKey(plain, at, { friendlyName, wasEncrypted: true })
    } catch (error) {
      this.found.leaveUnreadable(error, 'private key', at)
    }
  }
}

/** The PKCS#8 bytes, or undefined when the password does not open them. */
function tryOpen(encrypted: Uint8Array, password: Secret, work: PbeWork): Uint8Array | undefined {
  const info = new DerReader(encrypted).enter(TAG.sequence, 'encrypted private key')
  const algorithm = info.read(TAG.sequence, 'encryption algorithm')
  const ciphertext = contentOf(info.read(TAG.octetString, 'encrypted key'))
  const plain = orNoneSync(() => openJavaKey({ algorithm, ciphertext }, password, work), 'password.wrong')
  return plain && wholeSequence(plain)
}
