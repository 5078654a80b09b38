import { expect, test } from 'vitest'
import { withTypedStore } from '../../commands/store-in-command.ts'

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
  expect(withTypedStore(text, './pki')).toBe(there)
  expect(withTypedStore(text, undefined)).toBe(text)
})

test('when the folder has a blank then it is one word for a shell', () => {
  expect(withTypedStore('certman list', 'my pki')).toBe("certman -s 'my pki' list")
})
