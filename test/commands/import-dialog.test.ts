import { expect, test } from 'vitest'
import { inRepository } from '../support/built.ts'
import { certman } from '../support/command.ts'
import { temporaryFolder } from '../support/temporary.ts'

test('when the terminal is narrow then each certificate of the checklist is one line, with its end and its marks', async () => {
  const cwd = temporaryFolder('checklist')
  await certman(['store', 'init', './pki'], { cwd })
  // the whole text of a choice: a longer one would not begin with it
  const choice = 'CN=ldap.intranet.example…  until 2035-12-31  (key)'
  expect(choice).toHaveLength(54 - 4)
  const answer = await certman(['-s', './pki', 'import', inRepository('fixtures/mixed/ldap')], {
    cwd,
    answers: [choice],
    columns: 54,
  })
  expect(answer).toMatchObject({ status: 0, stdout: expect.stringContaining('certificate 1') as string })
})
