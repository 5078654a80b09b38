import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ServedWorld } from '../../support/house-world.ts'
import { loggedIn, notaryWorld, raw, type Caller } from './world.ts'

let world: ServedWorld
let admin: Caller
beforeEach(async () => {
  world = await notaryWorld()
  admin = await loggedIn(world)
})
afterEach(() => world.close())

describe('accounts', () => {
  const NEW = { email: 'new@example.com', password: 'Secret12', role_id: 3 }

  test('an account is made, shown, changed and deleted', async () => {
    const made = await admin('POST /accounts', { body: NEW })
    expect(made).toMatchObject({ status: 201, text: '{"data":{"id":5}}' })
    // the line comes when the answer is out
    const logged = /"POST","path":"\/api\/v1\/accounts".*"user":"admin"/
    await vi.waitUntil(() => world.accessLog.some((line) => logged.test(line)), { timeout: 5_000 })
    expect((await admin('GET /accounts/5')).text).toBe(
      '{"data":{"id":5,"email":"new@example.com","role_id":3,"has_password":true,"has_oidc":false,"auth_methods":["local"]}}',
    )
    expect(await admin('PUT /accounts/5/role', { body: { role_id: 1 } })).toMatchObject({
      status: 201,
      text: '{}',
    })
    expect((await admin('GET /accounts')).json.data[4]).toMatchObject({ id: 5, role_id: 1 })
    const change = { body: { password: 'Another1!' } }
    expect(await admin('POST /accounts/5/change_password', change)).toMatchObject({ status: 201, text: '{}' })
    const own = await loggedIn(world, NEW.email, 'Another1!')
    expect((await own('GET /accounts/me')).json.data.id).toBe(5)
    expect(
      (await own('POST /accounts/me/change_password', { body: { password: 'Third-one1' } })).status,
    ).toBe(201)
    expect((await own('GET /accounts/me')).status).toBe(401)
    expect(await admin('DELETE /accounts/5')).toMatchObject({ status: 202, text: '{}' })
    expect((await admin('GET /accounts/5')).text).toBe('{"message":"not found"}')
  })

  test.each([
    [{ ...NEW, email: '' }, 'email is required'],
    [{ ...NEW, email: 'nobody' }, 'invalid email format'],
    [{ ...NEW, password: '' }, 'password is required'],
    [{ ...NEW, password: 'short1A' }, expect.stringMatching(/^password must have 8 or more/)],
    [{ ...NEW, role_id: 4 }, 'invalid role ID: 4'],
    [{ ...NEW, role_id: '1' }, 'invalid JSON format'],
  ])('%j is refused', async (body, message) => {
    expect(await admin('POST /accounts', { body })).toMatchObject({ status: 400, json: { message } })
  })

  test('an address is taken once, and the first account keeps its role', async () => {
    await admin('POST /accounts', { body: NEW })
    expect((await admin('POST /accounts', { body: NEW })).json).toEqual({
      message: 'account with given email already exists',
    })
    expect((await admin('PUT /accounts/1/role', { body: { role_id: 3 } })).json).toEqual({
      message: 'updating the default admin account role is not allowed.',
    })
    expect(await admin('PUT /accounts/77/role', { body: { role_id: 3 } })).toMatchObject({
      status: 404,
      text: '{}',
    })
    expect((await admin('PUT /accounts/2/role', { raw: 'x' })).json).toEqual({
      message: 'Invalid JSON format',
    })
  })

  test('who has no session makes no account while there is one', async () => {
    expect((await raw(world, 'POST /api/v1/accounts', { body: NEW })).status).toBe(401)
  })
})
