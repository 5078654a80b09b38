import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'

/**
 * Whether the certificate is for this DNS name or IP address (RFC 9525: subject alternative names only,
 * wildcards in the left-most label as a whole).
 *
 * @param der one certificate
 * @param host as people write it: other scripts, the dot of the root behind it, brackets around an address
 * @returns false also when this Node cannot read the certificate
 */
export function matchesHost(der: Uint8Array, host: string): boolean {
  try {
    const certificate = new X509Certificate(der)
    const address = host.replace(/^\[(.*)\]$/, '$1')
    if (isIP(address) !== 0) return certificate.checkIP(address) !== undefined
    const name = (/[^\u0000-\u007f]/.test(host) ? domainToASCII(host) : host).replace(/\.$/, '')
    // OpenSSL takes a dot in front for "any host below"
    if (name.startsWith('.')) return false
    return certificate.checkHost(name, { subject: 'never', partialWildcards: false }) !== undefined
  } catch {
    return false
  }
}
