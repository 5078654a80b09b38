const count = (number: string): string =>
  number === '0' ? 'no argument is' : number === '1' ? 'one argument is' : `${number} arguments are`

/** What commander says, and what this program says instead. */
const COMPLAINTS: readonly (readonly [complaint: RegExp, say: (parts: Parts) => string])[] = [
  [
    /^option '.*?(?<flag>--[\w-]+) <.*?>' argument '(?<word>.*)' is invalid\. Allowed choices are (?<rest>.*)$/s,
    ({ flag, word, rest }) => `${flag}: ${JSON.stringify(word)} is none of ${rest}`,
  ],
  [
    /^option '.*?(?<flag>--[\w-]+) <.*?>' argument '(?<word>.*)' is invalid\. it (?<rest>.*)$/s,
    ({ flag, word, rest }) => `${flag}: ${JSON.stringify(word)} ${rest}`,
  ],
  [
    /^option '.*?(?<flag>--[\w-]+) <(?<rest>.*)>' argument missing$/,
    ({ flag, rest }) => `${flag} needs a value: ${flag} ${rest}`,
  ],
  [
    /^command-argument value '(?<word>.*)' is invalid for argument '(?<flag>.*)'\. Allowed choices are (?<rest>.*)$/s,
    ({ flag, word, rest }) => `${flag}: ${JSON.stringify(word)} is none of ${rest}`,
  ],
  [
    /^too many arguments\. Expected (?<rest>\d+) arguments? but got (?<word>\d+)$/,
    ({ rest, word }) => `${count(rest)} expected, ${word} ${word === '1' ? 'was' : 'were'} given`,
  ],
  [/^missing required argument '(?<rest>.*)'$/, ({ rest }) => `${rest} is missing`],
]

/** The flag or argument, what was given for it, and what is left to say. */
interface Parts {
  readonly flag: string
  readonly word: string
  readonly rest: string
}

/** A complaint of commander, without `error: ` and its last full stop, in the words of this program. */
export function usageWords(complaint: string): string {
  for (const [form, say] of COMPLAINTS) {
    const parts = form.exec(complaint)?.groups
    if (parts) return say(parts as unknown as Parts)
  }
  return complaint
}
