import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex } from '../../../src/base/bytes.ts'
import type { GeneralName } from '../../../src/domain/facts.ts'
import { purposeLabel, purposeName, signatureLabel, signatureName } from '../../../src/dialects/iis/labels.ts'
import { rowOf } from '../../../src/dialects/iis/map.ts'
import { certificateJson, MEMBER_NAMES } from '../../../src/dialects/iis/map-wire.ts'
import { parseSanLines, sanLines } from '../../../src/dialects/iis/san-text.ts'
import { Seal } from '../../../src/dialects/iis/seal.ts'
import { readCertificate, readContentRange, releaseOf } from '../../../src/dialects/iis/wire.ts'
import { wire } from './scripted.ts'

const NOW = new Date('2026-03-01T12:00:00Z')

describe('sealed ids', () => {
  const seal = new Seal(fromHex('33221100554477668899aabbccddeeff'))

  test('are those that the description of the vendor’s scheme gives for host 00112233-4455-6677-8899-aabbccddeeff', () => {
    expect(seal.close('Certificates.Store', 'My')).toBe('ulVKrIjt_EAnJo_bppm7Lg')
    expect(seal.close('Certificates.Store', 'WebHosting')).toBe('oJY0EBHgfNdeRX85WSJo2g')
    expect(seal.close('Certificates', 'My\n1E927A29E966FA11A7C469BC565A9E00B11F5F95')).toBe(
      'THuctThlrAPWcOswzkHXNYsbtjw3MeMr2AR5spSN3UxhXwFWembVKxHFDN_haLnJ',
    )
  })

  test('open again for their purpose and their host only', () => {
    const other = new Seal(fromHex('00'.repeat(16)))
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        const id = seal.close('Certificates', text)
        expect(id).toMatch(/^[\w-]+$/)
        expect(seal.open('Certificates', id)).toBe(new TextDecoder().decode(new TextEncoder().encode(text)))
        expect(other.open('Certificates', id)).not.toBe(text || 'never')
      }),
    )
  })

  test('that nobody made never throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (id) => {
        const opened = seal.open('Certificates', id)
        expect(opened === undefined || typeof opened === 'string').toBe(true)
      }),
    )
    expect(seal.open('Certificates.Store', 'a'.repeat(2049))).toBeUndefined()
  })
})

describe('alternative names as Windows shows them', () => {
  test('addresses are written in full, nested names are indented', () => {
    const names: GeneralName[] = [
      { type: 'ip', value: '::1' },
      { type: 'otherName', value: 'user@dom', oid: '1.3.6.1.4.1.311.20.2.3' },
      { type: 'directoryName', value: 'CN=a,O=Example\\, Inc.' },
      { type: 'registeredId', value: '1.2.3' },
    ]
    expect(sanLines(names)).toEqual([
      'IP Address=0000:0000:0000:0000:0000:0000:0000:0001',
      'Other Name:',
      '     Principal Name=user@dom',
      'Directory Address:',
      '     CN=a',
      '     O="Example, Inc."',
      'Registered ID=1.2.3',
    ])
    expect(parseSanLines(sanLines(names))).toEqual(names)
  })

  test('lines of any kind are read without a fault, and none is lost', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 })), (lines) => {
        const solid = lines.map((line) => `x${line}`)
        expect(parseSanLines(solid)).toHaveLength(solid.length)
      }),
    )
    expect(parseSanLines(['     orphan'])).toEqual([{ type: 'otherName', value: 'orphan' }])
  })
})

describe('labels', () => {
  test('of Windows, never those of OpenSSL', () => {
    expect(purposeLabel('serverAuth')).toBe('Server Authentication')
    expect(purposeLabel('1.3.6.1.5.5.7.3.1')).toBe('Server Authentication')
    expect(purposeLabel('1.2.3.4')).toBeNull()
    expect(purposeName('Server Authentication')).toBe('serverAuth')
    expect(purposeName('Serverauthentifizierung')).toBe('Serverauthentifizierung')
    expect(purposeName('1.3.6.1.5.5.7.3.2')).toBe('clientAuth')
    expect(signatureLabel('sha256WithRSAEncryption')).toBe('sha256RSA')
    expect(signatureLabel('rsassaPss')).toBe('RSASSA-PSS')
    // a real host answers 500 for these
    expect(signatureLabel('Ed25519')).toBe('Ed25519')
    expect(signatureName('SHA384ECDSA')).toBe('ecdsa-with-SHA384')
    expect(signatureName('sha3-256RSA')).toBe('sha3-256RSA')
  })
})

describe('wire to row to wire', () => {
  test('a certificate of a host comes out as it went in', () => {
    for (const item of JSON.parse(wire('certificates.json')).certificates.slice(0, 1)) {
      const store = { name: item.store.name, id: item.store.id }
      const row = rowOf(readCertificate(item)!, NOW)
      const shown = certificateJson({ row, id: item.id, store, hal: true }, MEMBER_NAMES)
      expect(JSON.stringify(shown)).toBe(JSON.stringify(item))
    }
  })

  test('a row of a store that knows little still has every text that clients cut', () => {
    const store = { name: 'x', id: 'y' }
    const shown = certificateJson({ row: { id: '1' }, id: 'z', store, hal: false }, MEMBER_NAMES)
    expect(shown).toEqual({
      alias: '',
      id: 'z',
      issued_by: '',
      subject: '',
      thumbprint: '',
      signature_algorithm: '',
      valid_from: null,
      valid_to: null,
      version: '3',
      intended_purposes: [],
      private_key: null,
      subject_alternative_names: [],
      store,
    })
    const named = certificateJson({ row: { id: '1', subject: 'not a name' }, id: 'z', store, hal: false }, [
      'subject',
    ])
    expect(named).toEqual({ subject: 'not a name' })
  })

  test('headers are read as hosts write them, and strict ones too', () => {
    expect(readContentRange('0-49/120')).toEqual({ first: 0, last: 49, total: 120 })
    expect(readContentRange('certificates 0-49/120')).toEqual({ first: 0, last: 49, total: 120 })
    expect(readContentRange('0-49/*')).toBeUndefined()
    expect(releaseOf('application/vnd.Microsoft.Certificates.Stores.2.3.0+json; charset=utf-8')).toBe('2.3.0')
    expect(releaseOf('application/vnd.Microsoft.WebServer.Api.6.0.0.hal+json')).toBe('6.0.0')
    expect(releaseOf('application/json')).toBeUndefined()
  })
})
