import { describe, expect, test } from 'vitest'
import { EVERYTHING } from '../../../src/domain/filter.ts'
import { azureApim } from '../../../src/dialects/azure-apim/dialect.ts'
import { frozenAmbient } from '../../support/ambient.ts'
import { collect, connect, credentialOf, type WantedClient } from './world.ts'
import { failure } from '../../support/failure.ts'
import { ARM_PATH, body, talk } from './talk.ts'

// the client alone: what it sends, and what it makes of answers that the service really gave

describe('credentials and places', () => {
  const list = body('list-2014')
  const sent = async (wanted: WantedClient): Promise<string> => {
    const { server, store } = await talk([list], wanted)
    await collect(store.list('certificate', EVERYTHING))
    return String(server.asked[0]!.headers['authorization'])
  }
  const SN = 'q6hTggdd9OCV+1sdVPDl88VzYyN9XZWegp/s3ApX1szHOI5eDuMkoqC43v25uL8xvNPfU0VtzrJQj/balAlxvw=='

  test('when the secret is an access key then a token for an hour is made of it', async () => {
    const now = '2014-08-04T21:03:30Z'
    expect(await sent({ credential: credentialOf('sas', '321', '123'), now })).toBe(
      `SharedAccessSignature uid=123&ex=2014-08-04T22:03:00.0000000Z&sn=${SN}`,
    )
  })

  test.each([
    `SharedAccessSignature uid=123&ex=2027-08-04T22:03:00.0000000Z&sn=${SN}`,
    `uid=123&ex=2027-08-04T22:03:00.0000000Z&sn=${SN}`,
    `integration&202708042203&${SN}`,
  ])('when the secret is the ready token %s then it is sent as it is', async (token) => {
    const scheme = token.startsWith('Shared') ? '' : 'SharedAccessSignature '
    expect(await sent({ credential: credentialOf('sas', `${token}\n`) })).toBe(`${scheme}${token}`)
  })

  test('when a ready token has run out then nothing is sent', async () => {
    for (const token of [
      `integration&202508042203&${SN}`,
      `uid=1&ex=2014-08-04T22:03:00.0000000Z&sn=${SN}`,
    ]) {
      const { server, store } = await talk([], { credential: credentialOf('sas', token) })
      const error = await failure(store.probe())
      expect(error).toMatchObject({ code: 'auth.failed', hint: expect.stringContaining('access key') })
      expect(error.message).not.toContain(SN)
      expect(server.asked).toEqual([])
    }
  })

  test('when the settings name a service then its path in ARM is asked', async () => {
    const options = { subscription: 's', 'resource-group': 'rg 1', service: 'apim', workspace: 'w' }
    const { server, store } = await talk([list], { options })
    expect(await store.probe()).toEqual({
      server: 'Azure API Management (Azure Resource Manager)',
      facts: { 'api-version': '2024-05-01', certificates: '1' },
    })
    expect(server.asked[0]!.url).toBe(
      '/subscriptions/s/resourceGroups/rg%201/providers/Microsoft.ApiManagement/service/apim/workspaces/w/certificates?api-version=2024-05-01&$top=1',
    )
    const half = await talk([], { options: { subscription: 's' } })
    expect((await failure(half.store.probe())).code).toBe('settings.invalid')
  })

  test('when the real service of ARM is meant then a signature is refused before anything is sent', async () => {
    const store = await connect(
      { url: 'https://management.azure.com', ca: '' },
      { credential: credentialOf('sas', 'k') },
    )
    const error = await failure(store.probe())
    await store.close()
    expect(error).toMatchObject({ code: 'settings.invalid', hint: expect.stringContaining('bearer') })
  })
})

describe('the classic host of the real service', () => {
  test('when its name is not found any more then the error says what became of it', async () => {
    const { CertmanError: Failure } = await import('../../../src/base/errors.ts')
    const http = {
      base: new URL('https://contoso.management.azure-api.net'),
      send: async () => {
        throw new Failure('remote.unreachable', 'contoso.management.azure-api.net is not known')
      },
      close: async () => undefined,
    }
    const make = await azureApim.client()
    const store = make(azureApim, {
      name: 'apim',
      http,
      credential: undefined,
      ambient: frozenAmbient(),
      options: {},
      reach: () => http,
      notice: () => undefined,
    })
    const error = await failure(store.probe())
    expect(error.code).toBe('remote.unreachable')
    expect(error.hint).toContain('March 2025')
  })
})

describe('answers that are none', () => {
  test.each([
    [401, '', 'auth.failed', 'text/plain'],
    [403, '{}', 'auth.forbidden', 'application/json'],
    [500, '{}', 'remote.failed', 'application/json'],
    [503, '<html>busy</html>', 'remote.failed', 'text/html'],
    [200, '<!doctype html><title>Sign in</title>', 'remote.unexpected', 'text/html'],
    [200, '{"value": [', 'remote.unexpected', 'application/json'],
    [200, '{"value": {}}', 'remote.unexpected', 'application/json'],
    [200, '{"value": [null]}', 'remote.unexpected', 'application/json'],
    [200, `{"value": [{"id": "${'x'.repeat(1025)}"}]}`, 'remote.unexpected', 'application/json'],
    [302, '', 'remote.unexpected', 'text/plain'],
  ])('when %i and %j come then the error is %s', async (status, answer, code, type) => {
    const headers = {
      'Content-Type': type,
      ...(status === 302 && { Location: 'https://elsewhere.example/' }),
    }
    const line = { status, body: answer, headers }
    const { store } = await talk([line, line, line])
    const error = await failure(collect(store.list('certificate', EVERYTHING)))
    expect(error.code).toBe(code)
    expect(error.message).not.toContain('token')
  })

  test('when a 401 says why in its challenge alone then that is told', async () => {
    const challenge =
      'SharedAccessSignature realm="", error="invalid_token", error_description="Token has expired."'
    const { store } = await talk([{ status: 401, headers: { 'WWW-Authenticate': challenge } }])
    const error = await failure(store.probe())
    expect(error.message).toMatch(/ was answered with 401: "Token has expired\."$/)
  })

  test('when the version is not supported then the hint names the setting', async () => {
    const { store } = await talk([{ status: 400, ...body('error-version') }])
    const error = await failure(store.probe())
    expect(error.hint).toContain('api-version')
    expect(error.message).toContain('Azure API Management: GET https://127.0.0.1')
  })

  test('when the service is not there then the names are to be checked', async () => {
    const { store } = await talk([{ status: 404, ...body('error-not-found') }], { path: ARM_PATH })
    const error = await failure(collect(store.list('certificate', EVERYTHING)))
    expect(error).toMatchObject({
      code: 'remote.unexpected',
      hint: expect.stringContaining('resource group'),
    })
  })

  test('when 429 and 503 come first then a read is tried again', async () => {
    const { server, store } = await talk([{ status: 429 }, { status: 503 }, body('list-2014')])
    expect(await collect(store.list('certificate', EVERYTHING))).toHaveLength(1)
    expect(server.asked).toHaveLength(3)
  })
})
