import { once } from 'node:events'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { writeAnswer } from '../../src/http/write-answer.ts'
import { get, json, linesOf, serving, table, wire } from './serve-world.ts'

const large = Buffer.alloc(16 * 1024 * 1024, 'x')

const routes = table([
  get('/api/x', async () => json('x')),
  get('/api/large', async () => ({ status: 200, body: large })),
  get('/api/own', async () => ({ status: 200, body: Buffer.from(large) })),
])

const asking = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`
const LAST = 'Connection: close\r\n'

/** A caller who has the beginning of its answer and takes no more of it. */
async function slowReader(port: number, path = '/api/large'): Promise<Socket> {
  const { socket } = await wire(port)
  socket.write(asking(path, LAST))
  await once(socket, 'data')
  return socket.pause()
}

test('when a caller sends its next request with its answer in sight then its place is free again', async () => {
  const { port } = await serving(routes, { limits: { concurrent: 1 } })
  const { socket, all } = await wire(port)
  socket.write(asking('/api/x').repeat(3) + asking('/api/x', LAST))
  expect((await all).match(/HTTP\/1\.1 \d+/g)).toEqual(Array(4).fill('HTTP/1.1 200'))
})

test('when callers are slow to take their answers then they hold no place of those who work', async () => {
  const { port } = await serving(routes, { limits: { concurrent: 2 } })
  const slow = [await slowReader(port), await slowReader(port)]
  const { socket, all } = await wire(port)
  socket.write(asking('/api/x', LAST))
  expect(await all).toMatch(/^HTTP\/1\.1 200 /)
  for (const each of slow) {
    let bytes = 0
    each.on('data', (part: Uint8Array) => (bytes += part.length)).resume()
    await once(each, 'close')
    // the head and what came with it was read before
    expect(bytes).toBeGreaterThan(large.length - 1024 * 1024)
  }
})

test('when a quarter of all connections is slow and one more comes then the first of them is cut off', async () => {
  const { port, log } = await serving(routes, { limits: { connections: 8 } })
  const readers = [await slowReader(port), await slowReader(port), await slowReader(port)]
  const [line] = await linesOf(log, 1)
  expect(line).toMatchObject({ path: '/api/large', status: 499 })
  expect(log).toHaveLength(1)
  readers[1]!.resume()
  await once(readers[1]!, 'close')
  expect((await linesOf(log, 2))[1]).toMatchObject({ status: 200, bytes: large.length })
})

test('when answers that nobody takes fill the memory they may hold then the first caller is cut off, and what many take counts once', async () => {
  const { port, log } = await serving(routes, { limits: { untakenBytes: 2 * large.length } })
  const shared = [await slowReader(port), await slowReader(port), await slowReader(port)]
  const own = await slowReader(port, '/api/own')
  expect(log).toHaveLength(0)
  shared.push(await slowReader(port, '/api/own'))
  const lines = await linesOf(log, 3)
  expect(lines.map(({ path, status }) => `${String(path)} ${String(status)}`)).toEqual(
    Array(3).fill('/api/large 499'),
  )
  own.resume()
  await once(own, 'close')
  expect((await linesOf(log, 4))[3]).toMatchObject({ path: '/api/own', status: 200, bytes: large.length })
  for (const each of shared) each.destroy()
})

test.each([200 * 1024, 64 * 1024])(
  'when nobody takes an answer of %s bytes then 64 KiB of it wait in memory at most, besides its head',
  async (length) => {
    const response = new ServerResponse(new IncomingMessage(new Socket()))
    const manner = { requestId: '1', isHead: false, close: false, tally: { bytes: 0 } }
    void writeAnswer(response, { status: 200, body: Buffer.alloc(length) }, manner)
    await turn()
    expect(response.writableLength).toBeGreaterThan(60 * 1024)
    expect(response.writableLength).toBeLessThan(65 * 1024)
  },
)
