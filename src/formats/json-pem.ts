import { append } from '../base/lists.ts'
import { hasPem } from './pem.ts'

/** base64 of `-----BEGIN`. */
const IN_BASE64 = /^\s*LS0tLS1CRUdJTi/

/**
 * The PEM in the strings of a JSON text, however deep, one behind the other: the answers of cfssl and Vault have it as it
 * is, the secrets of Kubernetes and Traefik's acme.json in base64. Places count the blocks and lines of what this returns.
 *
 * @returns undefined when the text is no JSON, or has none
 */
export function pemInJson(text: Buffer): Buffer | undefined {
  if (!/^\s*[[{]/.test(text.toString('latin1', 0, 256))) return undefined
  if (!text.includes('-----BEGIN ') && !text.includes('LS0tLS1CRUdJTi')) return undefined
  const found: string[] = []
  // a list instead of calls: a text may be nested deeper than the stack
  const open: unknown[] = [parsed(text)]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'object' && value !== null) append(open, Object.values(value).reverse())
    else if (typeof value !== 'string') continue
    else if (IN_BASE64.test(value)) found.push(Buffer.from(value, 'base64').toString('latin1'))
    else if (value.includes('-----BEGIN ')) found.push(value)
  }
  const pem = Buffer.from(found.join('\n'))
  return hasPem(pem) ? pem : undefined
}

function parsed(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8').replace(/^\ufeff/, ''))
  } catch {
    return undefined
  }
}
