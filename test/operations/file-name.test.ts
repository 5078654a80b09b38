import { assert, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { CountedNames, fileStem } from '../../src/operations/file-name.ts'

const row = (cn: string | undefined, more: object = {}): Parameters<typeof fileStem>[0] => ({
  id: '3',
  ...(cn !== undefined && {
    subjectAttributes: [
      [{ type: 'O', oid: '2.5.4.10', value: 'Org' }],
      [{ type: 'CN', oid: '2.5.4.3', value: cn }],
    ],
  }),
  ...more,
})

test.each([
  ['web.example', 'web.example'],
  ['*.web.example', '_.web.example'],
  ['Jörg Müller (IT)', 'Jörg_Müller_IT_'],
  ['../../etc/passwd', '_.._etc_passwd'.replace('..', '.')],
  ['.hidden', 'hidden'],
  ['-rf', '_rf'],
  ['CON', '_CON'],
  ['nul.example', '_nul.example'],
  ['a:b\\c/d', 'a_b_c_d'],
  ['trailing...', 'trailing'],
  ['x\u0000\u202ey', 'x_y'],
  ['日本語.example', '日本語.example'],
  ['***', 'certificate-3'],
  ['', 'certificate-3'],
])('when the common name is %j then the file is called %j', (cn, stem) => {
  expect(fileStem(row(cn), 'certificate')).toBe(stem)
})

test('when there is no common name then name, DNS name, or kind and id step in', () => {
  expect(fileStem(row(undefined, { name: 'My web' }), 'certificate')).toBe('My_web')
  const subjectAltName = [
    { type: 'ip', value: '192.0.2.1' },
    { type: 'dns', value: '*.example' },
  ]
  expect(fileStem(row(undefined, { subjectAltName }), 'certificate')).toBe('_.example')
  expect(fileStem({ id: 'ab'.repeat(32) }, 'key')).toBe(`key-${'ab'.repeat(8)}`)
})

test('when there are several common names then the last one counts', () => {
  const value = (cn: string): object[] => [{ oid: '2.5.4.3', value: cn }]
  const attributes = { subjectAttributes: [value('first'), value('last')] } as never
  expect(fileStem({ id: '1', ...(attributes as object) }, 'certificate')).toBe('last')
})

test('whatever the common name is, the file name is one plain, short, visible name', () => {
  assert(
    property(string({ unit: 'binary', maxLength: 400 }), (cn) => {
      const stem = fileStem(row(cn), 'certificate')
      expect(stem).toMatch(/^[\p{L}\p{M}\p{N}._-]+$/u)
      expect(stem).not.toMatch(/^[.-]|\.$|\.\./)
      expect(Buffer.byteLength(stem)).toBeLessThanOrEqual(128)
    }),
  )
})

test('when two files would share a name then the later ones are counted, whatever their case', () => {
  const names = new CountedNames()
  const got = ['web', 'web', 'WEB', 'mail', 'web-2', 'web'].map((stem) => names.next(stem, '.pem'))
  expect(got).toEqual(['web.pem', 'web-2.pem', 'WEB-3.pem', 'mail.pem', 'web-2-2.pem', 'web-4.pem'])
})

test('a name of a million characters is cut, and twenty thousand records of one name are counted', () => {
  expect(fileStem(row('ä'.repeat(1_000_000)), 'certificate')).toBe('ä'.repeat(60))
  const names = new CountedNames()
  const all = new Set(Array.from({ length: 20_000 }, () => names.next('web')))
  expect([all.size, all.has('web-20000')]).toEqual([20_000, true])
})
