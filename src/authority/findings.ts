import { toHex } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import { printable } from '../base/text.ts'

/** One difference between what a request asks for and what the certificate says. */
export interface Change {
  /** JSON field of the certificate: `subjectAltName`, `keyUsage`, `notAfter` … */
  readonly field: string
  /** What was asked for; `null` when nothing was. */
  readonly asked: string | null
  /** What the certificate says; `null` when nothing. */
  readonly granted: string | null
  readonly why: string
}

/** Begins the hints of `settle`: whoever asked for the certificate himself needs another one. */
export const ASK_REQUESTER = 'ask the requester for another request'

/** Collects what speaks against a request, what is changed of it, and what a person should hear. */
export class Findings {
  readonly refusals: string[] = []
  readonly #withheld: Change[] = []
  readonly #told: Change[] = []
  readonly notes: string[] = []
  #hint: string | undefined

  /**
   * Something that cannot be granted, whatever is allowed.
   *
   * @param hint a closer next step than another request or profile; counts where this is the only refusal
   */
  refuse(why: string, hint?: string): void {
    this.#hint = this.refusals.length === 0 ? hint : undefined
    this.refusals.push(why)
  }

  /** Something asked for that is not granted: refused, unless changes are allowed. */
  withhold(change: Change): void {
    this.#withheld.push(change)
  }

  /** A change that somebody ordered, or that takes nothing from what was asked for: listed only. */
  tell(change: Change): void {
    this.#told.push(change)
  }

  note(text: string): void {
    this.notes.push(text)
  }

  get changes(): readonly Change[] {
    return [...this.#told, ...this.#withheld]
  }

  /**
   * Ends the preparation when something was refused.
   *
   * @param allowChanges whether withheld wishes are only listed
   * @throws {CertmanError} `policy.refused`, naming all of it
   */
  settle(allowChanges: boolean): void {
    const withheld = allowChanges ? [] : this.#withheld.map(changeText)
    const all = [...this.refusals, ...withheld]
    if (all.length === 0) return
    const onlyChanges = this.refusals.length === 0
    throw new CertmanError('policy.refused', `the request is refused: ${all.join('; ')}`, {
      hint: onlyChanges
        ? `${ASK_REQUESTER}, or take away what is named with --allow-changes`
        : (this.#hint ?? `${ASK_REQUESTER}, or choose another profile`),
    })
  }
}

/** The value of an extension as a change tells it, as much of it as a line bears. */
export const shortHex = (value: Uint8Array): string =>
  value.length > 40 ? `${toHex(value.subarray(0, 40))}…` : toHex(value)

/** A change in one sentence: `keyUsage nonRepudiation is not granted: the profile server does not have it`. */
export function changeText({ field, asked, granted, why }: Change): string {
  const what = asked === null ? field : `${field} ${printable(asked)}`
  if (granted === null) return `${what} is not granted: ${why}`
  return asked === null
    ? `${field} is ${printable(granted)}: ${why}`
    : `${what} becomes ${printable(granted)}: ${why}`
}
