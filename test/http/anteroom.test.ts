import { expect, test } from 'vitest'
import { Anteroom } from '../../src/http/anteroom.ts'
import { get, json, serving, table, wire } from './serve-world.ts'

/** Bodies that never come, of callers at these addresses, and who had to go. */
function waiting(room: Anteroom, addresses: readonly string[]): string[] {
  const out: string[] = []
  for (const [at, address] of addresses.entries())
    room
      .waitFor(new Promise(() => undefined), address, () => out.push(`${at} ${address}`))
      .catch(() => undefined)
  return out
}

test('when the room is full then one of the address with the most callers has to go, the first that came', () => {
  const room = new Anteroom(4, 'full')
  const out = waiting(room, ['192.0.2.9', '192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2'])
  expect(out).toEqual(['1 192.0.2.1', '2 192.0.2.1'])
  expect(room.size).toBe(4)
})

test('when many addresses of one IPv6 network wait then they count as one', () => {
  const out = waiting(new Anteroom(3, 'full'), ['192.0.2.9', '2001:db8::1', '2001:db8::2', '192.0.2.8'])
  expect(out).toEqual(['1 2001:db8::1'])
})

test('when a body comes or fails then its caller has left', async () => {
  const room = new Anteroom(1, 'full')
  const nobody = (): never => expect.unreachable('somebody had to go')
  expect(await room.waitFor(Promise.resolve('body'), '192.0.2.1', nobody)).toBe('body')
  await expect(room.waitFor(Promise.reject(new Error('cut')), '192.0.2.1', nobody)).rejects.toThrow('cut')
  expect(await room.waitFor(Promise.resolve('next'), '192.0.2.1', nobody)).toBe('next')
  expect(room.size).toBe(0)
})

test('callers without a credential who send their bodies byte by byte hold up neither others nor one another', async () => {
  let arrived = (): void => undefined
  const { port } = await serving(
    table([
      {
        method: 'POST',
        path: '/api/login',
        handle: async (call) => {
          const body = call.body(100, 'stranger')
          arrived()
          return json((await body).length)
        },
      },
      get('/api/x', async () => json('x')),
    ]),
    { limits: { concurrent: 8 } },
  )
  const trickle = async () => {
    const { socket, all } = await wire(port)
    const isIn = new Promise<void>((resolve) => (arrived = resolve))
    socket.write('POST /api/login HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nConnection: close\r\n\r\nx')
    await isIn
    return { socket, all }
  }
  const callers = []
  for (let count = 0; count < 20; count++) callers.push(await trickle())
  // two may wait: the others had to go, and their connections with them
  for (const { all } of callers.slice(0, 18)) expect(await all).toMatch(/^HTTP\/1\.1 503 /)
  const { socket, all } = await wire(port)
  socket.write('GET /api/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  expect(await all).toMatch(/^HTTP\/1\.1 200 /)
  for (const { socket, all } of callers.slice(18)) {
    socket.write('yyy')
    expect(await all).toMatch(/^HTTP\/1\.1 200 [^]*\r\n4$/)
  }
})
