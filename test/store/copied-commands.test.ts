import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import type { CertmanError } from '../../src/base/errors.ts'
import { memoryStore } from '../support/worlds.ts'
import { failure } from '../support/failure.ts'
import { csrFor, rootOrder, target } from '../contracts/authority/world.ts'
import { makeCertificate } from '../support/make-certificates.ts'

/** A name that a shell would take for more than a name. */
const NAME = "Ann's CA; $(id)"

/** The words that a shell makes of the command at the end of a text. */
function wordsOf(text: string): readonly string[] {
  const command = text.slice(text.lastIndexOf('certman '))
  return spawnSync('sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n')
}

test('commands in hints name an authority in a way that a shell takes for one word', async () => {
  const store = memoryStore()
  await store.createAuthority(rootOrder({ name: NAME }))
  const hints: string[] = []
  const told = async (refused: Promise<unknown>): Promise<CertmanError> => {
    const error = await failure(refused)
    hints.push(error.hint)
    return error
  }
  await told(store.delete([target('1', 'certificate')]))
  await store.editAuthority(target('1', 'authority'), { enabled: false })
  await told(store.issue([{ csr: csrFor(['dns:a.example']) }], { authority: '1' }))
  const again = { name: 'other', certificate: (await store.certificate('1')).der, insecure: true } as const
  await told(store.importAuthority({ ...again, source: { how: 'imported' } }))
  expect(hints.map(wordsOf)).toEqual([
    ['certman', 'ca', 'disable', NAME],
    ['certman', 'ca', 'enable', NAME],
    ['certman', 'ca', 'show', NAME],
  ])
})

test('when the key of an authority lies unused without a password then who wants its CRL is told how to go on', async () => {
  const store = memoryStore()
  const { der, pkcs8, spki } = makeCertificate({ cn: 'Bare', ca: true })
  const source = { how: 'imported' } as const
  await store.importAuthority({ name: 'bare', certificate: der, source })
  await store.import({ certificates: [], keys: [{ pkcs8, spki, encrypted: false, source }] })
  const error = await failure(store.crl('bare'))
  expect(error).toMatchObject({
    code: 'key.missing',
    hint: expect.stringMatching(/certman password keys\/[0-9a-f]{16}$/) as string,
  })
})
