const NOTE = '<!-- made by tools/docs.mjs from the declaration that --help shows; edit that -->\n'

/** Text outside code: what Markdown would take as markup is escaped. */
const plain = (text) => text.replace(/[\\`*_<>|]/g, '\\$&')

const code = (text) => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``)

const cell = (text) => text.replaceAll('|', '\\|')

function terms(section) {
  const rows = section.terms.map(([term, meaning]) => `| ${cell(code(term.trim()))} | ${plain(meaning)} |`)
  return [`## ${section.title}`, '', '| | |', '|---|---|', ...rows, '']
}

function examples(section) {
  const lines = section.examples.flatMap(([command, does]) => [`# ${does}`, command])
  return ['## Examples', '', '```sh', ...lines, '```', '']
}

function paragraphs(section) {
  const title = section.title === undefined ? [] : [`## ${section.title}`, '']
  return [...title, ...section.paragraphs.flatMap((each) => [plain(each), ''])]
}

const WRITERS = { terms, examples, paragraphs }

/** A help page as Markdown. */
export function markdown(page) {
  const synopsis = page.synopsis === undefined ? [] : ['```text', page.synopsis, '```', '']
  const body = page.sections.flatMap((section) => WRITERS[section.type](section))
  return `${NOTE}${[`# ${page.name}`, '', `${plain(page.summary)}.`, '', ...synopsis, ...body].join('\n').trimEnd()}\n`
}

/** The list of all pages. */
export function markdownIndex(pages) {
  const rows = pages.map(({ file, page }) => `| [${page.name}](${file}.md) | ${plain(page.summary)} |`)
  return `${NOTE}# Verbs and topics\n\n| | |\n|---|---|\n${rows.join('\n')}\n`
}
