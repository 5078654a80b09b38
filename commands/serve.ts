import { count, declare, flag, many, text } from './declare.ts'
import { PASSWORD_OPTIONS } from './options/password.ts'
import { USERS_OPTION } from './options/users.ts'

/** What `serve` can be told. */
export const SERVE_OPTIONS = {
  store: many('STORE', 'a store to serve: a configured name, or a path; may be repeated', {
    short: 's',
    completes: 'store',
  }),
  listen: text('HOST:PORT', 'where to listen (default 127.0.0.1:8443; port 0 takes any that is free)'),
  dialect: many('NAME', 'iis, azure-apim, keyfactor, notary, d9tready (default: all); may be repeated'),
  ...USERS_OPTION,
  publicUrl: text('URL', 'where clients reach it; goes into issued certificates as the place of the CRL'),
  ...PASSWORD_OPTIONS,
  tlsCertificate: text('REF|FILE', 'its certificate: one of the first store, or a PEM file', {
    completes: 'file',
  }),
  tlsKey: text('FILE', 'PEM file of its private key, where --tls-certificate is a file', {
    completes: 'file',
  }),
  tlsPasswordFile: text('FILE', 'password of that key, read from a file', { completes: 'file' }),
  plainHttp: flag('no TLS; only for clients on this machine, or a proxy in front on it'),
  trustedProxy: many('ADDRESS', 'a proxy in front, or its network (10.0.0.0/8), that says who called'),
  accessLog: text('FILE', 'one line of JSON per request; - is standard output', { completes: 'file' }),
  set: many('KEY=VALUE', 'a switch of a dialect: docs/dialects; may be repeated'),
  maxBody: text('SIZE', 'largest body of a request (default 32M)', { rare: true }),
  maxRequests: count('N', 'requests at work at a time (default 256); more are answered 503', { rare: true }),
  maxTime: count('SECONDS', 'longest time for one answer (default 60)', { rare: true }),
  answerMemory: text('SIZE', 'answers that are remembered while nothing changes (default 64M; 0: none)', {
    rare: true,
  }),
} as const

export const verb = declare({
  name: 'serve',
  examples: [
    ['certman serve user add ann --role admin', 'first: somebody who may use it'],
    ['certman serve', 'the default store on https://127.0.0.1:8443'],
    ['certman serve --store prod --store lab --listen 0.0.0.0:443', 'two stores, for the network'],
    ['certman serve --store notary --dialect keyfactor', 'a remote store, for the clients of another vendor'],
    ['certman serve --public-url https://certs.example --password-file ca.pw', 'signs, and publishes CRLs'],
  ],
  about: [
    'Clients of IIS Administration, Azure API Management, Keyfactor Command, Canonical Notary and d9tready find their ' +
      'API at the usual paths. Who may do what: certman serve user add --help.',
    'Without --tls-certificate the server makes a certificate of its own and renews it; its SHA-256 is printed, for ' +
      '--pin of store add. A changed certificate is used without a restart.',
    'The password opens the keys of the authorities: sign and revoke then need none, and CRLs are signed anew when they ' +
      'are due. Everyone may fetch /crl/AUTHORITY.crl, /healthz and /metrics.',
    'Behind a proxy everyone has its address, and whoever guesses passwords shuts out all. --trusted-proxy says whose ' +
      'X-Forwarded-For and Forwarded are to be believed.',
    'SIGINT and SIGTERM end it when the requests at work are answered, a second one at once; SIGHUP reads certificate ' +
      'and users again and opens the access log anew.',
  ],
  args: [],
  options: SERVE_OPTIONS,
  run: async (ctx, { options }) => (await import('./serve-run.ts')).runServe(ctx, options),
})
