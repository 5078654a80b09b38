import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { type Arrived, Entrance } from '../../src/http/entrance.ts'
import type { Call } from '../../src/http/exchange.ts'
import { get, json, linesOf, serving, table, wire } from './serve-world.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Bodies of which so many bytes come at once and the rest never, and who had to go. */
function arriving(
  entrance: Entrance,
  bodies: readonly (readonly [caller: string, bytes: number])[],
): string[] {
  const out: string[] = []
  const told = bodies.map(([caller], at) => {
    let tell: Arrived = () => true
    const read = (arrived: Arrived): Promise<never> => {
      tell = arrived
      return new Promise(() => undefined)
    }
    entrance.waitFor(entrance.parcel(caller), read, () => out.push(`${at} ${caller}`)).catch(() => undefined)
    return tell
  })
  for (const [at, [, bytes]] of bodies.entries()) told[at]!(bytes)
  return out
}

test('when bodies hold too many bytes then the first of the user with the most bytes has to go, however many others have come', () => {
  const small = Array.from({ length: 4 }, () => ['ann', 10] as const)
  const entrance = new Entrance({ callers: 10, bytes: 100 }, 'full')
  expect(arriving(entrance, [...small, ['bob', 40], ['bob', 40]])).toEqual(['4 bob'])
})

test('when a request is answered then its bytes are free, and what still comes of its body is not wanted', async () => {
  const entrance = new Entrance({ callers: 10, bytes: 100 }, 'full')
  const parcel = entrance.parcel('ann')
  let tell: Arrived = () => true
  const body = await entrance.waitFor(
    parcel,
    async (arrived) => {
      tell = arrived
      arrived(90)
      return new Uint8Array(90)
    },
    () => expect.unreachable('somebody had to go'),
  )
  expect(body).toHaveLength(90)
  entrance.letGo(parcel)
  expect(tell(90)).toBe(false)
  expect(arriving(entrance, [['bob', 100]])).toEqual([])
  expect(arriving(entrance, [['bob', 1]])).toEqual([])
})

/** Takes bodies of whoever `X-User` names; one to `/api/hold` is at work until it is let go. */
function office() {
  let letGo = (): void => undefined
  const held = new Promise<void>((resolve) => (letGo = resolve))
  const take = async (call: Call) => {
    call.known(call.header('x-user') ?? '')
    return (await call.body()).length
  }
  const hold = async (call: Call) => {
    const length = await take(call)
    await held
    return json(length)
  }
  const routes = table([
    { method: 'POST', path: '/api/x', handle: async (call) => json(await take(call)) },
    { method: 'POST', path: '/api/hold', handle: hold },
    get('/api/x', async () => json('x')),
    get('/api/hold', async () => held.then(() => json('held'))),
  ])
  return { routes, letGo }
}

const heads = (user: string, length: number, path = '/api/x'): string =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nX-User: ${user}\r\nContent-Length: ${length}\r\nExpect: 100-continue\r\n`

/** A caller of whose body so many bytes have come; the server has asked for it. */
async function sender(
  port: number,
  head: string,
  bytes: number,
): Promise<{ socket: Socket; all: Promise<string> }> {
  const { socket, all } = await wire(port)
  socket.write(`${head}Connection: close\r\n\r\n`)
  await once(socket, 'data')
  socket.write('x'.repeat(bytes))
  return { socket, all }
}

const asking = async (port: number, path = '/api/x'): Promise<string> => {
  const { socket, all } = await wire(port)
  socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
  return all
}

test('when a user sends more bodies at a time than there are places, byte by byte, then others are answered all the same', async () => {
  const { routes } = office()
  const { port } = await serving(routes, { limits: { concurrent: 4 } })
  const slow = []
  for (let count = 0; count < 7; count++) slow.push(await sender(port, heads('ann', 4), 1))
  // one more of another user: of ann's the first has to go
  const other = await sender(port, heads('bob', 4), 1)
  for (const { all } of slow.slice(0, 4)) expect(await all).toMatch(/ 503 [^]*too many bodies/)
  expect(await asking(port)).toMatch(/^HTTP\/1\.1 200 /)
  for (const { socket, all } of [...slow.slice(4), other]) {
    socket.write('yyy')
    expect(await all).toMatch(/ 200 [^]*\r\n4$/)
  }
})

test('when a body has come and all places are taken then its request is answered 503', async () => {
  const { routes, letGo } = office()
  const { port } = await serving(routes, { limits: { concurrent: 1 } })
  const { socket, all } = await sender(port, heads('ann', 4), 1)
  const held = asking(port, '/api/hold')
  expect(await asking(port)).toMatch(/^HTTP\/1\.1 503 /)
  socket.write('yyy')
  expect(await all).toMatch(/ 503 [^]*the server is busy/)
  letGo()
  expect(await held).toMatch(/^HTTP\/1\.1 200 /)
})

test('when bodies hold eight times what one may have, those at work among them, then one of the user with the most has to go', async () => {
  const { routes, letGo } = office()
  const { port, log } = await serving(routes, { limits: { bodyBytes: 100_000 } })
  const atWork = []
  for (let count = 0; count < 6; count++)
    atWork.push(await sender(port, heads('ann', 100_000, '/api/hold'), 100_000))
  const anns = await sender(port, heads('ann', 100_000), 50_000)
  const bobs = await sender(port, heads('bob', 100_000), 90_000)
  const carols = await sender(port, heads('carol', 100_000), 90_000)
  expect(await anns.all).toMatch(/ 503 [^]*too many bodies/)
  expect((await linesOf(log, 1))[0]).toMatchObject({ status: 503 })
  for (const { socket, all } of [bobs, carols]) {
    socket.write('x'.repeat(10_000))
    expect(await all).toMatch(/ 200 [^]*\r\n100000$/)
  }
  letGo()
  for (const { all } of atWork) expect(await all).toMatch(/ 200 [^]*\r\n100000$/)
})

test('when an answer is long in the taking then the body of its request is kept no longer', async () => {
  let body: WeakRef<Uint8Array> | undefined
  const reply = async (call: Call) => {
    body = new WeakRef(await call.body())
    return { status: 200, body: Buffer.alloc(8_000_000) }
  }
  const { port } = await serving(table([{ method: 'POST', path: '/api/x', handle: reply }]))
  const { socket } = await sender(port, heads('ann', 100_000), 100_000)
  await once(socket, 'data')
  socket.pause()
  await turn()
  collectGarbage()
  expect(body?.deref()).toBeUndefined()
})
