import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { generateKey } from '../../../src/crypto/generate-key.ts'
import { openSigner } from '../../../src/crypto/signer.ts'
import { writePem } from '../../../src/formats/pem.ts'
import { parseNameText } from '../../../src/x509/name-text.ts'
import { writeCsr } from '../../../src/x509/write-csr.ts'
import { outputOf, requireOracle } from '../../support/oracles.ts'
import { callsTo, madeCsr, rawCall, stockedWorld, type Stocked } from './world.ts'

let world: Stocked
beforeEach(async () => {
  world = await stockedWorld()
})
afterEach(() => world.close())

const { call, post } = callsTo(() => world)
/** The only format with a key whose password costs no time. */
const quick = { headers: { 'x-certificateformat': 'JKS' } }
const pem = { headers: { 'x-certificateformat': 'PEM' } }

/** A certificate by the authority `root`, called `named`; its number. */
async function enrolled(more: object = {}): Promise<number> {
  const body = {
    Subject: 'CN=made.example,O=Example',
    Password: 'geheim',
    CertificateAuthority: 'root',
    Template: 'server',
    SANs: { dns: ['made.example'] },
    KeyType: 'ECC',
    Metadata: { Name: 'named' },
    ...more,
  }
  const { json } = await post('/Enrollment/PFX', body, quick)
  return json.CertificateInformation.KeyfactorId as number
}

describe('a renewal', () => {
  test('by number makes a certificate like the old one, which is superseded', async () => {
    const old = await enrolled()
    const { status, json } = await post('/Enrollment/Renew', {
      CertificateId: old,
      Timestamp: '2026-03-01T12:00:00Z',
    })
    expect(status).toBe(200)
    expect(Object.keys(json)).toEqual(
      'KeyfactorId KeyfactorRequestId Thumbprint SerialNumber IssuerDN RequestDisposition DispositionMessage Password'.split(
        ' ',
      ),
    )
    expect(json).toMatchObject({
      KeyfactorId: old + 1,
      KeyfactorRequestId: 0,
      IssuerDN: 'CN=Root,O=Example',
      RequestDisposition: 'ISSUED',
      Password: null,
    })
    const [before, after] = [
      await world.store.certificate(String(old)),
      await world.store.certificate(String(old + 1)),
    ]
    expect(after.facts.thumbprint).toBe(json.Thumbprint)
    expect([after.record.name, after.facts.subject]).toEqual(['named', before.facts.subject])
    expect(before.state).toBe('superseded')
    expect(after.record.keyId).not.toBe(before.record.keyId)
    const available = await call(`/Enrollment/AvailableRenewal/Id/${old}`)
    expect(available.json).toMatchObject({
      AvailableRenewalType: 0,
      Message: expect.stringMatching(/superseded/),
    })
  })

  test('by thumbprint and by an authority that is named renews what came from elsewhere', async () => {
    const { facts } = await world.store.certificate('2')
    const path = `/Enrollment/AvailableRenewal/Thumbprint/${facts.thumbprint}`
    expect((await call(path)).json).toEqual({
      AvailableRenewalType: 2,
      Message: 'One click renewal is available.',
    })
    const order = { Thumbprint: facts.thumbprint, CertificateAuthority: 'HOST\\root', EnrollmentPatternId: 1 }
    expect((await post('/Enrollment/Renew', order)).json.RequestDisposition).toBe('ISSUED')
  })

  test('of a certificate whose key is elsewhere takes the same request again', async () => {
    const csr = writePem('CERTIFICATE REQUEST', await madeCsr('own.example'))
    const body = { CSR: csr, CertificateAuthority: 'root', Metadata: { Name: 'own' } }
    const { KeyfactorID } = (await post('/Enrollment/CSR', body, pem)).json.CertificateInformation
    const { json } = await post('/Enrollment/Renew', { CertificateId: KeyfactorID })
    const [old, renewed] = [
      await world.store.certificate(String(KeyfactorID)),
      await world.store.certificate(String(json.KeyfactorId)),
    ]
    expect(renewed.facts.publicKey.spkiHash).toBe(old.facts.publicKey.spkiHash)
  })

  test.each([
    [{}, 400, /One of CertificateId and Thumbprint/],
    [{ CertificateId: 99 }, 404, /not found/],
    [{ CertificateId: 2, CertificateAuthority: 'nobody' }, 400, /'nobody' was not found/],
    [{ CertificateId: 2, EnrollmentPatternId: 99 }, 400, /pattern 99 was not found/],
    [{ CertificateId: 4 }, 400, /revoked/i],
  ])('of %j is %i', async (body, status, message) => {
    const reply = await post('/Enrollment/Renew', body)
    expect([reply.status, reply.json.Message]).toEqual([status, expect.stringMatching(message)])
  })

  test('is not for whoever may not sign, and they are told so beforehand', async () => {
    const reader = { user: 'reader' }
    expect((await post('/Enrollment/Renew', { CertificateId: 2 }, reader)).status).toBe(403)
    expect((await call('/Enrollment/AvailableRenewal/Id/2', reader)).json.AvailableRenewalType).toBe(0)
    expect((await call('/Enrollment/AvailableRenewal/Id/4')).json.AvailableRenewalType).toBe(0)
  })

  test('waits where everything waits for an approval', async () => {
    const strict = await stockedWorld({ options: { 'keyfactor.approval': 'always' } })
    try {
      const path = '/KeyfactorAPI/Enrollment'
      const type = await rawCall(strict, { path: `${path}/AvailableRenewal/Id/2` })
      expect(type.json).toMatchObject({
        AvailableRenewalType: 1,
        Message: expect.stringMatching(/awaits approval/),
      })
      const body = { CertificateId: 2 }
      const reply = await rawCall(strict, { method: 'POST', path: `${path}/Renew`, body })
      expect([reply.status, reply.json.Message]).toEqual([400, expect.stringMatching(/awaits approval/)])
    } finally {
      await strict.close()
    }
  })

  test('by an enrollment takes over the name, and only that', async () => {
    const old = await enrolled()
    const heir = await enrolled({ Metadata: {}, RenewalCertificateId: old })
    expect((await world.store.certificate(String(heir))).record.name).toBe('named')
    expect((await world.store.certificate(String(old))).state).toBe('superseded')
    const wish = { Subject: 'CN=x', CertificateAuthority: 'root', KeyType: 'ECC' }
    const body = { ...wish, RenewalCertificateId: heir }
    const other = await post('/Enrollment/PFX', { ...body, Metadata: { Name: 'web' } }, quick)
    expect([other.status, (await world.store.certificate('2')).record.name]).toEqual([400, 'web'])
    const gone = await post('/Enrollment/PFX', { ...body, RenewalCertificateId: 99 }, quick)
    expect(gone.status).toBe(404)
  })

  test('of nothing is none: old clients send 0 with every enrollment', async () => {
    const named = { Metadata: { Name: 'fresh' }, RenewalCertificateId: 0 }
    const number = await enrolled({ ...named, InstallIntoExistingCertificateStores: false })
    expect((await world.store.certificate(String(number))).record.name).toBe('fresh')
    expect(await enrolled({ Metadata: {}, RenewalCertificateId: 0 })).toBe(number + 1)
    expect((await world.store.certificate(String(number))).state).toBe('valid')
  })
})

describe('a CSR that is generated', () => {
  const wish = {
    Subject: 'CN=later.example,O=Exa\\, mple',
    KeyType: 'ECC',
    KeyLength: 256,
    SANs: { dns: ['later.example'], ip4: ['192.0.2.7'] },
    Template: 'server',
  }

  test('waits with its key, and enrolling with it gives the certificate the key', async (context) => {
    const made = await post('/CSRGeneration/Generate', wish)
    expect([made.status, Object.keys(made.json)]).toEqual([200, ['CSRFilePath', 'CSRText', 'CSR']])
    expect(made.json.CSRFilePath).toBe('later.example.csr')
    const openssl = requireOracle(context, 'openssl')
    const text = outputOf(openssl, ['req', '-verify', '-noout', '-text'], made.json.CSRText).toString()
    expect(text).toContain('DNS:later.example, IP Address:192.0.2.7')
    const pending = await call('/CSRGeneration/Pending?PageReturned=1&ReturnLimit=10&SortAscending=0')
    expect(pending.headers['x-total-count']).toBe('1')
    expect(pending.json).toEqual([
      {
        Id: 1,
        CSR: made.json.CSRText,
        RequestTime: '2026-03-01T12:00:00.000Z',
        Subject: ['CN=later.example', 'O=Exa\\, mple'],
      },
    ])
    expect((await call('/CSRGeneration/Pending/1')).json).toMatchObject(pending.json[0])
    const body = { CSR: made.json.CSRText, CertificateAuthority: 'root' }
    const { KeyfactorID } = (await post('/Enrollment/CSR', body, pem)).json.CertificateInformation
    const { record, facts } = await world.store.certificate(String(KeyfactorID))
    expect([record.keyId, record.requestId]).toEqual([facts.publicKey.spkiHash, '1'])
    expect((await call('/CSRGeneration/Pending')).json).toEqual([])
    const recovered = await post('/Certificates/Recover', { CertID: KeyfactorID, Password: 'geheim' }, quick)
    expect(recovered.status).toBe(200)
  })

  test('is deleted with its key, alone or with others, of which some may be gone', async () => {
    for (let i = 0; i < 3; i++) await post('/CSRGeneration/Generate', wish)
    expect((await call('/CSRGeneration/Pending/1', { method: 'DELETE' })).status).toBe(204)
    expect((await call('/CSRGeneration/Pending/1')).status).toBe(404)
    expect((await call('/CSRGeneration/Pending/1', { method: 'DELETE' })).status).toBe(404)
    const keys = await world.store.count('key', { filter: { op: 'all' } })
    expect((await call('/CSRGeneration/Pending', { method: 'DELETE', body: [1, 2] })).status).toBe(204)
    expect((await call('/CSRGeneration/Pending')).json.map((each: { Id: number }) => each.Id)).toEqual([3])
    expect(await world.store.count('key', { filter: { op: 'all' } })).toBe(keys - 1)
  })

  test('a request whose key is elsewhere is none', async () => {
    await post('/Enrollment/CSR', { CSR: writePem('CERTIFICATE REQUEST', await madeCsr('x.example')) }, pem)
    expect((await call('/CSRGeneration/Pending')).json).toEqual([])
    expect((await call('/CSRGeneration/Pending/1')).status).toBe(404)
  })

  test.each([
    [{ ...wish, Subject: undefined, SANs: {} }, 400, /Subject field is required/],
    [{ ...wish, KeyType: 'ML-DSA-44' }, 400, /KeyType 'ML-DSA-44'/],
    [{ ...wish, AlternativeKeyType: 'ML-DSA-44' }, 400, /alternative key/],
    [{ ...wish, EnrollmentPatternId: 99, Template: '' }, 400, /pattern 99 was not found/],
  ])('of %j is refused', async (body, status, message) => {
    const reply = await post('/CSRGeneration/Generate', body)
    expect([reply.status, reply.json.Message]).toEqual([status, expect.stringMatching(message)])
  })

  test('is not for a reader', async () => {
    expect((await post('/CSRGeneration/Generate', wish, { user: 'reader' })).status).toBe(403)
  })
})

describe('an enrollment with a CSR', () => {
  test('keeps the private key that is sent along, if it is the one of the CSR', async () => {
    const { pkcs8 } = await generateKey('ec-p256')
    const subject = parseNameText('CN=kept.example')
    const csr = writeCsr({ subject, extensions: [], signer: openSigner(pkcs8) })
    const key = pkcs8.use((der) => Buffer.from(der).toString('base64'))
    const body = { CSR: writePem('CERTIFICATE REQUEST', csr), CertificateAuthority: 'root' }
    const good = await post('/Enrollment/CSR', { ...body, PrivateKey: key, FileExtension: 'CRT' }, pem)
    expect(good.headers['x-certificatefile']).toBe('kept.example.crt')
    const { KeyfactorID } = good.json.CertificateInformation
    expect((await world.store.certificate(String(KeyfactorID))).record.keyId).toBeDefined()
    const other = writePem('CERTIFICATE REQUEST', await madeCsr('other.example'))
    const wrong = await post('/Enrollment/CSR', { ...body, CSR: other, PrivateKey: key }, pem)
    expect([wrong.status, wrong.json.Message]).toEqual([400, 'The PrivateKey is not the key of the CSR.'])
    const none = await post('/Enrollment/CSR', { ...body, CSR: other, PrivateKey: 'AAAA' }, pem)
    expect([none.status, none.json.Message]).toEqual([400, expect.stringMatching(/is no private key/)])
  })

  test('that is repeated, as clients do after a timeout, is answered with the same certificate', async () => {
    const csr = writePem('CERTIFICATE REQUEST', await madeCsr('twice.example'))
    const body = { CSR: csr, CertificateAuthority: 'root', Timestamp: '2026-03-01T12:00:00Z' }
    const manager = { ...pem, user: 'manager' }
    const first = await post('/Enrollment/CSR', body, manager)
    const again = await post('/Enrollment/CSR', body, manager)
    expect([again.status, again.json.CertificateInformation]).toEqual([
      200,
      first.json.CertificateInformation,
    ])
    const other = await post('/Enrollment/CSR', body, pem)
    expect([other.status, other.json.Message]).toEqual([400, expect.stringMatching(/issued/)])
    const another = await post('/Enrollment/CSR', { ...body, Template: 'client' }, manager)
    expect([another.status, another.json.Message]).toEqual([400, expect.stringMatching(/issued/)])
    await world.store.revoke([{ kind: 'certificate', id: '5' }], { reason: 'superseded' })
    expect((await post('/Enrollment/CSR', body, manager)).status).toBe(400)
    expect(await world.store.count('certificate', { filter: { op: 'all' } })).toBe(5)
  })

  test('that is repeated with other names is no repetition', async () => {
    const named = async (host: string, ...lists: (readonly string[])[]) => {
      const CSR = writePem('CERTIFICATE REQUEST', await madeCsr(host))
      const answers: [number, unknown][] = []
      for (const dns of lists) {
        const body = { CSR, CertificateAuthority: 'root', SANs: { dns } }
        const { status, json } = await post('/Enrollment/CSR', body, pem)
        answers.push([status, json.CertificateInformation?.KeyfactorID ?? json.Message])
      }
      return answers
    }
    const [first, again, more, fewer] = await named(
      'n.example',
      ['a.example'],
      ['a.example'],
      ['b.example'],
      [],
    )
    expect([first![0], again]).toEqual([200, first])
    const refusal = [400, expect.stringMatching(/issued/)]
    expect([more, fewer]).toEqual([refusal, refusal])
  })

  test('takes the pattern’s profile, and says what a profile demands', async () => {
    const patterns = (await call('/EnrollmentPatterns')).json
    const client = patterns.find((each: { Name: string }) => each.Name === 'client')
    const csr = writePem('CERTIFICATE REQUEST', await madeCsr('p.example'))
    const body = { CSR: csr, CertificateAuthority: 'root', EnrollmentPatternId: client.Id }
    const { KeyfactorID } = (await post('/Enrollment/CSR', body, pem)).json.CertificateInformation
    const shown = (await call(`/Certificates/${KeyfactorID}`)).json
    expect([shown.TemplateName, shown.TemplateId]).toEqual(['client', client.Id])
    const { json } = await call(`/Enrollment/Settings/${client.Id}`)
    expect(Object.keys(json)).toEqual(['TemplateRegexes', 'TemplateDefaults', 'TemplatePolicy'])
    expect(json.TemplatePolicy).toMatchObject({
      RSAValidKeySizes: expect.arrayContaining([2048, 4096]),
      ECCValidCurves: expect.arrayContaining(['1.2.840.10045.3.1.7']),
    })
    expect((await call('/Enrollment/Settings/99')).status).toBe(404)
  })
})

test('an enrollment of a PFX does without a subject where there are names, and takes a curve by its OID', async (context) => {
  const body = {
    Subject: '',
    Password: 'geheim',
    CertificateAuthority: 'root',
    SANs: { dns: ['only.example'] },
    KeyType: 'ECC',
    Curve: '1.3.132.0.34',
  }
  const headers = { 'x-certificateformat': 'PEM' }
  const { json } = await post('/Enrollment/PFX', body, { headers })
  const text = Buffer.from(json.CertificateInformation.Pkcs12Blob, 'base64').toString()
  const shown = outputOf(requireOracle(context, 'openssl'), ['x509', '-noout', '-text'], text).toString()
  expect(shown).toMatch(/Subject: *\n/)
  expect(shown).toMatch(/X509v3 Subject Alternative Name: critical\s+DNS:only\.example/)
  expect(shown).toContain('NIST CURVE: P-384')
})

test.each([
  ['PFX', 'made.example.pfx'],
  ['STORE', 'made.example.store'],
  ['ZIP', 'made.example.zip'],
  ['JKS', 'made.example.jks'],
  ['PEM', 'made.example.pem'],
])('an enrollment of a PFX as %s is called %s', async (format, name) => {
  const body = {
    Subject: 'CN=made.example',
    Password: 'geheim',
    CertificateAuthority: 'root',
    KeyType: 'ECC',
  }
  const headers = { 'x-certificateformat': format }
  const reply = await post('/Enrollment/PFX', body, { headers })
  expect(reply.headers['x-certificatefile']).toBe(name)
  const starts = { PFX: '30', STORE: '30', ZIP: '504b0304', JKS: 'feedfeed', PEM: '23434e3d' }[format]!
  const blob = Buffer.from(reply.json.CertificateInformation.Pkcs12Blob, 'base64')
  expect(blob.toString('hex').startsWith(starts)).toBe(true)
})
