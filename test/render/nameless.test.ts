import { expect, test } from 'vitest'
import { renderInspection } from '../../commands/render/show.ts'
import { renderVerdicts } from '../../commands/render/verify.ts'
import { NOW } from './rows.ts'

const context = {
  ambient: { now: () => NOW, random: () => new Uint8Array(), env: {}, actor: 'me' },
  global: { color: false, dryRun: false },
  terminal: { stdoutIsTty: true, columns: 80 },
}

test('a file of which nothing can be read: what is in it, not what is there besides', async () => {
  const left = [{ what: 'secret', place: { file: 'x.p12', at: 'bag 1' }, why: 'it is no key' }]
  const report = { file: 'x.p12', format: 'pkcs12', items: [], left } as const
  expect(await renderInspection(context, report, 'overview').text()).toBe(
    'in the file:\n  secret in x.p12, bag 1: it is no key\n',
  )
})

test('an answer about a certificate without a subject calls it by its first alternative name', async () => {
  const san = ['a.example', 'b.example'].map((value) => ({ type: 'dns', value }))
  const about = { fingerprint: 'ab', subject: '', issuer: 'CN=CA', trusted: false, subjectAltName: san }
  const findings = [{ fingerprint: 'cd', subject: '', message: 'it expired', hint: 'renew it' }]
  const text = await renderVerdicts(context, [{ ...about, findings, chain: [] }]).text()
  expect(text.split('\n')[0]).toBe('dns:a.example and 1 more')
  expect(text).toContain('└─ dns:a.example and 1 more ← this one')
  expect(text).toContain('Because  it expired')
})
