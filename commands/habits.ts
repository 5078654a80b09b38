import { CertmanError } from '../src/base/errors.ts'
import { kebab, type Options, type Verb } from './declare.ts'
import { FLAGS, INSTEAD, LEAVE_OUT, VERBS } from './habit-words.ts'
import { GLOBAL_OPTIONS } from './options/global.ts'
import { optionKey } from './plain-words.ts'

const own = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined

/** The command that is meant by a word, or two words of a group, that is no verb here. */
export const verbMeant = (name: string): string | undefined => own(VERBS, name)

/** A flag without its dashes and its value, in small letters: `-CAfile`, `--ca_file` and `--caFile=x` are one. */
const bare = (word: string): string => word.replace(/=.*$/s, '').replaceAll(/[-_]/g, '').toLowerCase()

/** The flag of a verb that is meant by one that it has not: one with too few dashes, or one of another program. */
function flagMeant(name: string, options: Options): string | undefined {
  if (name === 'version') return 'certman --version'
  const key =
    Object.keys(options).find((each) => each.toLowerCase() === name) ??
    own(FLAGS, name)?.find((each) => Object.hasOwn(options, each))
  return key === undefined ? undefined : `--${kebab(key)}`
}

/** `-storepass`, `--passin`, `--new-password`, `--client-secret=x`: what has a secret for its value. */
const SECRET =
  /^(?:src|dest|new|old)?(?:store|key|client|access)?(?:pass(?:word|phrase|wd|in|out)?|pw|pin|secret|token)$/

function secretError(typed: string, name: string, options: Options): CertmanError {
  const flag = name.startsWith('new') && Object.hasOwn(options, 'newPasswordFile') ? '--new-' : '--'
  const hint = Object.hasOwn(options, 'passwordFile')
    ? `give it with ${flag}password-file FILE, ${flag}password-env NAME or ${flag}password-command CMD`
    : `${LEAVE_OUT}: no password is taken here`
  return new CertmanError(
    'cli.usage',
    `${typed} is refused: every user of this machine can read a command line`,
    { hint, field: 'password' },
  )
}

/**
 * What to say of a flag that a verb has not, where it is known from elsewhere; its value, which may be a secret, is not
 * repeated.
 *
 * @param word with its dashes, perhaps with `=` and a value
 */
export function habitError(word: string, options: Options): CertmanError | undefined {
  const typed = word.replace(/=.*$/s, '')
  const name = bare(typed)
  if (SECRET.test(name)) return secretError(typed, name, options)
  const meant = flagMeant(name, options)
  if (meant === typed) return new CertmanError('cli.usage', `${typed} takes no value`, { hint: LEAVE_OUT })
  const hint = meant === undefined ? own(INSTEAD, name) : `did you mean ${meant}?`
  return hint === undefined ? undefined : unknownOption(typed, hint)
}

const unknownOption = (typed: string, hint: string): CertmanError =>
  new CertmanError('cli.usage', `unknown option '${typed}'`, { hint })

/** The hint where nothing is near. @param verb empty without one */
export const seeOptions = (verb: string): string =>
  `see the options: ${['certman', verb, '--help'].filter(Boolean).join(' ')}`

/** Whether the letters of a word with one dash are all flags, up to one that takes the rest for its value. */
function areFlags(letters: string, options: Options): boolean {
  const key = letters === '' ? undefined : optionKey(`-${letters[0]!}`, options)
  if (key === undefined) return letters === ''
  return options[key]!.type !== 'flag' || areFlags(letters.slice(1), options)
}

/**
 * What to say of the first word with one dash that means a long flag, such as `-out`: read letter by letter it would be
 * `-o ut`, and the complaint about `-new` one about `-ew`. The value of a flag is none of them.
 */
export function oneDashed(
  words: readonly string[],
  options: Options,
  verb: string,
): CertmanError | undefined {
  const end = words.indexOf('--')
  for (const [at, word] of words.slice(0, end < 0 ? undefined : end).entries()) {
    const before = optionKey(words[at - 1] ?? '', options)
    const isValue = before !== undefined && options[before]!.type !== 'flag'
    if (isValue || !/^-[A-Za-z][A-Za-z0-9]/.test(word)) continue
    const error = habitError(word, options)
    if (error) return error
    if (/^-[A-Za-z]+$/.test(word) && !areFlags(word.slice(1), options))
      return unknownOption(word, seeOptions(verb))
  }
  return undefined
}

/**
 * What to say of a flag that is no global one and stands before the verb, with a word after it that is no verb: perhaps
 * its value, perhaps a secret, and so not repeated.
 *
 * @param flag with its dashes, perhaps with `=` and a value
 * @param verb the one that follows, if one does
 */
export function earlyFlagError(flag: string, verb?: Pick<Verb, 'name' | 'options'>): CertmanError {
  const typed = flag.replace(/=.*$/s, '')
  const options: Options = { ...GLOBAL_OPTIONS, ...verb?.options }
  const key = optionKey(typed, options)
  const spec = key === undefined ? undefined : options[key]!
  if (!spec || !verb)
    return habitError(flag, options) ?? unknownOption(withoutValue(flag), seeOptions(verb?.name ?? ''))
  const value = spec.type === 'flag' ? '' : ` ${spec.value}`
  return new CertmanError('cli.usage', `${typed} stands before the verb`, {
    hint: `the verb comes first: certman ${verb.name} ${typed}${value}`,
  })
}

/** `--any=VALUE`, `-xVALUE`: the value of a flag that is not known may be a secret. Letters alone are a name. */
export const withoutValue = (word: string): string =>
  word.startsWith('--') || /^-[A-Za-z]+$/.test(word) ? word.replace(/=.*$/s, '') : word.slice(0, 2)
