import { describe, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { isCertmanError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { type ListingOptions, openListing } from '../../commands/render/listing.ts'
import { displayWidth } from '../../commands/render/width.ts'
import { CERTIFICATES, HOSTILE, NOW } from './rows.ts'

const TERMINAL = {
  form: 'table',
  kind: 'certificate',
  now: NOW,
  tty: true,
  columns: 80,
  color: false,
} as const
const PIPE = { ...TERMINAL, tty: false } as const

async function listed(
  rows: readonly JsonObject[],
  options: ListingOptions,
  footer?: string,
): Promise<string> {
  const listing = await openListing(options)
  let text = ''
  for (const row of rows) text += await listing.row(row)
  return text + (await listing.end(footer))
}

describe('a table on a terminal of 80 columns', () => {
  test('fits, and cuts the widest columns with an ellipsis', async () => {
    expect(await listed(CERTIFICATES, TERMINAL, '4 certificates')).toMatchInlineSnapshot(`
      "ID  NAME        SUBJECT                           EXPIRES     DAYS  STATE    KEY
       1  web         CN=www.example.com,O=Example Ltd  2025-06-18     3  valid    yes
       2              CN=old.example                    2025-06-10    -6  expired
      10  mail        CN=mail.example                   2025-07-10    24  valid
      11  漢字の名前  CN=漢字漢字漢字漢字漢字.example…  2035-01-01  3486  valid
      4 certificates
      "
    `)
  })

  test('escapes what a name must not do to the terminal', async () => {
    expect(await listed(HOSTILE, TERMINAL)).toMatchInlineSnapshot(`
      "ID  NAME  SUBJECT                                   EXPIRES     DAYS  STATE  KEY
       1  a     CN=\\u{1b}[2J\\u{1b}[31mred                 2035-01-01  3486  valid
       2  b     CN=two\\u{a}lines\\u{d}\\u{7}                2035-01-01  3486  valid
       3  c     CN=moc.\\u{202e}elpmaxe                    2035-01-01  3486  valid
       4  d     CN=smile 😀                               2035-01-01  3486  valid
       5  e     CN=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…  2035-01-01  3486  valid
      "
    `)
  })

  test('shows days left in red below 7 and in yellow below 30, states in colour', async () => {
    const lines = (await listed(CERTIFICATES, { ...TERMINAL, color: true })).split('\n')
    expect(lines[1]).toContain('\u001b[31m3\u001b[39m')
    expect(lines[2]).toContain('\u001b[31m-6\u001b[39m  \u001b[31mexpired\u001b[39m')
    expect(lines[3]).toContain('\u001b[33m24\u001b[39m')
    expect(lines[4]).not.toContain('\u001b')
  })

  test('is narrower where the terminal is, and keeps ids, days and states whole', async () => {
    const text = await listed(CERTIFICATES, { ...TERMINAL, columns: 60 })
    expect(Math.max(...text.split('\n').map(displayWidth))).toBe(60)
    expect(text).toContain('2035-01-01  3486  valid')
  })

  test('leaves columns out where they cannot all be there, and says which', async () => {
    expect(await listed(CERTIFICATES, { ...TERMINAL, columns: 40 }, '4 certificates')).toMatchInlineSnapshot(`
      "ID  NAME   SUBJECT   EXPIRES     STATE
       1  web    CN=www.…  2025-06-18  valid
       2         CN=old.…  2025-06-10  expired
      10  mail   CN=mail…  2025-07-10  valid
      11  漢字…  CN=漢字…  2035-01-01  valid
      4 certificates; no room for DAYS, KEY: -o wide has all
      "
    `)
  })

  test('looks the same beyond 200 rows, where cli-table3 is not used', async () => {
    const rows = Array.from({ length: 201 }, (_, at) => ({ ...CERTIFICATES[at % 4], id: String(at) }))
    const small = await listed(rows.slice(0, 200), { ...TERMINAL, color: true })
    const large = await listed(rows, { ...TERMINAL, color: true })
    expect(large.split('\n').slice(0, 201)).toEqual(small.split('\n').slice(0, 201))
  })

  test('of wide form is not fitted, but no cell is longer than 200 columns', async () => {
    const text = await listed(HOSTILE, { ...TERMINAL, form: 'wide' })
    expect(text).toContain(`${'x'.repeat(196)}…`)
    expect(text).not.toContain('x'.repeat(197))
  })
})

describe('a table in a pipe', () => {
  test('is neither cut nor coloured, has no footer, and stays one line for each row', async () => {
    const text = await listed(HOSTILE, PIPE, '5 certificates')
    expect(text).toContain('x'.repeat(10_000))
    expect(text).not.toMatch(/[\u001b…]|5 certificates/)
    expect(text.split('\n')).toHaveLength(HOSTILE.length + 2)
  })

  test('of more than a batch keeps the widths and has one header', async () => {
    const rows = Array.from({ length: 2500 }, (_, at) => ({ ...CERTIFICATES[0], id: String(at) }))
    const lines = (await listed(rows, PIPE)).trimEnd().split('\n')
    expect(lines).toHaveLength(2501)
    expect(lines.filter((line) => line.includes('SUBJECT'))).toHaveLength(1)
    expect(lines[0]).toMatchInlineSnapshot(
      `" ID  NAME  SUBJECT                           EXPIRES     DAYS  STATE  KEY"`,
    )
    expect(lines[2500]).toMatchInlineSnapshot(
      `"2499  web   CN=www.example.com,O=Example Ltd  2025-06-18     3  valid  yes"`,
    )
  })

  test('without rows is nothing', async () => {
    expect(await listed([], PIPE)).toBe('')
  })
})

describe('every form', () => {
  const FIELDS = {
    ...PIPE,
    fields: ['id', 'san', 'publicKey.type', 'publicKey.size', 'expires', 'hasKey'],
  } as const

  test('json for people is the array, laid out as JSON.stringify does', async () => {
    expect(await listed(CERTIFICATES, { ...PIPE, tty: true, form: 'json' })).toBe(
      `${JSON.stringify(CERTIFICATES, null, 2)}\n`,
    )
    expect(await listed([], { ...PIPE, tty: true, form: 'json' })).toBe('[]\n')
  })

  test('json for programs has a line for each element', async () => {
    const lines = CERTIFICATES.map((row) => JSON.stringify(row))
    expect(await listed(CERTIFICATES, { ...PIPE, form: 'json' })).toBe(`[\n${lines.join(',\n')}\n]\n`)
    expect(await listed([], { ...PIPE, form: 'json' })).toBe('[]\n')
  })

  test.each(['json', 'jsonl'] as const)('%s of texts is that of the rows', async (form) => {
    const rows = [...CERTIFICATES, { id: '9', subject: 'CN=\u202e\u009b\u007f"x\\\n' }]
    const { texts, end } = await openListing({ ...PIPE, form })
    const pieces = [rows.slice(0, 1), rows.slice(1)].map((some) => some.map((row) => JSON.stringify(row)))
    const text = pieces.map((piece) => texts?.(piece)).join('') + (await end())
    expect(text).toBe(await listed(rows, { ...PIPE, form }))
    expect(text).toContain('CN=\\u202e\\u009b\\u007f\\"x')
  })

  test('texts are not taken where fields are chosen, or where people read JSON', async () => {
    expect((await openListing({ ...FIELDS, form: 'json' })).texts).toBeUndefined()
    expect((await openListing({ ...FIELDS, form: 'jsonl' })).texts).toBeUndefined()
    expect((await openListing({ ...PIPE, tty: true, form: 'json' })).texts).toBeUndefined()
  })

  test('jsonl is a line for each row', async () => {
    const text = await listed(CERTIFICATES, { ...PIPE, form: 'jsonl' })
    expect(text).toBe(CERTIFICATES.map((row) => `${JSON.stringify(row)}\n`).join(''))
  })

  test('yaml is the array', async () => {
    expect(parseYaml(await listed(HOSTILE, { ...PIPE, form: 'yaml' }))).toEqual(HOSTILE)
    expect(parseYaml(await listed([], { ...PIPE, form: 'yaml' }))).toEqual([])
  })

  test('name is the name, else the id', async () => {
    expect(await listed(CERTIFICATES, { ...PIPE, form: 'name' })).toBe('web\n2\nmail\n漢字の名前\n')
  })

  test('csv has flat columns', async () => {
    expect(await listed(CERTIFICATES.slice(0, 1), { ...PIPE, form: 'csv' })).toMatchInlineSnapshot(`
      "id,name,state,subject,issuer,serialNumber,notBefore,notAfter,subjectAltName,publicKey.type,publicKey.size,publicKey.curve,signatureAlgorithm,hasKey,friendlyName,tags,thumbprint,fingerprint
      1,web,valid,"CN=www.example.com,O=Example Ltd",,,2025-01-01T00:00:00Z,2025-06-18T12:00:00Z,dns:www.example.com; ip:192.0.2.7,ec,,P-256,,true,,prod; edge,,
      "
    `)
    expect(await listed([], { ...PIPE, form: 'csv', fields: ['id', 'name'] })).toBe('id,name\r\n')
  })

  test('csv on a terminal is safe, in a pipe exact', async () => {
    const options = { ...PIPE, form: 'csv', fields: ['subject'] } as const
    expect(await listed(HOSTILE.slice(1, 2), options)).toBe('subject\r\n"CN=two\nlines\r\u0007"\r\n')
    expect(await listed(HOSTILE.slice(1, 2), { ...options, tty: true })).toBe(
      'subject\r\n"CN=two\\u{a}lines\\u{d}\\u{7}"\r\n',
    )
  })

  test('obeys --fields, aliases and computed fields included', async () => {
    const [row] = CERTIFICATES
    const rows = row ? [row] : []
    expect(await listed(rows, { ...FIELDS, form: 'jsonl' })).toMatchInlineSnapshot(`
      "{"id":"1","subjectAltName":[{"type":"dns","value":"www.example.com"},{"type":"ip","value":"192.0.2.7"}],"publicKey":{"type":"ec"},"expires":259200,"hasKey":true}
      "
    `)
    expect(await listed(rows, { ...FIELDS, form: 'csv' })).toMatchInlineSnapshot(`
      "id,subjectAltName,publicKey.type,publicKey.size,expires,hasKey
      1,dns:www.example.com; ip:192.0.2.7,ec,,259200,true
      "
    `)
    expect(await listed(rows, FIELDS)).toMatchInlineSnapshot(`
      "id  subjectAltName                     publicKey.type  publicKey.size  expires  hasKey
      1   dns:www.example.com, ip:192.0.2.7  ec                              259200   true
      "
    `)
  })

  test.each([
    ['subjekt', 'did you mean subject?'],
    ['zzzzzz', 'certman help filter'],
  ])('refuses the unknown field %s', async (field, hint) => {
    await expect(openListing({ ...PIPE, fields: [field] })).rejects.toSatisfy(
      (error) => isCertmanError(error, 'cli.usage') && error.hint.includes(hint),
    )
  })
})

test.each([
  [
    'request',
    {
      id: '3',
      name: 'web',
      subject: 'CN=w',
      state: 'outstanding',
      requestedAt: '2025-06-01T00:00:00Z',
      requestedBy: 'ann@desk',
      keyId: 'ff',
    },
    'ID  NAME  SUBJECT  REQUESTED   BY        STATE        KEY',
    ' 3  web   CN=w     2025-06-01  ann@desk  outstanding  yes',
  ],
  [
    'key',
    { id: 'ab'.repeat(32), type: 'rsa', size: 2048, encrypted: true, importedAt: '2025-06-01T00:00:00Z' },
    'ID                TYPE      ENCRYPTED  IMPORTED    FROM',
    'abababababababab  rsa 2048  yes        2025-06-01',
  ],
  [
    'key',
    { id: '7', name: 'My Key', encrypted: false },
    'ID  TYPE  ENCRYPTED  IMPORTED  FROM',
    '7         no                   My Key',
  ],
  [
    'authority',
    {
      id: '1',
      name: 'root',
      subject: 'CN=Root',
      notAfter: '2035-01-01T00:00:00Z',
      enabled: false,
      crlNextUpdate: '2025-06-08T00:00:00Z',
    },
    'ID  NAME  SUBJECT  EXPIRES     DAYS  ENABLED  CRL UNTIL',
    ' 1  root  CN=Root  2035-01-01  3486  no       over 2025-06-08',
  ],
  [
    'authority',
    { id: '1', name: 'root', subject: 'CN=Root', notAfter: '2035-01-01T00:00:00Z', crlNumber: null },
    'ID  NAME  SUBJECT  EXPIRES     DAYS  ENABLED  CRL UNTIL',
    ' 1  root  CN=Root  2035-01-01  3486  yes      none',
  ],
  [
    'authority',
    { id: '1', name: 'root', subject: 'CN=Root', notAfter: '2035-01-01T00:00:00Z' },
    'ID  NAME  SUBJECT  EXPIRES     DAYS  ENABLED  CRL UNTIL',
    ' 1  root  CN=Root  2035-01-01  3486  yes',
  ],
  [
    'collection',
    { id: '1', name: 'soon', filter: 'expires < 30d' },
    'ID  NAME  FILTER',
    ' 1  soon  expires < 30d',
  ],
] as const)('a %s has columns of its own', async (kind, row, header, line) => {
  expect(await listed([row], { ...TERMINAL, kind })).toBe(`${header}\n${line}\n`)
})
