import { join } from 'node:path'
import { expect, test } from 'vitest'
import { explicit, nullValue, oid, sequence } from '../../src/asn1/writer.ts'
import { notesOnRequest, openRequest } from '../../src/authority/request.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { writeCsr } from '../../src/x509/write-csr.ts'
import { requireOracle, runOracle, type Skippable } from '../support/oracles.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { failureOf, makeRoot, prepareWith, signerOf } from './material.ts'

/** A request of openssl under an RSA key. */
function opensslCsr(context: Skippable, options: readonly string[]): Uint8Array {
  const made = ['-newkey', 'rsa:2048', '-nodes', '-keyout', join(temporaryFolder('csr'), 'key')]
  const args = ['req', '-new', '-subj', '/CN=w', '-addext', 'subjectAltName=DNS:w.example', '-outform', 'DER']
  return runOracle(requireOracle(context, 'openssl'), [...args, ...made, ...options]).stdout
}

test('when a request is signed with MD5, which anybody can forge, then it is refused', async (context) => {
  const why = 'which proves nothing: such signatures can be forged'
  expect(await failureOf(() => openRequest(opensslCsr(context, ['-md5'])))).toMatchObject({
    code: 'policy.refused',
    message: `the request is signed with md5WithRSAEncryption, ${why}`,
  })
  // openssl makes none with MD5 in the parameters of RSASSA-PSS
  const md5 = explicit(0, sequence(oid('1.2.840.113549.2.5'), nullValue()))
  const algorithm = sequence(oid('1.2.840.113549.1.1.10'), sequence(md5))
  const signer = { ...(await signerOf('rsa-2048')), algorithm }
  const csr = writeCsr({ subject: parseNameText('CN=w'), extensions: [], signer })
  expect(await failureOf(() => openRequest(csr))).toMatchObject({
    code: 'policy.refused',
    message: `the request is signed with rsassaPss with md5, ${why}`,
  })
})

test.for<[scheme: string, options: readonly string[]]>([
  ['sha1WithRSAEncryption', []],
  ['rsassaPss with sha1', ['-sigopt', 'rsa_padding_mode:pss']],
])(
  'when a request is signed with %s then it is taken, with a word on it',
  async ([scheme, options], context) => {
    const csr = opensslCsr(context, ['-sha1', ...options])
    const { notes } = prepareWith(await makeRoot(), csr, {})
    const note = `the request is signed with ${scheme}, which can be forged: many authorities refuse it`
    expect(notes).toEqual([note])
    expect(notesOnRequest(csr)).toEqual([note])
  },
)
