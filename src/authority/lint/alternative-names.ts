import type { GeneralName, GeneralNameType } from '../../domain/facts.ts'
import { faultsOf, must, should, type LintRule } from './rule.ts'
import type { LintSubject } from './subject.ts'

const each =
  (type: GeneralNameType, fault: (value: string) => string | undefined) =>
  ({ subjectAltName }: LintSubject): readonly string[] | undefined =>
    faultsOf(subjectAltName ?? [], (name) => {
      const what = name.type === type ? fault(name.value) : undefined
      return what === undefined ? undefined : `the ${type} name ${JSON.stringify(name.value)} ${what}`
    })

/** The alternative names of the subject (RFC 5280 section 4.2.1.6). Wrong lengths of addresses are malformed already. */
export const ALTERNATIVE_NAME_RULES: readonly LintRule[] = [
  must('dns-name', '4.2.1.6', each('dns', dnsFault)),
  should(
    'dns-underscore',
    '4.2.1.6',
    each('dns', (value) => (value.includes('_') ? 'has an underscore, which no host name has' : undefined)),
  ),
  must('email-name', '4.2.1.6', each('email', mailboxFault)),
  must('uri-name', '4.2.1.6', each('uri', uriFault)),
  should('alternative-name-once', '4.2.1.6', ({ subjectAltName }) =>
    // a single one is not repeated
    subjectAltName !== null && subjectAltName.length > 1 ? repeated(subjectAltName) : undefined,
  ),
]

/**
 * The preferred name syntax (RFC 1034 section 3.5, RFC 1123 section 2.1), and a wildcard as the whole first label
 * (RFC 9525 section 6.3). Underscores have a rule of their own.
 */
function dnsFault(value: string): string | undefined {
  if (value === '' || value === ' ') return 'is empty'
  if (value.length > 253) return 'is longer than 253 characters'
  if (value.endsWith('.')) return 'ends with a dot'
  const labels = value.replace(/^\*\./, '').split('.')
  const wrong = labels.find((label) => !/^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/.test(label))
  return wrong === undefined ? undefined : `has the label ${JSON.stringify(wrong)}`
}

/** Mailbox of RFC 5321 section 4.1.2, without a display name or comments. */
function mailboxFault(value: string): string | undefined {
  const at = value.lastIndexOf('@')
  const [local, host] = [value.slice(0, Math.max(at, 0)), value.slice(at + 1)]
  if (local === '' || host === '') return 'is no mailbox'
  const isText =
    /^(?:[\u0021\u0023-\u0027*+\-/0-9=?A-Z^-~]+(?:\.[\u0021\u0023-\u0027*+\-/0-9=?A-Z^-~]+)*|"[\u0020-\u007e]*")$/.test(
      local,
    )
  if (!isText) return `has the local part ${JSON.stringify(local)}`
  return /^\[[\u0021-\u007e]+\]$/.test(host) ? undefined : dnsFault(host)
}

/** Absolute (RFC 3986 section 4.3), with something after the scheme; a host is a name or an address. */
function uriFault(value: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:[\u0021-\u007e]+$/.test(value)) return 'is not absolute'
  const authority = /^[^:]+:\/\/([^/?#]*)/.exec(value)?.[1]
  if (authority === undefined) return undefined
  const host = authority.replace(/^.*@/, '').replace(/:\d*$/, '')
  // a scheme such as file has an empty one; http never (RFC 9110 section 4.2)
  if (host === '') return /^https?:/i.test(value) ? 'has no host' : undefined
  const isHost = /^\[[0-9A-Fa-f:.vV]+\]$/.test(host) || /^[A-Za-z0-9._~%!$&'()*+,;=-]+$/.test(host)
  return isHost ? undefined : `has the host ${JSON.stringify(host)}`
}

function repeated(names: readonly GeneralName[]): string[] {
  const seen = new Set<string>()
  return names.flatMap(({ type, value, oid }) => {
    const key = `${type} ${oid ?? ''} ${value}`
    const isNew = !seen.has(key)
    seen.add(key)
    return isNew ? [] : [`the ${type} name ${JSON.stringify(value)} stands there twice`]
  })
}
