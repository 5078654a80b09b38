import { expect, test } from 'vitest'
import { withTypedPlace } from '../../commands/place-in-command.ts'

const TEXTS: readonly (readonly [text: string, there: string])[] = [
  ['see what is there: certman list --all', 'see what is there: certman -s ./pki list --all'],
  [
    'who has it: certman list --all, certman ca list',
    'who has it: certman -s ./pki list --all, certman -s ./pki ca list',
  ],
  [
    'one of:\n  certman ca import a.crt a.key\n  certman ca import b.crt b.key',
    'one of:\n  certman -s ./pki ca import a.crt a.key\n  certman -s ./pki ca import b.crt b.key',
  ],
  ['see the store: certman store show', 'see the store: certman -s ./pki store show'],
  ...[
    'see the options: certman list --help',
    'see what it can do: certman store show hill',
    'see the stores: certman store list',
    'make one with: certman store init DIR',
    'the language is explained in: certman help filter',
    'check the file: certman show --file FILE',
    'make one: certman serve user add NAME --role admin',
    'certman reads PEM and DER',
    'use the newer certman that wrote it',
  ].map((text) => [text, text] as const),
]

test.each(TEXTS)('when a store was typed then %j names it where the command needs it', (text, there) => {
  expect(withTypedPlace(text, { store: './pki' })).toBe(there)
  expect(withTypedPlace(text)).toBe(text)
})

test('when the folder has a blank then it is one word for a shell', () => {
  expect(withTypedPlace('certman list', { store: 'my pki' })).toBe("certman -s 'my pki' list")
})

test.each([
  ['certman list', 'certman --config my.json list'],
  ['see the stores: certman store list', 'see the stores: certman --config my.json store list'],
  ['certman -s corp list --all', 'certman --config my.json -s corp list --all'],
  ["certman -s 'my corp' list", "certman --config my.json -s 'my corp' list"],
  ['certman serve user add ann', 'certman --config my.json serve user add ann'],
  ['certman show --file F', 'certman --config my.json show --file F'],
  ['certman help filter', 'certman help filter'],
  ['certman list --help', 'certman list --help'],
  ['certman reads PEM', 'certman reads PEM'],
])('when a settings file was typed then %j names it: %j', (text, there) => {
  expect(withTypedPlace(text, { config: 'my.json' })).toBe(there)
})

test.each([
  ['certman serve user list', 'certman serve user list --users our.json'],
  ['certman serve user key list ann', 'certman serve user key list --users our.json ann'],
  ['certman serve user add NAME --role admin', 'certman serve user add --users our.json NAME --role admin'],
  ['certman serve', 'certman serve --users our.json'],
  ['made with certman serve user', 'made with certman serve user'],
  ['certman serve user add --help', 'certman serve user add --help'],
  ['certman list', 'certman list'],
])('when a users file was typed then %j names it: %j', (text, there) => {
  expect(withTypedPlace(text, { users: 'our.json' })).toBe(there)
})

test('when both were typed then both stand before the verb', () => {
  const typed = { store: 'corp', config: 'my settings.json' }
  expect(withTypedPlace('certman list', typed)).toBe("certman --config 'my settings.json' -s corp list")
  expect(withTypedPlace('certman -s other list', typed)).toBe(
    "certman --config 'my settings.json' -s other list",
  )
})
