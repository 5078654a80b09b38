import { expect, test } from 'vitest'
import { inRepository } from '../support/built.ts'
import { certman } from '../support/command.ts'
import { temporaryFolder } from '../support/temporary.ts'

test('when records are shown before a question then each is a line that the terminal has room for', async () => {
  const cwd = temporaryFolder('confirm')
  const env = { CERTMAN_STORE: './pki' }
  await certman(['store', 'init', './pki'], { cwd, env })
  await certman(['import', inRepository('fixtures/mixed/ldap/fullchain.pem')], { cwd, env })
  await certman(['edit', '1', '--name', 'ldap'], { cwd, env })
  const terminal = { cwd, env, answers: ['1'], columns: 60 }
  const { stderr, status } = await certman(['delete', '1', '2'], terminal)
  expect(status).toBe(1)
  expect(stderr.split('\n').slice(0, 2)).toEqual([
    '  certificate 1  ldap  CN=ldap.intranet.e…  until 2035-12-31',
    '  certificate 2        CN=Example Issuing…  until 2035-12-31',
  ])
})
