import {
  checkServerIdentity,
  type DetailedPeerCertificate,
  type PeerCertificate,
  type TLSSocket,
} from 'node:tls'
import { CertmanError } from '../base/errors.ts'
import { printable } from '../base/text.ts'
import { sha256Hex } from '../crypto/digest.ts'

/** What a server's certificate has to be. */
export interface TrustRule {
  /** Host of the URL, without brackets. */
  readonly host: string
  /** SHA-256 of the leaf, lower-case hex. */
  readonly pin: string | undefined
}

/** Compares the certificate with the host of the URL, whoever the socket was opened to: a proxy's name does not count. */
export const identityCheck =
  (host: string) =>
  (_: string, certificate: PeerCertificate): Error | undefined =>
    checkServerIdentity(host, certificate)

/**
 * Decides after the handshake whether to talk: the pinned certificate and no other, else what Node has verified.
 * Called before the socket is handed to HTTP, so that nothing of a request is written to a server that is not the right one.
 *
 * @throws {CertmanError} `remote.tls`, with the field `pin` where pinning would help; the message does not
 *   name the call
 */
export function checkPeer(socket: TLSSocket, rule: TrustRule): void {
  const leaf = socket.getPeerCertificate(true)
  const raw = leaf.raw as Uint8Array | undefined
  if (raw === undefined) throw new CertmanError('remote.tls', `${rule.host} shows no certificate`)
  const fingerprint = sha256Hex(raw)
  if (rule.pin !== undefined) {
    if (fingerprint === rule.pin) return
    throw new CertmanError(
      'remote.tls',
      `the certificate of ${rule.host} is not the pinned one: pinned ${rule.pin}, shown ${fingerprint}`,
      { hint: 'ask whoever runs the server whether it has a new certificate, then pin that one with --pin' },
    )
  }
  if (socket.authorized) return
  throw refusal(rule.host, leaf, { fingerprint, code: String(socket.authorizationError) })
}

const SELF_SIGNED = new Set(['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'])

function refusal(
  host: string,
  leaf: DetailedPeerCertificate,
  why: { readonly fingerprint: string; readonly code: string },
): CertmanError {
  const { fingerprint, code } = why
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return new CertmanError(
      'remote.tls',
      `the certificate of ${host} is not for that name, but for ${namesOf(leaf)}`,
      {
        hint: `use a name that it has; or compare its SHA-256 with the owner's and pin it: --pin ${fingerprint}`,
        field: 'pin',
      },
    )
  if (code === 'CERT_HAS_EXPIRED')
    return new CertmanError(
      'remote.tls',
      `the certificate of ${host} has expired: valid until ${earliest(leaf)}`,
      { hint: 'it has to be renewed there' },
    )
  if (code === 'CERT_NOT_YET_VALID')
    return new CertmanError('remote.tls', `the certificate of ${host} is not yet valid`, {
      hint: 'check the clocks of both machines',
    })
  const what = SELF_SIGNED.has(code)
    ? code === 'DEPTH_ZERO_SELF_SIGNED_CERT'
      ? 'is self-signed and not trusted'
      : 'comes from a root that is not trusted'
    : untrusted(code)
  return new CertmanError('remote.tls', `the certificate of ${host} ${what} (SHA-256 ${fingerprint})`, {
    hint: `trust its CA with --ca-file; or compare the SHA-256 with the owner's and pin it: --pin ${fingerprint}`,
    field: 'pin',
  })
}

const untrusted = (code: string): string =>
  /^UNABLE_TO_(GET_ISSUER|VERIFY)/.test(code)
    ? 'comes from an issuer that is not known here'
    : `is refused: ${printable(code).toLowerCase().replaceAll('_', ' ')}`

/** The names that a certificate is for, at most ten. */
function namesOf(leaf: PeerCertificate): string {
  const names = (leaf.subjectaltname ?? '')
    .split(', ')
    .map((name) => name.replace(/^(?:DNS|IP Address):/, ''))
    .filter((name) => name !== '')
  if (names.length === 0) return `no host at all (subject ${printable(String(leaf.subject?.CN ?? ''))})`
  const more = names.length > 10 ? ` and ${names.length - 10} more` : ''
  return `${printable(names.slice(0, 10).join(', '))}${more}`
}

/** End of validity of the certificate of the chain that ends first, ISO 8601. */
function earliest(leaf: DetailedPeerCertificate): string {
  const ends: number[] = []
  const seen = new Set<string>()
  let at: DetailedPeerCertificate | undefined = leaf
  while (at?.raw !== undefined && !seen.has(at.fingerprint256)) {
    seen.add(at.fingerprint256)
    ends.push(Date.parse(at.valid_to))
    at = at.issuerCertificate
  }
  return new Date(Math.min(...ends)).toISOString().replace('.000Z', 'Z')
}
