import { domainToASCII, domainToUnicode } from 'node:url'
import { nameFault, quoted } from './name-fault.ts'

/** What a host name stands in, for messages and for what is allowed there. */
export interface HostPlace {
  /** `dns name`, `email address` … */
  readonly kind: string
  /** The whole text that the person typed; the host itself when it is absent. */
  readonly whole?: string
  /** `*` may be the first label (RFC 9525 section 6.3). */
  readonly wildcard?: boolean
}

/**
 * A host name as it stands in certificates (RFC 5280 section 4.2.1.6, preferred name syntax of RFC 1034 section 3.5,
 * relaxed by RFC 1123 section 2.1). Other scripts become A-labels (RFC 9549 section 4; UTS #46, non-transitional);
 * ASCII stays as typed. An underscore is allowed: internal names have it, and public trust is for the lints to judge.
 * One label alone is a name, too.
 *
 * @returns ASCII, labels of 1 to 63 octets, 253 in all
 * @throws {CertmanError} `input.invalid`
 */
export function parseHost(host: string, place: HostPlace): string {
  const fault = (why: string, hint?: string): Error => nameFault([place.kind, place.whole ?? host], why, hint)
  const hasWildcard = place.wildcard === true && host.startsWith('*.')
  const base = hasWildcard ? host.slice(2) : host
  const foreign = /[\u0000-,/:-@[-^`{-\u007f]/.exec(base)?.[0]
  if (foreign === '*') throw fault('has a * that is not the whole first label', 'write it like *.example.com')
  const several =
    foreign === ',' || foreign === ' ' ? 'one name at a time: repeat the flag for the next' : undefined
  if (foreign !== undefined) throw fault(`has the character ${quoted(foreign)}`, several)
  const ascii = /[^\u0000-\u007f]/.test(base) ? domainToASCII(base) : base
  // other scripts have their own full stops and digits, so what came out is judged, not what went in
  const why = ascii === '' && base !== '' ? 'has characters that no domain name has' : hostFault(ascii)
  if (why !== undefined) throw fault(why)
  const whole = hasWildcard ? `*.${ascii}` : ascii
  if (whole.length > 253) throw fault(`has ${whole.length} octets, 253 are allowed`)
  return whole
}

function hostFault(host: string): string | undefined {
  if (host === '') return 'is empty'
  if (host.endsWith('.')) return 'ends with a dot; leave it out'
  const labels = host.split('.')
  for (const label of labels) {
    const why = labelFault(label)
    if (why !== undefined) return why
  }
  // RFC 3696 section 2: a top-level name is not all digits, so this is an address or a part of one
  return /^\d+$/.test(labels.at(-1)!) ? 'ends with a number like an IP address' : undefined
}

function labelFault(label: string): string | undefined {
  if (label === '') return 'has an empty label'
  if (label.length > 63) return `has a label of ${label.length} octets, 63 are allowed`
  if (label.startsWith('-') || label.endsWith('-')) return 'has a label with a hyphen at its edge'
  if (!/^[A-Za-z0-9_-]+$/.test(label)) return 'has characters that no domain name has'
  // an A-label that is none would be shown as something else, or not at all (RFC 5890 section 2.3.2.1)
  const lower = label.toLowerCase()
  // what newer Nodes cannot decode they leave as it is, and take it for ASCII
  return lower.startsWith('xn--') && ['', lower].includes(domainToUnicode(lower))
    ? `has the label ${JSON.stringify(label)}, which is no valid A-label`
    : undefined
}
