import { append } from '../base/lists.ts'

const ONLY_BASE64 = /^[A-Za-z0-9+/=\s]+$/

/** A BEGIN line that stands alone, or has its END behind it: a help text that mentions one is no PEM. */
const BLOCK = /^[ \t]*-----BEGIN (?:.*-----END |[^-\r\n]*-----[ \t]*$)/m

/**
 * The PEM in the strings of a JSON text, however deep, one behind the other: the answers of cfssl and Vault have it as it
 * is, the secrets of Kubernetes and Traefik's acme.json in base64. Places count the blocks and lines of what this returns.
 *
 * @returns undefined when the text is no JSON, or has none
 */
export function pemInJson(text: Buffer): Buffer | undefined {
  // a byte order mark counts as white space
  if (!/^\s*[[{"]/.test(text.toString('utf8', 0, 256))) return undefined
  const found: Buffer[] = []
  // a list instead of calls: a text may be nested deeper than the stack
  const open: unknown[] = [parsed(text)]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'object' && value !== null) append(open, Object.values(value).reverse())
    else if (typeof value === 'string') {
      const octets = Buffer.from(value, ONLY_BASE64.test(value) ? 'base64' : 'utf8')
      if (BLOCK.test(octets.toString('latin1'))) found.push(octets, Buffer.from('\n'))
    }
  }
  return found.length > 0 ? Buffer.concat(found) : undefined
}

function parsed(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8').replace(/^\ufeff/, ''))
  } catch {
    return undefined
  }
}
