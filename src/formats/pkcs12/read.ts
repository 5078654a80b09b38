import { CertmanError, isCertmanError, type ErrorCode } from '../../base/errors.ts'
import { Secret } from '../../base/secret.ts'
import { printable } from '../../base/text.ts'
import { publicKeyOfPkcs8 } from '../../crypto/keys.ts'
import { passwordForms, type PasswordForm } from '../../crypto/pbe-password.ts'
import { PbeWork } from '../../crypto/pbe-work.ts'
import { describeCertificate } from '../../x509/certificate.ts'
import { askUntil, staysShut } from '../ask-until.ts'
import type { Bundle, Item, LeftItem, Place, ReadOptions } from '../items.ts'
import { OID } from './oids.ts'
import { parsePfx, readSafe, type Bag, type Pfx, type SafePart } from './structure.ts'
import { formOfMac, openWithForms, SILENT_FORMS } from './unlock.ts'

const WHAT = 'PKCS#12 file'

/**
 * Reads a PKCS#12 file (RFC 7292, 9579, 9879), BER or DER, however it is protected. Without a given password the empty
 * and the null password are tried first and in silence; then `options.password` is asked with a growing `attempt`
 * until it gives up.
 *
 * @throws {CertmanError} `password.required`, `password.wrong`, `der.malformed` (also when the password opens the file
 * but its integrity check fails), `format.unsupported`, `limit.exceeded`
 */
export async function readPkcs12(bytes: Uint8Array, options: ReadOptions): Promise<Bundle> {
  const pfx = parsePfx(bytes)
  const reading = new Reading(options)
  await reading.read(pfx)
  if (pfx.trailing > 0)
    reading.leave(
      `${pfx.trailing} bytes after the end of the file`,
      'they are no part of the PKCS#12 structure',
    )
  if (reading.items.length === 0 && reading.unsupported !== undefined) throw reading.unsupported
  return { format: 'pkcs12', items: reading.items, left: reading.left }
}

type Encrypted = Extract<SafePart, { kind: 'encrypted' }> | ShroudedKey
type ShroudedKey = Extract<Bag['content'], { type: 'shrouded-key' }>

/** A part whose bags can be read already, or one that must be decrypted first. */
type Part = Exclude<SafePart, { kind: 'plain' }> | { readonly kind: 'bags'; readonly bags: readonly Bag[] }

class Reading {
  readonly items: Item[] = []
  readonly left: LeftItem[] = []
  /** The first thing left because nobody here can decrypt or read it. */
  unsupported: CertmanError | undefined
  readonly #options: ReadOptions
  readonly #work = new PbeWork()
  #forms: readonly PasswordForm[] = []
  #bags = 0

  constructor(options: ReadOptions) {
    this.#options = options
  }

  async read(pfx: Pfx): Promise<void> {
    const parts: Part[] = pfx.parts.map((part) =>
      part.kind === 'plain' ? { kind: 'bags', bags: readSafe(part.safe) } : part,
    )
    await this.#unlock(pfx, firstEncrypted(parts))
    for (const part of parts) {
      if (part.kind === 'bags') await this.#takeBags(part.bags, false)
      else if (part.kind === 'encrypted') await this.#takeEncrypted(part)
      else this.#leaveUnknown(part)
    }
  }

  leave(what: string, why: string, at?: string): void {
    this.left.push({ what, why, place: this.#place(at) })
  }

  #place(at: string | undefined): Place {
    return { file: this.#options.file, ...(at === undefined ? {} : { at }) }
  }

  /** Settles the password of the file: by its MAC, else by its first encrypted part. */
  async #unlock({ mac, content }: Pfx, first: Encrypted | undefined): Promise<void> {
    if (mac === undefined && first === undefined) return
    const open = (forms: readonly PasswordForm[], given: boolean): readonly PasswordForm[] | undefined => {
      const form = mac && formOfMac({ mac, content }, forms, this.#work)
      if (form !== undefined) return [form, ...forms.filter((other) => other !== form)]
      const fits = first && (given || mac === undefined) ? this.#open(first, forms) : undefined
      if (fits === undefined) return undefined
      if (mac !== undefined) throw altered()
      return [fits.form, ...forms.filter((other) => other !== fits.form)]
    }
    const { opened, asked } = await askUntil(this.#options, WHAT, {
      silent: () => open(SILENT_FORMS, false),
      open: (password) => open(passwordForms(password), true),
    })
    if (opened === undefined) throw staysShut(WHAT, asked)
    this.#forms = opened
  }

  #open(encrypted: Encrypted, forms: readonly PasswordForm[]): ReturnType<typeof openWithForms> {
    return openWithForms(encrypted, forms, this.#work)
  }

  /** Decrypts with the password of the file, else with one of its own; undefined after listing it as left. */
  async #decrypt(encrypted: Encrypted, what: string, at: string): Promise<Uint8Array | undefined> {
    try {
      const known = this.#open(encrypted, this.#forms)
      if (known !== undefined) return known.plain
      const { opened } = await askUntil(this.#options, `${what} (${at})`, {
        open: (password) => this.#open(encrypted, passwordForms(password)),
      })
      if (opened === undefined)
        this.leave(what, 'it has a password of its own, other than that of the file', at)
      return opened?.plain
    } catch (error) {
      this.#leaveUnsupported(error, what, at)
      return undefined
    }
  }

  async #takeEncrypted(part: Extract<SafePart, { kind: 'encrypted' }>): Promise<void> {
    const plain = await this.#decrypt(part, 'encrypted part', `after bag ${this.#bags}`)
    if (plain !== undefined) await this.#takeBags(readSafe(plain), true)
  }

  #leaveUnknown({ type }: Extract<SafePart, { kind: 'unknown' }>): void {
    const isEnveloped = type === OID.envelopedData
    const what = isEnveloped ? 'part encrypted for a certificate' : `part of type ${type}`
    this.leave(what, isEnveloped ? 'it opens with a private key, not with a password' : 'the type is unknown')
  }

  async #takeBags(bags: readonly Bag[], wasEncrypted: boolean): Promise<void> {
    for (const bag of bags) {
      const at = `bag ${++this.#bags}`
      const { content } = bag
      if (content.type === 'other') this.leave(named(content.what, bag), content.why, at)
      else if (content.type === 'certificate') this.#takeCertificate(bag, content.der, at)
      else if (content.type === 'key') this.#takeKey(bag, { pkcs8: content.pkcs8, wasEncrypted }, at)
      else {
        const pkcs8 = await this.#decrypt(content, 'encrypted private key', at)
        if (pkcs8 !== undefined) this.#takeKey(bag, { pkcs8, wasEncrypted: true }, at)
      }
    }
  }

  #takeCertificate(bag: Bag, der: Uint8Array, at: string): void {
    const mark = bag.trusted === undefined ? {} : { trusted: true }
    try {
      describeCertificate(der)
      this.items.push({ type: 'certificate', der, place: this.#place(at), ...labels(bag), ...mark })
    } catch (error) {
      this.#leaveUnsupported(error, 'certificate', at)
    }
  }

  #takeKey(bag: Bag, found: { pkcs8: Uint8Array; wasEncrypted: boolean }, at: string): void {
    const pkcs8 = new Secret(found.pkcs8)
    const { wasEncrypted } = found
    try {
      const spki = publicKeyOfPkcs8(pkcs8)
      this.items.push({
        type: 'private-key',
        pkcs8,
        spki,
        place: this.#place(at),
        wasEncrypted,
        ...labels(bag),
      })
    } catch (error) {
      this.#leaveUnsupported(error, 'private key', at)
    }
  }

  /** What this program cannot read must not keep the rest of the file from being read. */
  #leaveUnsupported(error: unknown, what: string, at: string): void {
    if (!isCertmanError(error) || !LEAVABLE.has(error.code)) throw error
    this.unsupported ??= error
    this.leave(what, error.message, at)
  }
}

const named = (what: string, { friendlyName }: Bag): string =>
  friendlyName === undefined ? what : `${what} "${printable(friendlyName)}"`

const LEAVABLE: ReadonlySet<ErrorCode> = new Set(['format.unsupported', 'der.malformed'] as const)

const altered = (): CertmanError =>
  new CertmanError('der.malformed', `the password opens the ${WHAT}, but its integrity check fails`, {
    hint: 'the file was changed after it was written, or has a second password: fetch it again from where it came',
  })

function labels({ friendlyName, localKeyId }: Bag): { friendlyName?: string; localKeyId?: string } {
  return {
    ...(friendlyName === undefined ? {} : { friendlyName }),
    ...(localKeyId === undefined ? {} : { localKeyId }),
  }
}

function firstEncrypted(parts: readonly Part[]): Encrypted | undefined {
  for (const part of parts) {
    if (part.kind === 'encrypted') return part
    if (part.kind !== 'bags') continue
    for (const { content } of part.bags) if (content.type === 'shrouded-key') return content
  }
  return undefined
}
