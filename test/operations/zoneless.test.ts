import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { renderCertificate } from '../../commands/render/show-certificate.ts'
import { writePem } from '../../src/formats/pem.ts'
import { initStore } from '../../src/operations/init-store.ts'
import { openStore, type OpenRequest } from '../../src/operations/open-store.ts'
import { reindexStore } from '../../src/operations/reindex-store.ts'
import { showRecord } from '../../src/operations/show-record.ts'
import { verifyCertificates } from '../../src/operations/verify-certificates.ts'
import { storedMember } from '../../src/operations/verify-member.ts'
import { NO_KNOWLEDGE } from '../../src/operations/verify-store.ts'
import { describeCertificate } from '../../src/x509/certificate.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { makeCertificate } from '../support/make-certificates.ts'
import { rowsOf, temporaryFolder } from '../support/worlds.ts'

// a UTCTime without its Z (RFC 5280 section 4.1.2.5.1 demands it)
const end = Uint8Array.from([0x17, 12, ...Buffer.from('270101000000')])
const zoneless = makeCertificate({ cn: 'old', end })
const good = makeCertificate({ cn: 'old' })
const source = { how: 'imported' } as const

/** A store in whose only file somebody put the certificate without a zone. */
async function storeWithZoneless(): Promise<OpenRequest> {
  const cwd = temporaryFolder()
  const ambient = frozenAmbient()
  await initStore({ path: './pki', cwd, ambient })
  const request: OpenRequest = {
    reference: './pki',
    settings: { stores: {} },
    ambient,
    cwd,
    dataFolder: join(cwd, 'data'),
    lockTimeoutMs: 1000,
    command: 'test',
    notice: () => undefined,
  }
  const store = await openStore(request)
  await store.import({ certificates: [{ der: good.der, source }], keys: [] })
  await store.close()
  const file = join(cwd, 'pki/certificates/00/1.pem')
  const fields = readFileSync(file, 'utf8').split('-----BEGIN')[0]!
  writeFileSync(file, fields + writePem('CERTIFICATE', zoneless.der))
  await reindexStore(request)
  return request
}

test('a certificate whose time lacks its zone is not taken in; one that is there is shown with a note, and not trusted', async () => {
  expect(() => describeCertificate(zoneless.der)).toThrow('malformed time "270101000000"')
  const request = await storeWithZoneless()
  const store = await openStore(request)
  const again = { certificates: [{ der: zoneless.der, source }], keys: [] }
  expect(await rowsOf(store)).toMatchObject([{ id: '1', notAfter: '2027-01-01T00:00:00Z' }])
  const shown = await showRecord(store, { kind: 'certificate', by: 'text', text: '1' })
  expect(shown).toMatchObject({
    notAfter: '2027-01-01T00:00:00Z',
    zonelessTimes: ['notAfter'],
    state: 'valid',
  })
  expect(shown['pem']).toBe(writePem('CERTIFICATE', zoneless.der))
  const text = renderCertificate(shown, request.ambient.now(), { width: 80, color: false })
  expect(text).toContain('Malformed    without a time zone, read as UTC: notAfter')
  const member = storedMember(await store.certificate('1'))
  const evidence = { intermediates: [], anchors: [member], crls: [], known: NO_KNOWLEDGE }
  const question = { at: request.ambient.now(), requireCrl: false }
  expect(verifyCertificates([member], evidence, question)[0]!.faults).toMatchObject([{ code: 'malformed' }])
  await store.delete([{ kind: 'certificate', id: '1' }])
  await expect(store.import(again)).rejects.toMatchObject({ code: 'der.malformed' })
  await store.close()
})
