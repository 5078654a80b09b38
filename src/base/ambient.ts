/** The outside world as far as the core sees it. Handed in, so that tests and transcripts are exact. */
export interface Ambient {
  readonly now: () => Date
  /** @param length bytes wanted from a cryptographic source */
  readonly random: (length: number) => Uint8Array
  readonly env: Readonly<Record<string, string | undefined>>
  /** Who acts, for the change log: `user@host`. */
  readonly actor: string
}
