import { ERRORS } from '../../src/base/errors.ts'
import { EXPORT_FORMATS } from '../../src/operations/export-formats.ts'
import { INPUT_FORMATS } from '../options/shared.ts'
import { filterPage } from './filter-topic.ts'
import { settingsPage } from './settings-topic.ts'
import type { Page, Section } from './page.ts'
import type { TopicName } from './topic-names.ts'

const paragraphs = (...texts: string[]): Section => ({ type: 'paragraphs', paragraphs: texts })

const formats = (): Page => ({
  name: 'certman help formats',
  summary: 'what can be read and what can be written',
  sections: [
    paragraphs(
      'Files are recognised by their content, never by their name. Everything that a file holds is read; what the ' +
        `store does not take is listed. For --in-format: ${INPUT_FORMATS.join(', ')}.`,
    ),
    {
      type: 'terms',
      title: 'Written by export --format',
      terms: Object.entries(EXPORT_FORMATS).map(([name, { label }]) => [name, label] as const),
    },
    {
      type: 'terms',
      title: 'Output forms (--output)',
      terms: [
        ['table', 'for people: columns that fit the terminal'],
        ['wide', 'the same with more columns, never cut'],
        ['json', 'one document; field names as in RFC 5280, instants RFC 3339 in UTC'],
        ['jsonl', 'one JSON object on each line, as they are read'],
        ['csv', 'with a header line'],
        ['yaml', 'the JSON document as YAML'],
        ['name', 'references alone, one on each line, for xargs'],
      ],
    },
  ],
})

/** Meanings of the statuses that no error code stands for, and of the groups of those that have codes. */
const STATUS: Readonly<Record<number, string>> = {
  0: 'done, also when it was so already',
  1: 'the answer is no: verify, store check, --fail-empty, a question declined',
  2: 'the command line is wrong, or an answer is missing and nobody can be asked',
  3: 'bad input or a wrong password',
  4: 'not found',
  5: 'refused: a state, a conflict, a rule, a missing claim',
  6: 'trouble with the store, the settings or a file to be written',
  7: 'trouble with the other side of a connection',
  8: 'not authenticated, or not allowed',
  9: 'a part of a batch failed; the rest is done',
  10: 'nothing had to be changed; only with --exit-code',
  70: 'a fault of certman',
  130: 'interrupted, nothing was changed',
}

function exitStatus(): Page {
  const codes = (status: string): string =>
    Object.entries(ERRORS)
      .filter(([, row]) => String(row.exit) === status)
      .map(([code]) => code)
      .join(', ')
  return {
    name: 'certman help exit-status',
    summary: 'what each exit status means',
    sections: [
      { type: 'terms', title: 'Exit status', terms: Object.entries(STATUS) },
      {
        type: 'terms',
        title: 'Error codes by exit status (in JSON: error.code)',
        terms: Object.keys(STATUS).flatMap((status) =>
          codes(status) ? [[status, codes(status)] as const] : [],
        ),
      },
    ],
  }
}

const references = (): Page => ({
  name: 'certman help references',
  summary: 'how to name a record',
  sections: [
    {
      type: 'terms',
      title: 'References',
      terms: [
        ['3', 'an id; ids are never used twice'],
        ['web', 'a name'],
        [
          '9f86d081',
          '8 or more first digits of a fingerprint (SHA-256) or thumbprint (SHA-1); colons and case do not matter',
        ],
        ['serial:0a1b', 'a serial number'],
        [
          'requests/3',
          'another kind: certificates/, requests/, keys/, authorities/, collections/, profiles/',
        ],
        ['sign 3, reject web', 'these take requests: an id or a name needs nothing before it'],
        ['ca show root', 'verbs of ca take authorities, likewise'],
      ],
    },
    paragraphs(
      'They are tried in this order. A reference that fits several records is an error that lists them.',
      'A name has 1 to 256 characters and none of * # & + : < > ? / or control characters. Of the certificates ' +
        'with one name only the current one is meant; --replace moves a name to a new certificate, and the old one ' +
        'becomes superseded.',
    ),
  ],
})

const passwords = (): Page => ({
  name: 'certman help passwords',
  summary: 'how to give a password',
  sections: [
    {
      type: 'terms',
      title: 'Sources',
      terms: [
        [
          '--password-file FILE',
          'read it from a file; - is standard input; one line break at the end is cut',
        ],
        ['--password-env NAME', 'take it from the environment variable of that name'],
        ['--password-command CMD', 'run a command (with the shell) that prints it: a vault, a keyring'],
        ['CERTMAN_PASSWORD_FILE', 'stands in for --password-file'],
        ['a question', 'on a terminal, when nothing else was given; three attempts'],
      ],
    },
    paragraphs(
      'A password is never a word on the command line: every user of the machine can read that. A password file ' +
        'should have mode 600; certman warns when every user can read it.',
      '--key-password-file and its like are for keys inside the store: import encrypts with it, export opens with it. ' +
        '--parent-password-file and its like are for the key of the authority above.',
      'For sign, revoke, renew and ca crl the password opens the key of the authority. The key of an authority is ' +
        'kept without a password only for --no-password together with --insecure. certman password puts a key under another one.',
    ),
  ],
})

const TOPICS: Readonly<Record<TopicName, () => Page>> = {
  filter: filterPage,
  formats,
  'exit-status': exitStatus,
  references,
  passwords,
  settings: settingsPage,
}

/** The page of a topic. */
export const topicPage = (name: TopicName): Page => TOPICS[name]()
