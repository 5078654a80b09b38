// V8 parses a pattern when it comes by, and a property of Unicode takes it most of a millisecond: both stand in functions
// that plain text does not call.

/**
 * Control (C0, C1), format (bidi, zero width, soft hyphen, tags), line and paragraph separators, lone surrogates and
 * what else a terminal does not draw: nothing of a certificate may steer a terminal or hide in it.
 */
const unsafe = (): RegExp => /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/**
 * Text that needs no care: what lies below the first mark that joins another character, without controls and the soft
 * hyphen, and what certman draws itself (… ← ─ └). Each character takes one column.
 */
export const PLAIN = /^[\x20-\x7e\xa0-\xac\xae-\u02ff\u2026\u2190\u2500\u2514]*$/

/** The text with every character that must not reach a terminal written as `\u{202e}`. */
export function safeText(text: string): string {
  if (PLAIN.test(text)) return text
  return text.replace(unsafe(), (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)
}

/** Anything but printable ASCII and line ends: looking for that is ten times as quick as looking for what is unsafe. */
const NOT_PLAIN = /[^\n\x20-\x7e]/

/** The same inside JSON text, as JSON escapes: the document still says the same. */
export function safeJson(json: string): string {
  if (!NOT_PLAIN.test(json)) return json
  return json.replace(unsafeInJson(), (char) =>
    Array.from({ length: char.length }, (_, at) => escapeUnit(char.charCodeAt(at))).join(''),
  )
}

/** All of `unsafe` but the line ends between the values; inside strings JSON has escaped those itself. */
const unsafeInJson = (): RegExp => /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

function escapeUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`
}
