import type { JsonObject } from '../../src/base/json.ts'

/** The instant of all rendering tests. */
export const NOW = new Date('2025-06-15T12:00:00Z')

const DATES = { notBefore: '2025-01-01T00:00:00Z', importedAt: '2025-06-01T08:30:00.123Z' }

/** Certificates as `list` has them: ordinary ones, and ones made to do harm. */
export const CERTIFICATES: readonly JsonObject[] = [
  {
    id: '1',
    name: 'web',
    state: 'valid',
    subject: 'CN=www.example.com,O=Example Ltd',
    subjectAltName: [
      { type: 'dns', value: 'www.example.com' },
      { type: 'ip', value: '192.0.2.7' },
    ],
    publicKey: { type: 'ec', curve: 'P-256' },
    notAfter: '2025-06-18T12:00:00Z',
    keyId: 'ff',
    tags: ['prod', 'edge'],
    ...DATES,
  },
  {
    id: '2',
    state: 'expired',
    subject: 'CN=old.example',
    notAfter: '2025-06-10T00:00:00Z',
    publicKey: { type: 'rsa', size: 2048 },
    tags: [],
    ...DATES,
  },
  {
    id: '10',
    name: 'mail',
    state: 'valid',
    subject: 'CN=mail.example',
    notAfter: '2025-07-10T00:00:00Z',
    tags: [],
    ...DATES,
  },
  {
    id: '11',
    name: '漢字の名前',
    state: 'valid',
    subject: 'CN=漢字漢字漢字漢字漢字.example,O=株式会社サンプルサンプルサンプル',
    notAfter: '2035-01-01T00:00:00Z',
    tags: [],
    ...DATES,
  },
]

/** Escape sequences, bidi controls, line ends, an emoji, and a common name of 10,000 characters. */
export const HOSTILE: readonly JsonObject[] = [
  {
    id: '1',
    name: 'a',
    state: 'valid',
    subject: 'CN=\u001b[2J\u001b[31mred',
    notAfter: '2035-01-01T00:00:00Z',
    ...DATES,
  },
  {
    id: '2',
    name: 'b',
    state: 'valid',
    subject: 'CN=two\nlines\r\u0007',
    notAfter: '2035-01-01T00:00:00Z',
    ...DATES,
  },
  {
    id: '3',
    name: 'c',
    state: 'valid',
    subject: 'CN=moc.\u202eelpmaxe',
    notAfter: '2035-01-01T00:00:00Z',
    ...DATES,
  },
  { id: '4', name: 'd', state: 'valid', subject: 'CN=smile 😀', notAfter: '2035-01-01T00:00:00Z', ...DATES },
  {
    id: '5',
    name: 'e',
    state: 'valid',
    subject: `CN=${'x'.repeat(10_000)}`,
    notAfter: '2035-01-01T00:00:00Z',
    ...DATES,
  },
]
