import { PURPOSES } from '../src/path/purposes.ts'
import { choice, declare, flag, many, text } from './declare.ts'
import { HOST_OPTIONS } from './options/host.ts'
import { PASSWORD_OPTIONS } from './options/password.ts'
import { REFERENCE_ARGS, requireOnePlace } from './options/place.ts'
import { IN_FORMAT_OPTION } from './options/shared.ts'

/** What `certman verify` takes. */
export const VERIFY_OPTIONS = {
  file: text('FILE', 'verify what lies in a file, - for standard input', { completes: 'file' }),
  host: text('HOST:PORT', 'verify what a TLS port serves (port 443 when none is given)'),
  hostname: text('NAME', 'the name or address that it must be for (default with --host: the host)'),
  purpose: choice(
    [...PURPOSES, 'any'],
    'what it must be good for (default: server with --host or --hostname, else any)',
    { value: 'PURPOSE' },
  ),
  trust: many('WHAT', 'whom to believe: system, authorities, store, or a file (default: the first two)', {
    completes: 'file',
  }),
  chain: many('FILE', 'issuers that may stand between', { completes: 'file' }),
  crl: many('FILE', 'revocation lists to look into', { completes: 'file' }),
  ocsp: many('FILE', 'responses of OCSP responders (DER) to look into', { completes: 'file' }),
  requireCrl: flag('no, unless it is known of each certificate that it is not revoked'),
  policy: many('OID', 'a certificate policy that it must have been issued under; one of several is enough'),
  requirePolicy: flag('no, unless it was issued under some certificate policy'),
  inhibitPolicyMapping: flag('policies of other authorities count under their own names only', {
    rare: true,
  }),
  inhibitAnyPolicy: flag('anyPolicy stands for no other policy', { rare: true }),
  at: text('TIME', 'ask about another time, such as 2027-01-31 (default: now)'),
  ...HOST_OPTIONS,
  ...PASSWORD_OPTIONS,
  ...IN_FORMAT_OPTION,
} as const

export const verb = declare({
  name: 'verify',
  examples: [
    ['certman verify web', 'a certificate of the store; exit status 1 when the answer is no'],
    ['certman verify web --hostname www.example.com', 'whether a browser would take it for this name'],
    ['certman verify --host www.example.com', 'what a server presents'],
    ['certman verify --file new.pem --chain issuing.pem --trust root.pem', 'files alone'],
    ['certman verify --file new.pem --crl issuing.crl --require-crl', 'not revoked, and known not to be'],
    ['certman verify web --policy 2.23.140.1.2.2', 'issued under this certificate policy'],
    ['certman verify web --at 2027-01-31', 'whether the answer will still be yes'],
    ['certman verify web --json | jq .findings', 'the reasons, for a script'],
  ],
  about: [
    'The answer is yes when a path leads to somebody who is believed, and nothing speaks against any certificate of ' +
      'it: signatures, dates, authorities and how many may follow one another, name constraints, critical ' +
      'extensions, weak keys and digests, certificate policies, the purpose, the host name, revocation (RFC 5280 ' +
      'section 6). Every path is tried; where none is good, the best one is shown with what speaks against it.',
    '--trust says whom to believe, and may be repeated: "system" is whom Node trusts (the list of Mozilla, and the ' +
      'file of NODE_EXTRA_CA_CERTS), "authorities" the self-signed authorities of the store, "store" every ' +
      'self-signed certificate in it, else it is a file. What lies beside a certificate, in its file or in ' +
      'the answer of a server, is used as an issuer but never believed.',
    'Whether a certificate is revoked, the store tells of those that it knows, and the lists at hand: those of its ' +
      'authorities, of --crl, and those that lie in the files: of its issuer, or of the CRL issuer that it names, ' +
      'whose own certificate must lead to the same trust anchor; deltas bring their base up to date. A list that ' +
      'ended, a delta without its base or a partial one still revokes, but acquits nobody. OCSP responses count ' +
      'likewise: those of --ocsp, and the one that a server staples, where the issuer signed them or certified who ' +
      'did. Nothing is fetched from the network.',
    'An authority may demand that the path is valid under a certificate policy, and say which policies of others are ' +
      'the same as its own (RFC 5280 section 6.1, with the graph of RFC 9618). --policy names the policies that will ' +
      'do, as object identifiers or as domainValidated, organizationValidated, individualValidated, ' +
      'extendedValidation; what the trust anchor says of policies does not count.',
  ],
  args: REFERENCE_ARGS,
  options: VERIFY_OPTIONS,
  run: async (ctx, { args, options }) => {
    requireOnePlace('verify', args, options)
    return (await import('./verify-run.ts')).runVerify(ctx, args, options)
  },
})
