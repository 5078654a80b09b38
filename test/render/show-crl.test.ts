import { expect, test } from 'vitest'
import { renderCrl } from '../../commands/render/show-crl.ts'
import { NOW } from './rows.ts'

test('when a CRL is indirect then the overview says whose certificates are revoked', () => {
  const entry = { serialNumber: 'a', revocationDate: '2025-05-01T00:00:00Z' }
  const names = [
    { type: 'dns', value: 'ca.example' },
    { type: 'directoryName', value: 'CN=Other CA' },
  ]
  const revoked = [{ ...entry, extensions: [{ name: 'certificateIssuer', value: names }] }, entry]
  const text = renderCrl({ kind: 'crl', issuer: 'CN=CA', revoked }, NOW, { width: 80, color: false })
  expect(text).toContain(
    '  2025-05-01 00:00:00 UTC  a  issued by CN=Other CA\n  2025-05-01 00:00:00 UTC  a\n',
  )
})
