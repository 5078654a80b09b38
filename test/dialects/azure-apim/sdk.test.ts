import { ApiManagementClient } from '@azure/arm-apimanagement'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ServedWorld } from '../../support/house-world.ts'
import { azureWorld, leaf, pfx } from './world.ts'

// the vendor's own client, against a server over TLS

let world: ServedWorld
let client: ApiManagementClient
beforeEach(async () => {
  world = await azureWorld()
  client = clientOf('admin')
})
afterEach(() => world.close())

const clientOf = (user: string): ApiManagementClient => {
  const credential = {
    getToken: async () => ({
      token: world.apiKeys[user] ?? user,
      expiresOnTimestamp: Date.now() + 3_600_000,
    }),
  }
  return new ApiManagementClient(credential, '00000000-0000-0000-0000-000000000000', {
    endpoint: world.url,
    tlsOptions: { ca: world.ca },
    retryOptions: { maxRetries: 0 },
  })
}

const AT = ['rg1', 'apim'] as const

test('when the SDK creates, reads, updates, lists and deletes a certificate then all of it works', async () => {
  const first = leaf('one.example')
  const created = await client.certificate.createOrUpdate(...AT, 'web', { data: pfx(first), password: 'pw' })
  expect(created).toMatchObject({ name: 'web', type: 'Microsoft.ApiManagement/service/certificates' })
  expect(created.subject).toBe('CN=one.example, O=Example')
  expect(created.expirationDate).toEqual(new Date('2027-01-01T00:00:00Z'))
  const got = await client.certificate.get(...AT, 'web')
  expect(got.thumbprint).toMatch(/^[0-9A-F]{40}$/)
  expect(got.eTag).toBe(created.eTag)
  expect((await client.certificate.getEntityTag(...AT, 'web')).eTag).toBe(got.eTag)

  const second = leaf('two.example')
  const update = { data: pfx(second), password: 'pw' }
  const updated = await client.certificate.createOrUpdate(...AT, 'web', update, { ifMatch: got.eTag! })
  expect(updated.subject).toBe('CN=two.example, O=Example')
  expect(updated.eTag).not.toBe(got.eTag)
  const again = { data: pfx(leaf('three.example')), password: 'pw' }
  await expect(
    client.certificate.createOrUpdate(...AT, 'web', again, { ifMatch: got.eTag! }),
  ).rejects.toMatchObject({
    statusCode: 412,
    code: 'PreconditionFailed',
  })
  await expect(client.certificate.delete(...AT, 'web', got.eTag!)).rejects.toMatchObject({ statusCode: 412 })
  await client.certificate.delete(...AT, 'web', '*')
  await client.certificate.delete(...AT, 'web', '*')
  await expect(client.certificate.get(...AT, 'web')).rejects.toMatchObject({
    statusCode: 404,
    code: 'ResourceNotFound',
    message: 'Certificate not found.',
  })
})

test('when the SDK pages then it comes through all pages by their links', async () => {
  for (const cn of ['a', 'b', 'c', 'd', 'e'])
    await client.certificate.createOrUpdate(...AT, cn, { data: pfx(leaf(`${cn}.example`)), password: 'pw' })
  const names: (string | undefined)[] = []
  for await (const { name } of client.certificate.listByService(...AT, { top: 2 })) names.push(name)
  expect(names).toEqual(['a', 'b', 'c', 'd', 'e'])
  const some: (string | undefined)[] = []
  const filter = "startswith(subject,'CN=c') or name eq 'E'"
  for await (const { name } of client.certificate.listByService(...AT, { filter, top: 1, skip: 0 }))
    some.push(name)
  expect(some).toEqual(['c', 'e'])
  const failed = client.certificate.listByService(...AT, { isKeyVaultRefreshFailed: true })
  expect((await failed.next()).done).toBe(true)
})

test('when the SDK is refused then it reads code, message and details', async () => {
  await expect(
    client.certificate.createOrUpdate(...AT, 'web', { data: 'bm90IGEgcGZ4', password: 'pw' }),
  ).rejects.toMatchObject({
    statusCode: 400,
    code: 'ValidationError',
    details: { error: { details: [{ target: 'data' }] } },
  })
  await expect(
    client.certificate.createOrUpdate(...AT, 'web', {
      keyVault: { secretIdentifier: 'https://vault.example/secrets/web' },
    }),
  ).rejects.toMatchObject({ statusCode: 400, details: { error: { details: [{ target: 'keyVault' }] } } })
  await expect(client.certificate.refreshSecret(...AT, 'none')).rejects.toMatchObject({ statusCode: 404 })
  await expect(clientOf('wrong').certificate.get(...AT, 'web')).rejects.toMatchObject({
    statusCode: 401,
    code: 'Unauthorized',
  })
  const list = client.certificate.listByService(...AT, { filter: 'subject eq' })
  await expect(list.next()).rejects.toMatchObject({ statusCode: 400, code: 'ValidationError' })
})

test('when a reader uses the SDK then it reads, and may not write', async () => {
  await client.certificate.createOrUpdate(...AT, 'web', { data: pfx(leaf('web.example')), password: 'pw' })
  const reader = clientOf('reader')
  expect((await reader.certificate.get(...AT, 'web')).name).toBe('web')
  await expect(reader.certificate.delete(...AT, 'web', '*')).rejects.toMatchObject({
    statusCode: 403,
    code: 'AuthorizationFailed',
  })
})

test('when the SDK asks for a workspace then it is the store of that name', async () => {
  const { workspaceCertificate } = client
  const at = [...AT, 'pki'] as const
  const { eTag } = await workspaceCertificate.createOrUpdate(...at, 'web', {
    data: pfx(leaf('web.example')),
    password: 'pw',
  })
  const got = await client.certificate.get(...AT, 'web')
  expect(got).toMatchObject({ name: 'web', eTag })
  const type = 'Microsoft.ApiManagement/service/workspaces/certificates'
  const listed = await workspaceCertificate.listByWorkspace(...at, { filter: `id eq '${got.id}'` }).next()
  expect(listed.value).toMatchObject({ name: 'web', type })
  expect((await workspaceCertificate.getEntityTag(...at, 'web')).eTag).toBe(eTag)
  await expect(workspaceCertificate.refreshSecret(...at, 'web')).rejects.toMatchObject({ statusCode: 400 })
  await workspaceCertificate.delete(...at, 'web', eTag!)
  await expect(client.certificate.get(...AT, 'web')).rejects.toMatchObject({ statusCode: 404 })
  await expect(workspaceCertificate.get(...AT, 'other', 'web')).rejects.toMatchObject({
    statusCode: 404,
  })
})
