/** What a colour says; the look is decided here only. */
export type Tone = 'bad' | 'warn' | 'good' | 'faint' | 'strong'

/** SGR parameters (ECMA-48): on, off. The sixteen basic colours, so that the person's theme decides. */
const SGR: Readonly<Record<Tone, readonly [number, number]>> = {
  bad: [31, 39],
  warn: [33, 39],
  good: [32, 39],
  faint: [2, 22],
  strong: [1, 22],
}

/** Puts a tone on a text; without colour the text itself. */
export type Paint = (tone: Tone | undefined, text: string) => string

/** @param on whether colour is wanted (a terminal, no `NO_COLOR`, no `--no-color`) */
export function painter(on: boolean): Paint {
  if (!on) return (_tone, text) => text
  return (tone, text) =>
    tone === undefined || text === '' ? text : `\u001b[${SGR[tone][0]}m${text}\u001b[${SGR[tone][1]}m`
}
