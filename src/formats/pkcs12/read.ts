import { CertmanError } from '../../base/errors.ts'
import { printable } from '../../base/text.ts'
import { passwordForms, type PasswordForm } from '../../crypto/pbe-password.ts'
import { PbeWork } from '../../crypto/pbe-work.ts'
import { askUntil, staysShut } from '../ask-until.ts'
import { Findings } from '../findings.ts'
import type { Bundle, ReadOptions } from '../items.ts'
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
  const { found } = await new Reading(options).read(pfx)
  found.leaveEmpty(WHAT)
  if (pfx.trailing > 0)
    found.leave(
      `${pfx.trailing} bytes after the end of the file`,
      'they are no part of the PKCS#12 structure',
    )
  if (found.items.length === 0 && found.refusal !== undefined) throw found.refusal
  return { format: 'pkcs12', items: found.items, left: found.left }
}

type Encrypted = Extract<SafePart, { kind: 'encrypted' }> | ShroudedKey
type ShroudedKey = Extract<Bag['content'], { type: 'shrouded-key' }>

/** A part whose bags can be read already, or one that must be decrypted first. */
type Part = Exclude<SafePart, { kind: 'plain' }> | { readonly kind: 'bags'; readonly bags: readonly Bag[] }

class Reading {
  readonly found: Findings
  readonly #options: ReadOptions
  readonly #work: PbeWork
  #forms: readonly PasswordForm[] = []
  #bags = 0

  constructor(options: ReadOptions) {
    this.found = new Findings(options.file)
    this.#options = options
    this.#work = options.work ?? new PbeWork()
  }

  async read(pfx: Pfx): Promise<this> {
    const parts: Part[] = pfx.parts.map((part) =>
      part.kind === 'plain' ? { kind: 'bags', bags: readSafe(part.safe) } : part,
    )
    await this.#unlock(pfx, firstEncrypted(parts))
    for (const part of parts) {
      if (part.kind === 'bags') await this.#takeBags(part.bags, false)
      else if (part.kind === 'encrypted') await this.#takeEncrypted(part)
      else this.#leaveUnknown(part)
    }
    return this
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
    if (opened === undefined) {
      // scripts give the same password to every file, and some files have the empty one
      if (asked && this.#options.password.given && open(SILENT_FORMS, false)) throw wantsNone()
      throw staysShut(WHAT, asked)
    }
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
        this.found.leave(
          what,
          'it has a password of its own, other than that of the file: certman asks for it on a terminal',
          at,
        )
      return opened?.plain
    } catch (error) {
      this.found.leaveUnreadable(error, what, at)
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
    this.found.leave(
      what,
      isEnveloped ? 'it opens with a private key, not with a password' : 'the type is unknown',
    )
  }

  async #takeBags(bags: readonly Bag[], wasEncrypted: boolean): Promise<void> {
    for (const bag of bags) {
      const at = `bag ${++this.#bags}`
      const { content } = bag
      if (content.type === 'other') this.found.leave(named(content.what, bag), content.why, at)
      else if (content.type === 'certificate')
        this.found.takeCertificate(content.der, at, { ...labels(bag), ...(bag.trusted && { trusted: true }) })
      else if (content.type === 'key') this.found.takeKey(content.pkcs8, at, { ...labels(bag), wasEncrypted })
      else {
        const pkcs8 = await this.#decrypt(content, named('encrypted private key', bag), at)
        if (pkcs8 !== undefined) this.found.takeKey(pkcs8, at, { ...labels(bag), wasEncrypted: true })
      }
    }
  }
}

const named = (what: string, { friendlyName }: Bag): string =>
  friendlyName === undefined ? what : `${what} "${printable(friendlyName)}"`

const wantsNone = (): CertmanError =>
  new CertmanError('password.wrong', `the password does not open the ${WHAT}: it has the empty one`, {
    hint: 'read it without any option for a password',
  })

const altered = (): CertmanError =>
  new CertmanError('der.malformed', `the password opens the ${WHAT}, but its integrity check fails`, {
    hint: 'the file was changed after it was written, or has a second password: fetch it again from where it came',
  })

function labels({ friendlyName, localKeyId }: Bag): { friendlyName?: string; localKeyId?: string } {
  return {
    ...(friendlyName !== undefined && { friendlyName }),
    ...(localKeyId !== undefined && { localKeyId }),
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
