// What people and scripts do most, in a store made for it: the build runs these to learn what is to be compiled.
import { inRoot } from './places.mjs'

const fixture = (name) => inRoot(`fixtures/${name}`)
const inStore = (line, ...files) => ['-s', './store', ...line.split(' '), ...files]

/** Certificates of both usual kinds of keys, with their issuers; so many at once lie in a segment. */
const MANY = [
  'pkcs7/mail-chain.p7b',
  ...['leaf.pem', 'intermediate.pem', 'root.pem'].map((name) => `tls/${name}`),
  ...['api-answer.pem', 'web-answer.pem', 'ended-ca.pem'].map((name) => `requests/${name}`),
].map(fixture)

/** Makes something to look at; these take long by themselves, and their compiled code would burden the others. */
export const PREPARATIONS = [
  ['store', 'init', './store'],
  inStore('import --no-input', ...MANY),
  inStore('import --name web --no-input', fixture('keys/web.pem')),
]

/** Looking: nothing changes. The door knows these by their words, and has compiled code of its own for them. */
const LOOKS = [
  ['--help'],
  ['list', '--help'],
  ['--version'],
  ...['1', '3', '4', 'web'].flatMap((ref) => [inStore(`show ${ref}`), inStore(`--json show ${ref}`)]),
  inStore('list'),
  inStore('--json list --sort notAfter --limit 1'),
  inStore('--json list'),
]

const WINDOWS = [fixture('windows/intranet.pfx'), '--password-file', fixture('windows/password.txt')]
const JAVA = [fixture('java/shop-keystore.p12'), '--password-file', fixture('java/password.txt')]

/** The other verbs, in the order in which one makes what the next one takes. */
const WORKS = [
  inStore('export 1 --out -'),
  inStore('ca create --subject CN=Root --name root --key-type ec-p256 --no-password --insecure'),
  inStore('--json request --csr', fixture('requests/web.csr')),
  inStore('--json request --csr', fixture('requests/api.csr')),
  inStore('--json request --subject CN=key --san dns:key.example --san ip:192.0.2.7 --key-type ec-p256'),
  inStore('--json sign 1 --ca root --profile server --days 90 --name issued'),
  inStore('--json reject 2 --reason no'),
  inStore('--json verify issued'),
  inStore('--json edit issued --tag usual'),
  inStore('ca crl root'),
  inStore('--json import --name intranet', ...WINDOWS),
  inStore('--json import --name shop', ...JAVA),
  inStore('--json import', fixture('mixed/api.cer')),
  ['--json', 'show', '--file', ...JAVA],
  ['--json', 'show', '--file', fixture('keys/web.pem')],
  inStore('export issued --chain --out -'),
  inStore('--json delete intranet -y'),
  inStore('--json revoke issued --reason superseded -y'),
  inStore('store check'),
]

export const USUAL_RUNS = [...LOOKS, ...WORKS]
