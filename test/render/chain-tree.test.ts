import { expect, test } from 'vitest'
import { chainSection } from '../../commands/render/chain-tree.ts'

const LEAF = {
  subject: 'CN=www.example.com,O=Example Ltd',
  issuer: 'CN=Example Issuing CA 1',
  id: '3',
  name: 'web',
  chain: [
    { subject: 'CN=Example Issuing CA 1', issuer: 'CN=Example Root', id: '2', name: 'ca1' },
    { subject: 'CN=Example Root', issuer: 'CN=Example Root', id: '1', state: 'expired', selfIssued: true },
  ],
}

test('when the terminal is narrow then names are cut, not what tells which record it is', () => {
  const lines = (width: number | undefined) => chainSection(LEAF, width).lines?.map(({ text }) => text)
  expect(lines(46)).toEqual([
    'CN=Example Root  [1] (expired)',
    '└─ CN=Example Issuing CA 1  [2 ca1]',
    '   └─ CN=www.example.…  [3 web] ← this one',
  ])
  expect(lines(undefined)?.[2]).toBe('   └─ CN=www.example.com,O=Example Ltd  [3 web] ← this one')
})
