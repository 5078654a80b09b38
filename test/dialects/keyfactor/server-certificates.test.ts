import { createHash, X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callsTo, rawCall, stockedWorld, type RawReply, type Stocked } from './world.ts'

let world: Stocked
beforeAll(async () => {
  world = await stockedWorld()
})
afterAll(() => world.close())

const { call } = callsTo(() => world)
const pick = (reply: RawReply, member: string): unknown[] =>
  reply.json.map((each: Record<string, unknown>) => each[member])

/** Members of the published schema (25.x), in its order. */
const MEMBERS =
  'IsCACertificate PathLengthConstraint Id Thumbprint SerialNumber IssuedDN IssuedCN ImportDate NotBefore NotAfter IssuerDN PrincipalId OwnerRoleId OwnerRoleName TemplateId CertState KeySizeInBits KeyType KeyAlgorithm AltKeyAlgorithm AltKeySizeInBits AltKeyType RequesterId IssuedOU IssuedEmail KeyUsage SigningAlgorithm AltSigningAlgorithm CertStateString KeyTypeString AltKeyTypeString RevocationEffDate RevocationReason RevocationComment CertificateAuthorityId CertificateAuthorityName TemplateName ArchivedKey HasPrivateKey HasAltPrivateKey PrincipalName CertRequestId RequesterName ContentBytes ExtendedKeyUsages SubjectAltNameElements CRLDistributionPoints LocationsCount SSLLocations Locations Metadata CARowIndex CARecordId DetailedKeyUsage KeyRecoverable Curve EnrollmentPatternId Lifespan'.split(
    ' ',
  )

describe('the list of certificates', () => {
  test('hides expired and revoked ones unless they are asked for', async () => {
    const short = await call('/Certificates')
    expect(short.status).toBe(200)
    expect(pick(short, 'IssuedCN')).toEqual(['Root', 'web.example'])
    expect(short.headers['x-total-count']).toBe('2')
    const long = await call('/Certificates?pq.includeRevoked=true&IncludeExpired=true')
    expect(pick(long, 'Id')).toEqual([1, 2, 3, 4])
    expect(pick(long, 'CertState')).toEqual([6, 1, 1, 2])
    expect(long.json[3]).toMatchObject({
      RevocationEffDate: '2026-02-01T00:00:00Z',
      RevocationReason: 1,
      CertStateString: 'Revoked (2)',
    })
  })

  test('is a bare array without the two members of a single certificate', async () => {
    const { json } = await call('/Certificates')
    expect(Object.keys(json[0])).toEqual(MEMBERS.slice(2))
    expect((await call('/Certificates?QueryString=IssuedCN%20-eq%20%22none%22')).json).toEqual([])
  })

  test('keeps metadata, locations and the truth about keys to itself unless asked', async () => {
    const [plain] = (await call('/Certificates?queryString=CertId+-eq+2')).json
    expect(plain).toMatchObject({ HasPrivateKey: false, Metadata: {}, Locations: [], LocationsCount: [] })
    const flags = 'includeMetadata=true&includeLocations=TRUE&includeHasPrivateKey=true&verbose=2'
    const [full] = (await call(`/Certificates?queryString=CertId+-eq+2&${flags}`)).json
    expect(full.HasPrivateKey).toBe(true)
    expect(full.Metadata).toEqual({ Name: 'web', FriendlyName: 'Web server', Tags: 'prod' })
    expect(full.Locations[0]).toMatchObject({ Alias: 'web', StorePath: 'pki' })
  })

  test.each([
    'pq.queryString=IssuedCN%20-eq%20%22web.example%22',
    'QUERYSTRING=IssuedCN+-eq+%22web.example%22',
    'query.queryString=(issuedcn%20-eq%20%22web.example%22)AND%20CertState%20-eq%20%221%22',
    'pagedQuery.queryString=CertId%20-ge%202',
    'queryString=Thumbprint%20-ne%20NULL%20AND%20CN%20-endswith%20%22example%22',
  ])('takes the query in every spelling: %s', async (query) => {
    expect(pick(await call(`/Certificates?${query}`), 'Id')).toEqual([2])
  })

  test('sorts descending at 1 and ascending at 0, by names of query fields', async () => {
    expect(pick(await call('/Certificates?SortField=CertId&SortAscending=1'), 'Id')).toEqual([2, 1])
    expect(pick(await call('/Certificates?pq.sortField=IssuedCN&pq.sortAscending=0'), 'Id')).toEqual([1, 2])
    for (const field of ['Id', 'CertificateId', '__proto__']) {
      const refused = await call(`/Certificates?SortField=${field}`)
      expect(refused.status).toBe(400)
      expect(refused.json).toEqual({ ErrorCode: '0xA011004A', Message: `Invalid sort field: ${field}.` })
    }
  })

  test('gives pages from 1 on until one is empty, with the total before paging', async () => {
    const first = await call('/Certificates?PageReturned=1&ReturnLimit=1')
    expect([pick(first, 'Id'), first.headers['x-total-count']]).toEqual([[1], '2'])
    expect(pick(await call('/Certificates?pq.pageReturned=2&pq.returnLimit=1'), 'Id')).toEqual([2])
    expect((await call('/Certificates?pq.pageReturned=3&pq.returnLimit=1')).json).toEqual([])
    // the vendor's older client for Go sends every parameter, 0 for what nobody set
    const zeros =
      'pq.pageReturned=0&pq.returnLimit=0&pq.sortField=&pq.sortAscending=0&collectionId=0&verbose=0'
    expect(pick(await call(`/Certificates?${zeros}`), 'Id')).toEqual([1, 2])
  })

  test.each([
    ['queryString=IssuedCN%20-like%20%22x%22', /operator/],
    ['queryString=Nothing%20-eq%201', /unknown field "Nothing"/],
    ['queryString=%28%28%28', /field/],
    ['ReturnLimit=ten', /not valid for returnLimit/],
    ['includeRevoked=perhaps', /not valid for includeRevoked/],
    ['collectionId=99999999999', /not valid for collectionId/],
    ['sortAscending=7', /not valid for sortAscending/],
  ])('answers %s with 400 in the form of the vendor', async (query, message) => {
    const { status, json } = await call(`/Certificates?${query}`)
    expect(status).toBe(400)
    expect(Object.keys(json)).toEqual(['ErrorCode', 'Message'])
    expect(json.Message).toMatch(message)
  })

  test('has the same bytes when it is asked for again', async () => {
    const [first, again] = [await call('/Certificates'), await call('/Certificates')]
    expect(again.json).toEqual(first.json)
    const web = (await world.store.certificate('2')).der
    expect(again.json[1].ContentBytes).toBe(Buffer.from(web).toString('base64'))
  })

  test('is read by a GET whose body is the literal null', async () => {
    expect((await call('/Certificates', { raw: 'null' })).status).toBe(200)
  })

  test('comes as comma-separated text too', async () => {
    const { text, headers } = await call('/Certificates/CSV?Query=CertId%20-eq%202')
    expect(headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(text.split('\r\n')[1]).toContain('"CN=web.example,O=Example",web.example')
  })
})

describe('one certificate', () => {
  test('has the members of the vendor in the order of the vendor', async () => {
    const { json, headers } = await call('/Certificates/2')
    expect(Object.keys(json)).toEqual(MEMBERS)
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-keyfactor-product-version': '25.4.1',
      'api-supported-versions': '1.0, 2',
    })
    expect(headers['x-keyfactor-correlation-id']).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    )
  })

  test('says what its bytes say, by the judgement of Node', async () => {
    const { json } = await call('/Certificates/2')
    const x509 = new X509Certificate(Buffer.from(json.ContentBytes, 'base64'))
    expect(json.Thumbprint).toBe(x509.fingerprint.replaceAll(':', ''))
    expect(json.SerialNumber).toBe(x509.serialNumber)
    expect(new Date(json.NotAfter)).toEqual(new Date(x509.validTo))
    const [san] = json.SubjectAltNameElements
    const hash = createHash('md5').update(Buffer.from('web.example', 'utf16le')).digest('hex').toUpperCase()
    expect(san).toEqual({ Id: 1, Value: 'web.example', Type: 2, ValueHash: hash })
  })

  test('is found in every letter case of the path, and by the path of an installation', async () => {
    for (const path of [
      '/keyfactorapi/certificates/2',
      '/KEYFACTORAPI/Certificates/2',
      '/Keyfactor/API/Certificates/2',
    ])
      expect((await rawCall(world, { path })).json.Id).toBe(2)
  })

  test.each([
    '/Certificates/77',
    '/Certificates/2147483648',
    '/Certificates/x',
    '/Certificates/2/Nothing',
    '/Nothing',
  ])('%s is a 404 with a message', async (path) => {
    const { status, json } = await call(path)
    expect([status, Object.keys(json)]).toEqual([404, ['ErrorCode', 'Message']])
  })

  test('has its validation, history, security, locations and audit', async () => {
    expect((await call('/Certificates/2/Validate')).json).toMatchObject({
      Valid: true,
      Results: { Revoked: 'Pass' },
    })
    expect((await call('/Certificates/4/Validate')).json).toMatchObject({
      Valid: false,
      Results: { Revoked: 'Fail' },
    })
    expect(pick(await call('/Certificates/4/History'), 'Action')).toEqual(['Imported', 'Revoked'])
    expect((await call('/Certificates/2/Security')).json.Roles[0].Name).toBe('admin')
    expect((await call('/Certificates/Locations/2')).json.Details[0].Locations[0].Alias).toBe('web')
    expect((await call('/Certificates/IdentityAudit/2')).json[0]).toMatchObject({ IdentityType: 'User' })
    expect((await call('/Certificates/QueryParsers')).json[0].Fields).toContain('Thumbprint')
  })
})

describe('the door', () => {
  test('without or with a wrong credential it answers 401 in JSON', async () => {
    const none = await call('/Certificates', { user: null })
    expect([none.status, Object.keys(none.json)]).toEqual([401, ['ErrorCode', 'Message']])
    expect(none.headers['www-authenticate']).toContain('Basic')
    const wrong = { authorization: `Basic ${Buffer.from('admin:nope').toString('base64')}` }
    expect((await call('/Certificates', { user: null, headers: wrong })).status).toBe(401)
    expect((await call('/Certificates', { user: null, headers: { authorization: 'Bearer x' } })).status).toBe(
      401,
    )
  })

  test('a domain before the user does not matter', async () => {
    expect((await call('/Status/Endpoints', { user: 'CORP\\admin' })).status).toBe(200)
  })

  test('login gets an array of texts', async () => {
    const { json } = await call('/Status/Endpoints')
    expect(json).toContain('POST /Certificates/Download')
    expect(json.every((each: unknown) => typeof each === 'string')).toBe(true)
  })

  test('reads need no header of the client, writes do', async () => {
    const headers = { 'x-keyfactor-requested-with': '' }
    expect((await call('/Certificates', { headers })).status).toBe(200)
    const refused = await call('/Certificates/Download', { method: 'POST', body: { CertID: 2 }, headers })
    expect(refused.status).toBe(400)
    expect(refused.json.Message).toContain('x-keyfactor-requested-with')
  })

  test('versions 1, 1.0 and 2 are known, 3 is not', async () => {
    for (const version of ['1', '1.0', '2'])
      expect((await call('/Certificates', { headers: { 'x-keyfactor-api-version': version } })).status).toBe(
        200,
      )
    expect((await call('/Certificates', { headers: { 'x-keyfactor-api-version': '3' } })).status).toBe(400)
  })

  test('a method that a path has not is a 405 that says which it has', async () => {
    const { status, headers, json } = await call('/Certificates/Revoke', { method: 'PUT' })
    expect([status, typeof json.Message]).toEqual([405, 'string'])
    expect(headers['allow']).toContain('POST')
  })

  test.each(['{', '[]', '"x"', 'null', '\u0000', ''])(
    'the body %j of a download is a 400, never a 500',
    async (raw) => {
      const { status, json } = await call('/Certificates/Download', { method: 'POST', raw })
      expect([status, Object.keys(json)]).toEqual([400, ['ErrorCode', 'Message']])
    },
  )

  test('a token is had with id and secret, and lets in', async () => {
    const form = 'grant_type=client_credentials&client_id=admin&client_secret=Passw0rd%21x&scope=a'
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const { json } = await call('/oauth2/token', { method: 'POST', raw: form, headers, user: null })
    expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 3600 })
    const bearer = { authorization: `Bearer ${json.access_token}` }
    expect((await call('/Certificates', { user: null, headers: bearer })).status).toBe(200)
    const bad = await call('/oauth2/token', {
      method: 'POST',
      raw: form.replace('Passw', 'x'),
      headers,
      user: null,
    })
    expect([bad.status, bad.json]).toEqual([401, { error: 'invalid_client' }])
  })
})
