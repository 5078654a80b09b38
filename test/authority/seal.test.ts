import { expect, test } from 'vitest'
import { parseProfile } from '../../src/authority/parse-profile.ts'
import { failureOf, makeCsr, makeRoot, prepareWith } from './material.ts'

const LONG = `CN=${'x'.repeat(65)}`

test('a certificate that would break rules is not signed, and the refusal names each of them', async () => {
  const csr = await makeCsr({ subject: `${LONG},O=${'y'.repeat(66)}`, sans: ['dns:w.example'] })
  expect(await failureOf(async () => prepareWith(await makeRoot(), csr))).toMatchObject({
    code: 'policy.refused',
    message:
      'the certificate would break rules: O has 66 characters, 64 are allowed (name-length, RFC 5280 section A.1); CN has 65 characters, 64 are allowed (name-length, RFC 5280 section A.1)',
    hint: 'correct the request, or what was added to it; nothing was signed',
  })
})

test('an authority is held to the same rules as what it signs', async () => {
  expect(await failureOf(() => makeRoot({ subject: LONG }))).toMatchObject({
    code: 'policy.refused',
    message: expect.stringContaining('name-length') as string,
  })
})

test('the rules of public trust are for profiles that name them', async () => {
  const root = await makeRoot()
  const csr = await makeCsr({ sans: ['dns:w.internal'] })
  const definition = { extends: 'server', policies: ['2.23.140.1.2.1'], crlUrls: ['http://ca.example/crl'] }
  const [own, trusted] = [false, true].map((publicTrust) =>
    parseProfile({ name: 'own', ...definition, publicTrust }),
  )
  expect(prepareWith(root, csr, { profile: own! }).prepared).toBeDefined()
  expect((await failureOf(() => prepareWith(root, csr, { profile: trusted! }))).message).toContain(
    'br-internal-name',
  )
})
