import { CertmanError, ERRORS } from '../src/base/errors.ts'
import { isOn } from './options/settle.ts'
import { safeJson, safeText } from './render/safe.ts'
import { type TypedPlace, withTypedPlace } from './place-in-command.ts'

/** How failures are reported, known before the command line is fully read. */
export interface ReportStyle {
  readonly json: boolean
  readonly verbose: boolean
  /** The verb that runs: a hint that is the same for all of them names it. */
  readonly verb?: string
  /** The store and the settings file as typed: the commands of a hint work on them too. */
  readonly typed?: TypedPlace
}

const SYSTEM: Readonly<Record<string, readonly [ConstructorParameters<typeof CertmanError>[0], string]>> = {
  ENOSPC: ['store.full', 'no space is left on the disk'],
  EDQUOT: ['store.full', 'the disk quota is used up'],
  EROFS: ['file.not-writable', 'the file system is read-only'],
  EMFILE: ['file.not-readable', 'too many files are open'],
  ENFILE: ['file.not-readable', 'too many files are open'],
}

/** Any thrown value as the error that people see; what is no `CertmanError` is a fault of ours. */
function asCertmanError(thrown: unknown): CertmanError {
  if (thrown instanceof CertmanError) return thrown
  const system = SYSTEM[(thrown as NodeJS.ErrnoException | undefined)?.code ?? '']
  if (system) return new CertmanError(system[0], system[1], { cause: thrown })
  return new CertmanError('internal', 'internal error', { cause: thrown })
}

function stacks(thrown: unknown): string {
  const lines: string[] = []
  for (let at = thrown; at instanceof Error; at = at.cause) lines.push(at.stack ?? String(at))
  return lines.map((stack) => `${stack}\n`).join('')
}

/** A hint may show the place in a typed text in lines of its own. */
const hintText = (hint: string): string => hint.split('\n').map(safeText).join('\n')

/** A text that was typed is repeated in messages: nobody reads more of it than this. */
const MOST_CHARACTERS = 4000

const messageText = (message: string): string =>
  message.length <= MOST_CHARACTERS
    ? safeText(message)
    : `${safeText(message.slice(0, MOST_CHARACTERS))}… (${message.length} characters)`

/** What goes to standard error for a failure: two lines for people, or one line of JSON. */
export function renderFailure(thrown: unknown, style: ReportStyle): string {
  const error = asCertmanError(thrown)
  const trace = style.verbose && error.code === 'internal' ? stacks(error.cause) : ''
  const hint = withTypedPlace(
    style.verb === undefined ? error.hint : error.hint.replace('certman VERB', `certman ${style.verb}`),
    style.typed,
  )
  if (style.json) {
    const { code, message, field } = error
    const report = { error: { code, message, hint, ...(field !== undefined && { field }) } }
    return `${trace}${safeJson(JSON.stringify(report))}\n`
  }
  // a person said no: that is no error to them
  if (error.code === 'cli.declined') return `certman: ${safeText(error.message)}\n`
  return `${trace}certman: error: ${messageText(error.message)}\ncertman: hint: ${hintText(hint)}\n`
}

/** The exit status of a failure. */
export const exitOf = (thrown: unknown): number => ERRORS[asCertmanError(thrown).code].exit

/**
 * Reads the style straight from the words, because a faulty command line has to be reported too.
 *
 * @param env `CERTMAN_OUTPUT` counts as `--output` does
 */
export function styleOf(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ReportStyle {
  const end = argv.indexOf('--')
  const words = end < 0 ? argv : argv.slice(0, end)
  const isJson = (form: string | undefined): boolean => form === 'json' || form === 'jsonl'
  const asked = words.flatMap((word, at) =>
    word === '-o' || word === '--output' ? [words[at + 1]] : (/^(?:-o|--output=)(.+)/.exec(word)?.[1] ?? []),
  )
  const form = asked.length > 0 ? asked.at(-1) : env['CERTMAN_OUTPUT']
  return {
    json: words.includes('--json') || isJson(form),
    verbose: words.includes('-v') || words.includes('--verbose') || isOn(env['CERTMAN_VERBOSE']),
  }
}
