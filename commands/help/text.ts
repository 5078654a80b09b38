import { groupPage, overviewPage, type Page, type Section, verbPage } from './page.ts'
import { findVerb, GROUPS } from '../verbs.ts'
import { TOPIC_NAMES, type TopicName } from './topic-names.ts'

/** Help reads badly in longer lines, however wide the terminal is. */
const MAX_WIDTH = 100

/** Terms longer than this stand on a line of their own. */
const MAX_TERM = 30

/** Columns that a meaning has at least, however narrow the terminal is. */
const LEAST_MEANING = 20

/** Breaks a paragraph at spaces. */
function wrap(paragraph: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of paragraph.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

function termLines(terms: readonly (readonly [string, string])[], width: number): string[] {
  const column = Math.min(
    Math.max(...terms.map(([term]) => term.length)),
    MAX_TERM,
    Math.max(width - LEAST_MEANING - 4, 0),
  )
  const indent = ' '.repeat(column + 4)
  return terms.flatMap(([term, meaning]) => {
    const [first = '', ...more] = wrap(meaning, Math.max(width - column - 4, LEAST_MEANING))
    const rest = more.map((each) => indent + each)
    if (term.length > column) return [`  ${term}`, indent + first, ...rest]
    return [`  ${term.padEnd(column)}  ${first}`, ...rest]
  })
}

/** A long command goes on in the next line as shells read it, broken before a flag. */
export function commandLines(command: string, width: number): string[] {
  if (command.length + 2 <= width) return [`  ${command}`]
  const lines: string[] = []
  for (const part of command.split(/ (?=--)/)) {
    const line = lines.at(-1)
    const indent = lines.length > 1 ? 6 : 2
    // two columns for the backslash
    if (line !== undefined && indent + line.length + 1 + part.length + 2 <= width)
      lines[lines.length - 1] = `${line} ${part}`
    else lines.push(part)
  }
  return lines.map((line, at) => `${at > 0 ? '      ' : '  '}${line}${at < lines.length - 1 ? ' \\' : ''}`)
}

function sectionLines(section: Section, width: number): string[] {
  switch (section.type) {
    case 'examples':
      return [
        'Examples:',
        ...section.examples.flatMap(([command, does]) => [
          ...wrap(does, width - 4).map((line) => `  # ${line}`),
          ...commandLines(command, width),
        ]),
      ]
    case 'terms':
      return [`${section.title}:`, ...termLines(section.terms, width)]
    case 'paragraphs': {
      const title = section.title === undefined ? [] : [`${section.title}:`]
      const lines = section.paragraphs.map((each) => (each.startsWith(' ') ? [each] : wrap(each, width)))
      return [
        ...title,
        ...lines.flatMap((each, at) => (at > 0 && !each[0]!.startsWith(' ') ? ['', ...each] : each)),
      ]
    }
  }
}

/** A page as plain text, at most `columns` wide. */
function pageText(page: Page, columns = 80): string {
  const width = Math.min(columns, MAX_WIDTH)
  const head = wrap(`${page.name}: ${page.summary}`, width)
  const usage =
    page.synopsis === undefined
      ? []
      : ['', ...wrap(`Usage: ${page.synopsis}`, width).map((line, at) => (at > 0 ? `       ${line}` : line))]
  const body = page.sections.flatMap((section) => ['', ...sectionLines(section, width)])
  return `${[...head, ...usage, ...body].join('\n')}\n`
}

/**
 * The help of a verb, a group, a topic, or (for undefined) of certman.
 *
 * @throws {CertmanError} `cli.usage` for a word that is none of them
 */
export async function helpText(name: string | undefined, columns?: number): Promise<string> {
  if (name === undefined) return pageText(overviewPage(), columns)
  const entry = findVerb(name)
  if (entry) return pageText(verbPage(await entry.load()), columns)
  if (Object.hasOwn(GROUPS, name)) return pageText(groupPage(name), columns)
  if (!TOPIC_NAMES.includes(name as TopicName)) throw (await import('../parse.ts')).unknownVerb(name)
  const { topicPage } = await import('./topics.ts')
  return pageText(topicPage(name as TopicName), columns)
}
