import { expect, test } from 'vitest'
import { renderRemoteStore } from '../../commands/render/remote-store.ts'
import { azureApim } from '../../src/dialects/azure-apim/dialect.ts'
import { dialects } from '../../src/dialects/index.ts'
import { NOW } from './rows.ts'

const context = (stdoutIsTty: boolean, color = false) => ({
  ambient: { now: () => NOW, random: () => new Uint8Array(), env: {}, actor: 'me' },
  global: { color, dryRun: false },
  terminal: { stdoutIsTty, columns: 80 },
})

const INFO = { kind: 'azure-apim', name: 'apim', location: 'https://apim.example', claims: [] } as const
const { can, limits } = azureApim
const report = { info: INFO, about: { vendor: 'Azure' }, can, limits, check: undefined, took: 0 } as const

test('on a terminal a sentence is wrapped between words, in a pipe it is one line', async () => {
  const wide = String(await renderRemoteStore(context(false), report).text())
  const narrow = String(await renderRemoteStore(context(true), report).text())
  const sentence = 'export certificates: the API gives no certificate bytes: keep the PFX that was uploaded'
  expect(wide).toContain(sentence)
  expect(narrow.split('\n').filter((line) => line.length > 80)).toEqual([])
  expect(narrow.replace(/\s+/g, ' ')).toContain(sentence)
})

test('a server that does not let us in is shown in colour where there is colour', async () => {
  const check = { ok: false, code: 'auth.failed', message: 'wrong password' } as const
  const text = String(await renderRemoteStore(context(true, true), { ...report, check }).text())
  expect(text).toContain('\u001b[31mno: wrong password')
})

test('what a server can and cannot is said in the words of the command line', async () => {
  for (const { can: abilities, limits: sentences } of await dialects()) {
    const text = String(
      await renderRemoteStore(context(false), { ...report, can: abilities, limits: sentences }).text(),
    )
    expect(text).not.toMatch(/authorityIsFixed|exportCertificate|createAuthority|\b(?:list|edit|delete)\.\w/)
  }
})
