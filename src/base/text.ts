/**
 * Text that is safe in a message or on a terminal: control, format, bidirectional and line separator characters and
 * lone surrogates become `\u{…}`. Everything else stays.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  )
}
