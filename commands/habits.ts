import { CertmanError } from '../src/base/errors.ts'
import { kebab, type Options } from './declare.ts'
import { optionKey } from './plain-words.ts'

/**
 * Flags that people bring along from openssl, keytool, step and others, and ours for the same; the first that a verb
 * has is meant. In small letters, without dashes.
 */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  in: ['file', 'csr'],
  infile: ['file', 'csr'],
  outfile: ['out'],
  inform: ['format'],
  outform: ['format'],
  subj: ['subject'],
  dname: ['subject'],
  cn: ['subject'],
  commonname: ['subject'],
  dns: ['san'],
  ext: ['san'],
  addext: ['san'],
  alias: ['name', 'friendlyName'],
  validity: ['days'],
  notafter: ['days'],
  checkend: ['expiring'],
  newkey: ['keyType'],
  keyalg: ['keyType'],
  keysize: ['keyType'],
  kty: ['keyType'],
  curve: ['keyType'],
  nodes: ['noPassword'],
  noenc: ['noPassword'],
  cafile: ['trust'],
  roots: ['trust'],
  connect: ['host'],
  sslserver: ['host'],
  url: ['host'],
  issuer: ['ca'],
}

/** Words that people try as verbs, and the command that does it here. */
const VERBS: Readonly<Record<string, string>> = {
  ls: 'list',
  search: 'list --subject TEXT',
  find: 'list --subject TEXT',
  get: 'show REF',
  view: 'show REF',
  info: 'show REF',
  inspect: 'show REF, or certman show --file FILE',
  print: 'show REF, or certman show --file FILE',
  x509: 'show --file FILE',
  s_client: 'show --host HOST:PORT',
  connect: 'show --host HOST:PORT',
  check: 'verify REF, or certman store check',
  add: 'import FILE',
  convert: 'import FILE, then certman export REF --format FORM',
  pkcs12: 'export REF --format p12, or certman import FILE',
  rename: 'edit REF --name NAME',
  tag: 'edit REF --tag TAG',
  rm: 'delete REF',
  remove: 'delete REF',
  undelete: 'restore REF',
  req: 'request',
  csr: 'request',
  new: 'request',
  create: 'request, certman ca create or certman store init DIR',
  generate: 'request',
  issue: 'sign REQUEST',
  approve: 'sign REQUEST',
  deny: 'reject REQUEST',
  crl: 'ca crl NAME',
  init: 'store init DIR',
  config: 'help settings',
  certificate: 'list, or certman show REF',
  certificates: 'list',
  cert: 'list, or certman show REF',
  requests: 'list requests',
  keys: 'list keys',
  authorities: 'ca list',
  stores: 'store list',
  profile: 'ca profile list',
  user: 'serve user list',
  'collection list': 'list collections',
  'collection show': 'show collections/NAME',
  'collection delete': 'delete collections/NAME',
  'collection remove': 'delete collections/NAME',
  'trash restore': 'restore REF',
  'ca delete': 'ca disable NAME',
  'ca remove': 'ca disable NAME',
  'ca sign': 'sign REQUEST --ca NAME',
  'ca revoke': 'revoke REF',
  'ca init': 'ca create',
  'store create': 'store init DIR',
  'store new': 'store init DIR',
  'store delete': 'store remove NAME',
}

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
    : 'leave it out: this verb takes no password'
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
  if (meant === typed)
    return new CertmanError('cli.usage', `${typed} takes no value`, { hint: 'leave it out' })
  return meant === undefined
    ? undefined
    : new CertmanError('cli.usage', `unknown option '${typed}'`, { hint: `did you mean ${meant}?` })
}

/**
 * What to say of the first word with one dash that means a long flag, such as `-out`: read letter by letter it would be
 * `-o ut`. The value of a flag is none of them.
 */
export function oneDashed(words: readonly string[], options: Options): CertmanError | undefined {
  const end = words.indexOf('--')
  for (const [at, word] of words.slice(0, end < 0 ? undefined : end).entries()) {
    const before = optionKey(words[at - 1] ?? '', options)
    const isValue = before !== undefined && options[before]!.type !== 'flag'
    const error = !isValue && /^-[A-Za-z]{2}/.test(word) ? habitError(word, options) : undefined
    if (error) return error
  }
  return undefined
}
