import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { renderHost, renderInspection } from '../../commands/render/show.ts'
import { renderRecords, type ShowForm } from '../../commands/render/show-records.ts'
import { displayWidth } from '../../commands/render/width.ts'
import { NOW } from './rows.ts'

const context = (tty: boolean, color = false) => ({
  ambient: { now: () => NOW, random: () => new Uint8Array(), env: {}, actor: 'me' },
  global: { color, dryRun: false },
  terminal: { stdoutIsTty: tty, columns: 80 },
})

const attribute = (type: string, value: string): JsonObject => ({
  type,
  value,
  oid: '2.5.4.3',
  encoding: 'utf8',
})

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'

const WEB: JsonObject = {
  kind: 'certificate',
  id: '3',
  name: 'web',
  friendlyName: 'Web server 2025',
  tags: ['prod', 'edge'],
  keyId: 'c6'.repeat(32),
  exportable: true,
  importedAt: '2025-06-01T08:30:00.123Z',
  source: { how: 'imported', from: 'web.pfx' },
  version: 3,
  serialNumber: '335c35b4f0a2bb86',
  subject: 'CN=www.example.com,O=Example Ltd',
  subjectAttributes: [
    [attribute('O', 'Example Ltd')],
    [attribute('CN', 'www.example.com'), attribute('OU', 'Ops')],
  ],
  issuer: 'CN=Example Issuing CA 1',
  issuerAttributes: [[attribute('CN', 'Example Issuing CA 1')]],
  notBefore: '2025-01-01T00:00:00Z',
  notAfter: '2025-07-10T12:00:00Z',
  thumbprint: 'B7AD1F05C3D47F444D680317A9ECA780DDD253F7',
  fingerprint: '5c'.repeat(32),
  publicKey: {
    type: 'rsa',
    size: 2048,
    exponent: '65537',
    algorithmOid: '1.2.840.113549.1.1.1',
    spkiHash: 'c6'.repeat(32),
  },
  signatureAlgorithm: 'sha256WithRSAEncryption',
  subjectAltName: [
    { type: 'dns', value: 'www.example.com' },
    { type: 'dns', value: 'example.com' },
    { type: 'ip', value: '192.0.2.7' },
  ],
  keyUsage: ['digitalSignature', 'keyEncipherment'],
  extendedKeyUsage: ['serverAuth', 'clientAuth'],
  basicConstraints: { ca: false, pathLen: null },
  subjectKeyIdentifier: '97c227509ec2c9ec',
  authorityKeyIdentifier: { keyIdentifier: '1d2e3f', issuer: null, serialNumber: null },
  selfIssued: false,
  state: 'valid',
  hasPrivateKey: true,
  key: { id: 'c6'.repeat(32), encrypted: true, exportable: true },
  chain: [
    { id: '2', name: 'ca1', subject: 'CN=Example Issuing CA 1', fingerprint: 'aa', state: 'valid' },
    { id: '1', subject: 'CN=Example Root', fingerprint: 'bb', state: 'expired' },
  ],
  extensions: [
    { oid: '2.5.29.15', name: 'keyUsage', critical: true, value: ['digitalSignature', 'keyEncipherment'] },
    {
      oid: '2.5.29.31',
      name: 'cRLDistributionPoints',
      critical: false,
      value: [{ fullName: [{ type: 'uri', value: 'http://crl.example/ca1.crl' }] }],
    },
    {
      oid: '1.3.6.1.5.5.7.1.1',
      name: 'authorityInfoAccess',
      critical: false,
      value: [{ accessMethod: 'ocsp', accessLocation: { type: 'uri', value: 'http://ocsp.example' } }],
    },
    { oid: '1.2.3.4', critical: true, hex: '0500' },
    {
      oid: '2.5.29.32',
      name: 'certificatePolicies',
      critical: false,
      malformed: 'not a SEQUENCE',
      hex: '0400',
    },
  ],
  pem: PEM,
}

const shown = async (item: JsonObject, form: ShowForm = 'overview', tty = true): Promise<string> =>
  renderRecords(context(tty), [item], form).text()

describe('show on a terminal', () => {
  test('lays a certificate out in sections', async () => {
    expect(await shown(WEB)).toMatchInlineSnapshot(`
      "Certificate
        State         valid, expires in 25 days
        Id            3
        Name          web
        Friendly name Web server 2025
        Tags          prod, edge
        Origin        imported 2025-06-01 08:30:00 UTC from web.pfx

      Subject
        O             Example Ltd
        CN            www.example.com
        OU            Ops

      Issuer
        CN            Example Issuing CA 1

      Validity
        Not before    2025-01-01 00:00:00 UTC (165 days ago)
        Not after     2025-07-10 12:00:00 UTC (in 25 days)

      Names
        dns           www.example.com
                      example.com
        ip            192.0.2.7

      Key
        Public key    rsa 2048
        Private key   at hand, password-protected
        Signed with   sha256WithRSAEncryption

      Usage
        Authority     no
        Key usage     digitalSignature, keyEncipherment (critical)
        Purposes      serverAuth, clientAuth

      Identifiers
        Serial        335c35b4f0a2bb86
        SHA-256       5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c
        SHA-1         B7AD1F05C3D47F444D680317A9ECA780DDD253F7
        Key SHA-256   c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6
        Subject key   97c227509ec2c9ec
        Issuer key    1d2e3f

      Other extensions
        CRLs          http://crl.example/ca1.crl
        Issuer info   ocsp http://ocsp.example
        1.2.3.4 (critical)
                      2 bytes: 0500
        certificatePolicies
                      malformed: not a SEQUENCE
                      2 bytes: 0400

      Chain
        CN=Example Root  [1] (expired)
        └─ CN=Example Issuing CA 1  [2 ca1]
           └─ CN=www.example.com,O=Example Ltd  [3 web] ← this one
      "
    `)
  })

  test('keeps every line within 80 columns, except words that nothing can break', async () => {
    for (const line of (await shown(WEB)).split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80)
  })

  test('says the state in colour', async () => {
    const text = async (more: JsonObject): Promise<string> =>
      (await renderRecords(context(true, true), [{ ...WEB, ...more }], 'overview').text()).split('\n')[1] ??
      ''
    expect(await text({})).toContain('\u001b[33mvalid, expires in 25 days\u001b[39m')
    expect(await text({ notAfter: '2025-06-18T12:00:00Z' })).toContain('\u001b[31mvalid, expires in 3 days')
    expect(await text({ notAfter: '2026-06-18T12:00:00Z' })).toContain('\u001b[32mvalid, expires in 368 days')
    expect(await text({ state: 'expired', notAfter: '2025-06-01T12:00:00Z' })).toContain(
      '\u001b[31mexpired, 14 days ago',
    )
    expect(await text({ state: 'notYetValid', notBefore: '2025-06-15T15:00:00Z' })).toContain(
      'not yet valid, starts in 3 hours',
    )
    expect(
      await text({ state: 'revoked', revocation: { date: '2025-06-01T00:00:00Z', reason: 'keyCompromise' } }),
    ).toContain('\u001b[31mrevoked, keyCompromise, 2025-06-01 00:00:00 UTC')
    expect(await text({ state: 'superseded', supersededBy: '9' })).toContain('superseded, its name went to 9')
  })

  test('says in the chain which issuer is not at hand, and that a root is self-issued', async () => {
    const lone = await shown({ ...WEB, chain: [] })
    expect(lone).toContain(
      'Chain\n  CN=Example Issuing CA 1 (not at hand)\n  └─ CN=www.example.com,O=Example Ltd  [3 web] ← this one\n',
    )
    const broken = await shown({ ...WEB, chain: [{ subject: 'CN=Example Issuing CA 1', issuer: 'CN=Gone' }] })
    expect(broken).toContain('Chain\n  CN=Gone (not at hand)\n  └─ CN=Example Issuing CA 1\n')
    const root = await shown({ ...WEB, chain: [], selfIssued: true })
    expect(root).toContain('Chain\n  CN=www.example.com,O=Example Ltd  [3 web] (self-issued)\n')
  })

  test('cuts long values and says so, and lists 20 names of 500', async () => {
    const names = Array.from({ length: 500 }, (_, at) => ({ type: 'dns', value: `n${at}.example` }))
    const subjectAttributes = [[attribute('CN', 'x'.repeat(10_000))]]
    const text = await shown({ ...WEB, subjectAttributes, subjectAltName: names })
    expect(text).toContain('… (10000 characters')
    expect(text).toContain('… 481 more with --text')
    expect(text.split('\n').length).toBeLessThan(120)
    const full = await shown(
      { ...WEB, subjectAttributes, subjectAltName: names, extensions: undefined },
      'text',
    )
    expect(full).toContain('x'.repeat(10_000))
    expect(full).toContain('dns:n499.example')
  })

  test('lets nothing of a certificate steer the terminal', async () => {
    const evil = 'a\u001b[2J\nb\u202e'
    const item = JSON.parse(
      JSON.stringify(WEB, (_key, value: unknown) => (typeof value === 'string' ? `${value}${evil}` : value)),
    ) as JsonObject
    for (const form of ['overview', 'text'] as const) {
      const text = await shown({ ...item, kind: 'certificate', pem: PEM }, form)
      expect(text).toContain('a\\u{1b}[2J\\u{a}b\\u{202e}')
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    }
  })
})

describe('show --text', () => {
  test('is complete', async () => {
    expect(await shown(WEB, 'text')).toMatchInlineSnapshot(`
      "Certificate
        id: 3
        name: web
        friendlyName: Web server 2025
        tags: prod, edge
        keyId: c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6
        exportable: yes
        importedAt: 2025-06-01T08:30:00.123Z
        source:
          how: imported
          from: web.pfx
        version: 3
        serialNumber: 335c35b4f0a2bb86
        notBefore: 2025-01-01T00:00:00Z
        notAfter: 2025-07-10T12:00:00Z
        thumbprint: B7AD1F05C3D47F444D680317A9ECA780DDD253F7
        fingerprint: 5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c
        signatureAlgorithm: sha256WithRSAEncryption
        subjectAltName:
          dns:www.example.com
          dns:example.com
          ip:192.0.2.7
        extendedKeyUsage: serverAuth, clientAuth
        basicConstraints:
          ca: no
          pathLen: none
        subjectKeyIdentifier: 97c227509ec2c9ec
        authorityKeyIdentifier:
          keyIdentifier: 1d2e3f
          issuer: none
          serialNumber: none
        selfIssued: no
        state: valid
        hasPrivateKey: yes
        key:
          id: c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6
          encrypted: yes
          exportable: yes

      Issuer
        CN=Example Issuing CA 1
        CN: Example Issuing CA 1  (2.5.4.3, utf8)

      Subject
        CN=www.example.com,O=Example Ltd
        O: Example Ltd  (2.5.4.3, utf8)
        CN: www.example.com  (2.5.4.3, utf8)
        + OU: Ops  (2.5.4.3, utf8)

      Public key
        type: rsa
        size: 2048
        exponent: 65537
        algorithmOid: 1.2.840.113549.1.1.1
        spkiHash: c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6c6

      Extension keyUsage (2.5.29.15), critical
        digitalSignature, keyEncipherment

      Extension cRLDistributionPoints (2.5.29.31)
        fullName: uri:http://crl.example/ca1.crl

      Extension authorityInfoAccess (1.3.6.1.5.5.7.1.1)
        - accessMethod: ocsp
          accessLocation: uri:http://ocsp.example

      Extension 1.2.3.4, critical
        2 bytes: 0500

      Extension certificatePolicies (2.5.29.32)
        malformed: not a SEQUENCE
        2 bytes: 0400

      Chain
        CN=Example Root  [1] (expired)
        └─ CN=Example Issuing CA 1  [2 ca1]
           └─ CN=www.example.com,O=Example Ltd  [3 web] ← this one

      -----BEGIN CERTIFICATE-----
      MIIB
      -----END CERTIFICATE-----
      "
    `)
  })

  test('shows a field that it has never heard of', async () => {
    const text = await shown({ ...WEB, novelty: { deep: [1, { a: true }] } }, 'text')
    expect(text).toContain('  novelty:\n    deep:\n      1\n      a: yes\n')
  })
})

describe('show', () => {
  test('in a pipe wraps nothing', async () => {
    const text = await shown(
      { ...WEB, subjectAttributes: [[attribute('CN', `${'word '.repeat(100)}end`)]] },
      'overview',
      false,
    )
    expect(text).toContain(`  CN            ${'word '.repeat(100)}end\n`)
  })

  test('--pem prints the blocks alone', async () => {
    expect(await renderRecords(context(true), [WEB, WEB], 'pem').text()).toBe(PEM + PEM)
  })

  test('prints one record as itself in JSON, several as an array', () => {
    expect(renderRecords(context(true), [WEB], 'overview').json).toEqual(WEB)
    expect(renderRecords(context(true), [WEB, WEB], 'overview').json).toEqual([WEB, WEB])
  })

  test('of a request says who asked, what for, and whether the signature is right', async () => {
    const { chain: _chain, state: _state, ...rest } = WEB
    const text = await shown({
      ...rest,
      kind: 'request',
      state: 'rejected',
      requestedAt: '2025-06-14T12:00:00Z',
      requestedBy: 'ana@host',
      rejectedAt: '2025-06-15T09:00:00Z',
      rejectionReason: 'no ticket',
      signature: 'valid',
      attributes: [
        { oid: '1.2.840.113549.1.9.14', name: 'extensionRequest', value: [] },
        { oid: '1.2.840.113549.1.9.2', name: 'unstructuredName', value: 'x' },
      ],
    })
    expect(text.slice(0, text.indexOf('Subject'))).toMatchInlineSnapshot(`
      "Certificate request
        State         rejected
        Id            3
        Name          web
        Friendly name Web server 2025
        Tags          prod, edge
        Origin        imported 2025-06-01 08:30:00 UTC from web.pfx
        Requested     2025-06-14 12:00:00 UTC (24 hours ago)
        Requested by  ana@host
        Rejected      2025-06-15 09:00:00 UTC (3 hours ago)
        Reason        no ticket
        Signature     valid

      "
    `)
    expect(text).toContain('Attributes\n  unstructuredName\n                x\n')
  })

  test('of a CRL counts and lists what is revoked', async () => {
    const revoked = Array.from({ length: 25 }, (_, at) => ({
      serialNumber: `0${at}`,
      revocationDate: '2025-05-01T00:00:00Z',
      reason: at === 0 ? 'keyCompromise' : null,
      invalidityDate: null,
    }))
    const crl: JsonObject = {
      kind: 'crl',
      issuer: 'CN=CA',
      issuerAttributes: [[attribute('CN', 'CA')]],
      thisUpdate: '2025-06-15T00:00:00Z',
      nextUpdate: '2025-06-16T00:00:00Z',
      crlNumber: '7',
      revokedCount: 25,
      signatureAlgorithm: 'ecdsa-with-SHA256',
      fingerprint: 'aa',
      revoked,
    }
    const text = await shown(crl)
    expect(text.slice(0, text.indexOf('Identifiers'))).toMatchInlineSnapshot(`
      "Certificate revocation list
        This update  2025-06-15 00:00:00 UTC (12 hours ago)
        Next update  2025-06-16 00:00:00 UTC (in 12 hours)
        Number       7
        Revoked      25
        Signed with  ecdsa-with-SHA256

      Issuer
        CN           CA

      "
    `)
    expect(text).toContain('  2025-05-01 00:00:00 UTC  00  keyCompromise\n')
    expect(text).toContain('  … 5 more with --text\n')
    expect((await shown(crl, 'text')).split('2025-05-01 00:00:00 UTC')).toHaveLength(26)
  })

  test('of a key shows facts, never numbers', async () => {
    const key = {
      kind: 'key',
      id: 'ab',
      type: 'ec',
      curve: 'P-256',
      encrypted: true,
      spkiHash: 'ab'.repeat(32),
      certificates: ['1', '4'],
    }
    expect(await shown(key)).toMatchInlineSnapshot(`
      "Private key
        Type          ec P-256
        Protected     by a password
        SHA-256       abababababababababababababababababababababababababababababababab
        Certificates  1, 4
        Id            ab
      "
    `)
  })

  test('of a file shows each item under a rule, and what nobody can read', async () => {
    const report = {
      file: 'x.pem',
      format: 'pem',
      items: [
        { kind: 'publicKey', type: 'ed25519', place: { file: 'x.pem', at: 'block 1' } },
        { kind: 'publicKey', type: 'ec', curve: 'P-384', place: { file: 'x.pem', at: 'block 2' } },
      ],
      left: [
        { what: 'DH PARAMETERS', place: { file: 'x.pem', at: 'block 3' }, why: 'not a certificate or key' },
      ],
    } as const
    expect(await renderInspection(context(true), report, 'overview').text()).toMatchInlineSnapshot(`
      "Public key
        Type   ed25519
        Place  x.pem, block 1

      ────────────────────────────────────────────────────────────────────────────────

      Public key
        Type   ec P-384
        Place  x.pem, block 2

      also in the file:
        DH PARAMETERS in x.pem, block 3: not a certificate or key
      "
    `)
  })

  test('of a host begins with the connection', async () => {
    const report = {
      host: 'mail.example',
      port: 25,
      servername: 'mail.example',
      starttls: 'smtp',
      protocol: 'TLSv1.1',
      cipher: 'ECDHE-RSA-AES128-SHA',
      nameMatches: false,
      chain: [],
    } as const
    const emission = renderHost(context(true), { report, items: [WEB] }, 'overview')
    expect((await emission.text()).split('\n\n')[0]).toMatchInlineSnapshot(`
      "Connection
        Server    mail.example:25 (STARTTLS smtp)
        Protocol  TLSv1.1
        Cipher    ECDHE-RSA-AES128-SHA
        Name      the certificate is not for mail.example"
    `)
    expect(emission.json).toMatchObject({
      kind: 'certificate',
      connection: { protocol: 'TLSv1.1' },
      served: [{ kind: 'certificate' }],
    })
  })
})
