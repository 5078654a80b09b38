/** Text for man(7): backslashes, hyphens (so that flags can be copied) and dots at the start of a line. */
const safe = (text) =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('…', '...')
    .replace(/^(?=[.'])/gm, '\\&')

const quoted = (text) => `"${text.replaceAll('"', '\\(dq')}"`

const terms = ({ title, terms: rows }) => [
  `.SH ${quoted(title.toUpperCase())}`,
  ...rows.flatMap(([term, meaning]) => ['.TP', `\\fB${safe(term.trim())}\\fR`, safe(meaning)]),
]

/** Columns that a line of an example has in a terminal of 80: man indents it by 14. */
const COLUMNS = 66

/** Broken as --help breaks it, which indents by two more. */
const exampleLines = (command, commandLines) =>
  commandLines(command, COLUMNS + 2).map((line) => safe(line.slice(2)))

const examples = ({ examples: rows }, commandLines) => [
  '.SH EXAMPLES',
  ...rows.flatMap(([command, does]) => [
    '.TP',
    safe(does),
    '.nf',
    ...exampleLines(command, commandLines),
    '.fi',
  ]),
]

const paragraphs = ({ title, paragraphs: texts }) => [
  `.SH ${quoted((title ?? 'Description').toUpperCase())}`,
  ...texts.flatMap((each, at) => (at > 0 ? ['.PP', safe(each)] : [safe(each)])),
]

const WRITERS = { terms, examples, paragraphs }

/** Pages that belong together: the members of the same group, else the overview. */
function seeAlso({ file, pages }) {
  const group = file.split('-').slice(0, 2).join('-')
  const near = pages.filter(
    (each) => each.file !== file && (each.file === 'certman' || each.file.startsWith(`${group}-`)),
  )
  return near.map((each) => `.BR ${safe(each.file)} (${each.section})`).join(',\n')
}

/** A help page as a manual page, see man(7); `commandLines` breaks commands as --help does. */
export function roff({ file, page, section, pages, commandLines }) {
  const body = page.sections.flatMap((each) => WRITERS[each.type](each, commandLines))
  const synopsis = page.synopsis === undefined ? [] : ['.SH SYNOPSIS', `\\fB${safe(page.synopsis)}\\fR`]
  const others = seeAlso({ file, pages })
  const lines = [
    '.\\" made by tools/docs.mjs from the declaration that --help shows; edit that',
    `.TH ${quoted(file.toUpperCase())} ${section} "" certman certman`,
    '.SH NAME',
    `${safe(file)} \\- ${safe(page.summary)}`,
    ...synopsis,
    ...body,
    ...(others === '' ? [] : ['.SH SEE ALSO', others]),
  ]
  return `${lines.join('\n')}\n`
}
