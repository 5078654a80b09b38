import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'

/**
 * Whether the certificate is for this DNS name or IP address (RFC 9525: subject alternative names only,
 * wildcards in the left-most label as a whole).
 *
 * @param der one certificate
 * @returns false also when this Node cannot read the certificate
 */
export function matchesHost(der: Uint8Array, host: string): boolean {
  try {
    const certificate = new X509Certificate(der)
    const matched =
      isIP(host) === 0
        ? certificate.checkHost(host, { subject: 'never', partialWildcards: false })
        : certificate.checkIP(host)
    return matched !== undefined
  } catch {
    return false
  }
}
