import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../src/store/store.ts'
import { renderExport } from '../../commands/render/export.ts'
import { renderImport } from '../../commands/render/import.ts'
import { renderOutcomes } from '../../commands/render/outcome.ts'
import {
  renderCheck,
  renderMade,
  renderReindex,
  renderSetting,
  renderStore,
  renderStores,
} from '../../commands/render/store.ts'
import { CLAIMS } from '../../src/domain/records.ts'
import { NOW } from './rows.ts'

const context = (dryRun = false, columns = 80) => ({
  ambient: { now: () => NOW, random: () => new Uint8Array(), env: {}, actor: 'me' },
  global: { color: false, dryRun },
  terminal: { stdoutIsTty: true, columns },
})

const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length))

const row = { name: 'web', subject: 'CN=www.example.com', notAfter: '2027-01-01T00:00:00Z' }

const OUTCOMES: readonly Outcome[] = [
  { kind: 'certificate', id: '12', outcome: 'changed', what: 'created', row },
  {
    kind: 'key',
    id: 'ab'.repeat(32),
    outcome: 'changed',
    what: 'created',
    row: { type: 'ec', curve: 'P-256' },
  },
  { kind: 'certificate', id: '3', outcome: 'changed', what: 'superseded', row },
  {
    kind: 'certificate',
    id: '4',
    outcome: 'unchanged',
    what: 'present',
    row: { subject: 'CN=evil\u001b[2J\nline' },
  },
]

const REPORT = { dryRun: false, outcomes: OUTCOMES, left: [], failures: [], orphanKeys: [], notes: [] }

describe('what a mutation did', () => {
  test('is one line for each record', async () => {
    expect(await renderOutcomes(context(), OUTCOMES).text()).toBe(
      [
        'added          certificate 12        web  CN=www.example.com    until 2027-01-01',
        'added          key abababababababab       ec P-256',
        'superseded     certificate 3         web  CN=www.example.com    until 2027-01-01',
        'already there  certificate 4              CN=evil\\u{1b}[2J\\u{…',
        '',
      ].join('\n'),
    )
  })

  test('says where there is no trash that what was deleted is gone', async () => {
    const deleted = [{ kind: 'certificate', id: '3', outcome: 'changed', what: 'deleted', row }] as const
    expect(await renderOutcomes(context(), deleted, false).text()).toMatch(
      /^deleted for good {2}certificate 3/,
    )
    expect(await renderOutcomes(context(), deleted).text()).toMatch(/^moved to the trash {2}certificate 3/)
  })

  test('says first that a dry run changed nothing', async () => {
    expect(await renderOutcomes(context(true), OUTCOMES).text()).toMatch(
      /^dry run, nothing was changed; this would happen:\nadded {10}certificate 12/,
    )
  })

  test('is the outcomes themselves in JSON', () => {
    expect(renderOutcomes(context(), OUTCOMES).json).toEqual(OUTCOMES)
  })

  test.each([60, 80])('fits %i columns, whatever was done', async (columns) => {
    const subject = 'CN=www.example.com,O=Example Intranet,C=DE'
    const done = OUTCOMES.map((each) => ({ ...each, what: 'deleted', row: { ...each.row, subject } }))
    expect(widest(await renderOutcomes(context(false, columns), done).text())).toBeLessThanOrEqual(columns)
  })

  test('keeps on a narrow terminal what was done to what', async () => {
    const revoked = [{ ...OUTCOMES[0]!, what: 'revoked' }]
    const lines = (columns: number) => renderOutcomes(context(false, columns), revoked).text()
    expect(await lines(60)).toBe('revoked  certificate 12  web  CN=www.exam…  until 2027-01-01\n')
    expect(await lines(40)).toBe('revoked  certificate 12  web  CN=www.ex…\n')
    expect(await lines(30)).toBe('revoked  certificate 12  web\n')
  })

  test('says until when a CRL holds that was signed, not its authority', async () => {
    const authority = { ...row, name: 'root', crl: { number: '2', nextUpdate: '2026-03-08T12:00:00Z' } }
    const signed = [
      { kind: 'authority', id: '1', outcome: 'changed', what: 'crl signed', row: authority },
    ] as const
    expect(await renderOutcomes(context(), signed).text()).toMatch(/^CRL signed .* until 2026-03-08\n$/)
  })

  test('on nothing says so', async () => {
    expect(await renderOutcomes(context(), []).text()).toBe('nothing to do\n')
  })
})

describe('an import', () => {
  test('lists what was not taken, keys without an owner, and remarks', async () => {
    const report = {
      ...REPORT,
      outcomes: OUTCOMES.slice(0, 1),
      left: [
        { what: 'secret bag', place: { file: 'x\u202e.pfx', at: 'bag 2' }, why: 'certman keeps no secrets' },
        { what: 'file', place: { file: '-' }, why: 'it holds nothing that certman reads' },
      ],
      orphanKeys: ['cd'.repeat(32)],
      notes: ['one private key is kept without a password (mode 0600)'],
    }
    expect(await renderImport(context(), report).text()).toBe(
      [
        'added  certificate 12  web  CN=www.example.com  until 2027-01-01',
        'not taken:',
        '  secret bag in x\\u{202e}.pfx, bag 2: certman keeps no secrets',
        '  file in standard input: it holds nothing that certman reads',
        'note: private key cdcdcdcdcdcdcdcd has no certificate or request in the store',
        'note: one private key is kept without a password (mode 0600)',
        '',
      ].join('\n'),
    )
  })

  test('of much that is there already counts it', async () => {
    const present = Array.from({ length: 500 }, (_, at): Outcome => ({ ...OUTCOMES[3]!, id: String(at) }))
    expect(await renderImport(context(), { ...REPORT, outcomes: present }).text()).toBe(
      '500 records already there\n',
    )
    const some = { ...REPORT, outcomes: [...OUTCOMES.slice(0, 1), ...present] }
    expect(await renderImport(context(), some).text()).toMatch(/^added .*\n500 records already there\n$/)
  })
})

test('an export names its files, and what is in them', async () => {
  const file = {
    path: '/tmp/web.p12',
    format: 'p12',
    size: 2404,
    ids: ['1'],
    privateKey: true,
    outcome: 'changed',
  } as const
  const { size: _size, ...unsized } = file
  const report = {
    dryRun: false,
    files: [file, { ...file, privateKey: false, outcome: 'unchanged' }] as const,
    notes: ['the issuer CN=Gone is not in the store'],
    stdout: new Uint8Array(3),
  }
  const emission = renderExport(report)
  expect(await emission.text()).toBe(
    [
      'written: /tmp/web.p12 (p12, 2404 bytes, with the private key, mode 0600)',
      'already so: /tmp/web.p12 (p12, 2404 bytes)',
      'note: the issuer CN=Gone is not in the store',
      '',
    ].join('\n'),
  )
  expect(emission.json).not.toHaveProperty('stdout')
  const dry = renderExport({ ...report, dryRun: true, files: [unsized], notes: [] })
  expect(await dry.text()).toBe('would be written: /tmp/web.p12 (p12, with the private key, mode 0600)\n')
})

describe('a store', () => {
  const info = {
    kind: 'directory',
    name: 'pki',
    id: 'f00',
    location: '/srv/pki',
    claims: ['read', 'import'],
  } as const

  test('is shown as a sheet, or in one line when it was made', async () => {
    expect(
      await renderStore(context(), info, { counts: { certificate: 3, key: 0, authority: 1 } }).text(),
    ).toBe(
      [
        'Store',
        '  Name      pki',
        '  Kind      directory',
        '  Location  /srv/pki',
        '  Id        f00',
        '  Permits   read, import',
        '  Holds     3 certificates, 1 authority',
        '',
      ].join('\n'),
    )
    expect(await renderMade(info, false).text()).toBe('made: store pki at /srv/pki\n')
  })

  test('has a sheet that is wrapped between its words', async () => {
    const text = await renderStore(context(false, 40), { ...info, claims: CLAIMS }).text()
    expect(text).toContain('  Permits   read, import, export,\n            create, delete, sign, revoke\n')
    expect(widest(text)).toBeLessThanOrEqual(40)
  })

  test('has a star in the list when it is the default', async () => {
    const rows = [
      { name: 'a', kind: 'directory', location: '/a', default: false },
      { name: 'b', kind: 'directory', location: '/b', default: true },
    ]
    expect(await renderStores(context(), rows).text()).toBe(
      '   NAME  KIND       LOCATION\n   a     directory  /a\n*  b     directory  /b\n',
    )
  })

  test('that is set says so', async () => {
    const setting = { name: 'b', location: '/b', default: true, outcome: 'changed' }
    expect(await renderSetting(setting, false).text()).toBe('set: store b at /b (default)\n')
    expect(await renderSetting(setting, true).text()).toBe('would be set: store b at /b (default)\n')
    expect(await renderSetting({ ...setting, outcome: 'unchanged' }, true).text()).toBe(
      'already so: store b at /b (default)\n',
    )
  })

  test('that is checked shows each finding with the next step', async () => {
    const finding = {
      code: 'key-missing',
      path: 'keys/ab',
      message: 'the key of 3 is gone',
      hint: 'restore it',
    }
    const checked = { store: 'pki', location: '/srv/pki', ok: false, findings: [finding] }
    expect(await renderCheck(checked).text()).toBe(
      'keys/ab: the key of 3 is gone [key-missing]\n  restore it\n/srv/pki: 1 finding\n',
    )
    expect(await renderCheck({ ...checked, ok: true, findings: [] }).text()).toBe('/srv/pki: no doubt\n')
    const reindexed = { store: 'pki', location: '/srv/pki', records: 2, adopted: ['certificates/9'] }
    expect(await renderReindex(reindexed).text()).toBe(
      'adopted: certificates/9\n/srv/pki: 2 records in the index\n',
    )
  })
})
