import { describe, expect, test } from 'vitest'
import { ARM, azureWorld, rawCall, signature } from './world.ts'
import { code, NEW, NOW, upload, serving } from './serving.ts'

// the server alone: requests as the vendor's pages and old clients have them

const SHARED = { id: 'ann', primary: 'cHJpbWFyeQ==', secondary: 'c2Vjb25kYXJ5' }

const at = serving()
const { call } = at

describe('versions and credentials', () => {
  test.each(['', 'api-version=', 'api-version=2013-01-01', 'api-version=latest'])(
    'when the version is %j then it is refused with the ones that are supported',
    async (query) => {
      const reply = await call('GET', `/certificates?${query}`)
      expect([reply.status, code(reply)]).toEqual([400, 'MissingOrIncorrectVersionParameter'])
      expect(reply.json.error.message).toMatch(
        /specified incorrectly\. {2}Supported versions: [^ ]+,2024-05-01,[^ ]+ {2}Example query param format: api-version=SupportedVersion$/,
      )
    },
  )

  const status = async (authorization: string | null): Promise<number> =>
    (await call('GET', `/certificates?${NEW}`, { authorization })).status

  test('when a signature is long, compact or wrapped, with either key and any case of the scheme, then it opens', async () => {
    const { secondary, id } = at.world.sas
    const compact = signature(at.world, 'compact')
    const other = signature({ sas: { id, primary: secondary, secondary: '' } })
    expect(await status(signature(at.world))).toBe(200)
    expect(await status(compact)).toBe(200)
    expect(await status(other)).toBe(200)
    expect(await status(compact.replace('SharedAccessSignature', 'sharedaccesssignature'))).toBe(200)
    expect(await status(`SharedAccessSignature token="${compact.slice(22)}",refresh="true"`)).toBe(200)
    expect(await status(`Bearer ${at.world.apiKeys['admin']}`)).toBe(200)
  })

  test('when a user has one store and asks ARM for another that is served then it is not answered with the own one', async () => {
    const users = [{ name: 'ann', role: 'manager', stores: ['one'], sharedKey: SHARED }] as const
    const both = await azureWorld({ stores: { one: 'memory', two: 'memory' }, users })
    const asked = async (service: string): Promise<number> => {
      const path = `${ARM.replace(/[^/]+$/, service)}/certificates?${NEW}`
      return (await rawCall(both, { path, authorization: signature({ sas: SHARED }) })).status
    }
    expect([await asked('one'), await asked('apim'), await asked('TWO')]).toEqual([200, 200, 404])
    await both.close()
  })

  test('when a user of a collection puts what does not fit it then it is refused in the form of the service, and not stored', async () => {
    const users = [{ name: 'ann', role: 'manager', collections: ['web'], sharedKey: SHARED }] as const
    const limited = await azureWorld({ users })
    await limited.store.addCollection({ name: 'web', filter: 'subject ~ web' })
    const put = (cn: string) => {
      const authorization = signature({ sas: SHARED })
      const path = `/certificates/${cn}?${NOW}`
      return rawCall(limited, { method: 'PUT', path, authorization, body: { properties: upload(cn) } })
    }
    const refused = await put('mail.example')
    expect([refused.status, code(refused)]).toEqual([403, 'AuthorizationFailed'])
    expect(await limited.store.count('certificate', { filter: { op: 'all' } })).toBe(0)
    expect((await put('web.example')).status).toBe(201)
    await limited.close()
  })

  test('when a signature is wrong, run out, cut or none then it does not', async () => {
    const long = signature(at.world)
    const { sharedAccess } = await import('../../../src/dialects/shared-access.ts')
    const { id, primary: key } = at.world.sas
    const past = sharedAccess({ id, key, expires: new Date('2026-03-01T12:00:00Z'), form: 'compact' }).token
    const decoded = sharedAccess({
      id,
      key: Buffer.from(key, 'base64').toString('latin1'),
      expires: new Date('2026-03-01T13:00:00Z'),
      form: 'long',
    }).token
    const bad = [
      null,
      '',
      'SharedAccessSignature',
      'SharedAccessSignature x',
      long.replace('13:00', '14:00'),
      long.replace('uid=integration', 'uid=nobody'),
      long.slice(0, -4),
      `${long}&x=1`,
      past,
      decoded,
      'Bearer nonsense',
      'Basic YWRtaW46UGFzc3cwcmQheA==',
    ]
    for (const each of bad) expect(await status(each)).toBe(401)
    const reply = await call('GET', `/certificates?${NEW}`, { authorization: null })
    expect(code(reply)).toBe('Unauthorized')
    expect(reply.headers['www-authenticate']).toContain(
      'SharedAccessSignature realm="", error="invalid_token", error_description="User is not found or signature is invalid."',
    )
    expect([...at.world.accessLog, ...at.world.houseLog].join('\n')).not.toContain(long.slice(-40))
  })

  test('when a signature comes to the path of ARM then it opens, as for scripts of the developer portal', async () => {
    const dummy = '/subscriptions/00000/resourceGroups/00000/providers/Microsoft.ApiManagement/service/00000'
    expect((await call('GET', `${dummy}/certificates?${NOW}`)).status).toBe(200)
  })

  test('when a reader changes something then it is forbidden', async () => {
    const authorization = `Bearer ${at.world.apiKeys['reader']}`
    const reply = await call('PUT', `/certificates/web?${NEW}`, { body: upload('a'), authorization })
    expect([reply.status, code(reply)]).toEqual([403, 'AuthorizationFailed'])
    const headers = { 'If-Match': '*' }
    const gone = await call('DELETE', `/certificates/nope?${NEW}`, { headers, authorization })
    expect([gone.status, code(gone)]).toEqual([403, 'AuthorizationFailed'])
  })

  test('when path or method are none of the service then the error is one of its own', async () => {
    const path = await call('GET', `/certificates/a/b/c?${NEW}`)
    expect([path.status, code(path)]).toEqual([404, 'ResourceNotFound'])
    const method = await call('PATCH', `/certificates/a?${NEW}`, { body: {} })
    expect([method.status, code(method), method.headers['allow']]).toEqual([
      405,
      'MethodNotAllowed',
      'GET, PUT, DELETE, HEAD',
    ])
    const broken = await call('GET', '/certificates/%E0%A4%A?api-version=2021-08-01')
    expect([broken.status, code(broken)]).toEqual([400, 'ValidationError'])
  })
})
