/**
 * Text that is safe in a message or on a terminal: control, format, bidirectional and line separator characters and
 * lone surrogates become `\u{…}`. Everything else stays.
 */
export function printable(text: string): string {
  // V8 takes a millisecond to parse the properties
  if (/^[\x20-\x7e]*$/.test(text)) return text
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  )
}

/** A text as one word of a command line that is there to be copied into a shell. */
export const shellWord = (text: string): string =>
  /^[\w.@%=,:/+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

/**
 * A command on something with a name, to be copied into a shell. A name that begins with a dash would be taken for an
 * option: it comes last, after `--`.
 *
 * @param verb its words
 * @param options what follows the name
 */
export function commandOn(verb: string, name: string, options = ''): string {
  const more = options === '' ? '' : ` ${options}`
  const word = shellWord(name)
  return name.startsWith('-') ? `certman ${verb}${more} -- ${word}` : `certman ${verb} ${word}${more}`
}
