import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { waitMs } from '../../src/http/retry.ts'
import type { HttpReply } from '../../src/http/request.ts'
import { client, errorOf, https, rawTls, tcp } from './servers.ts'

type Step = (response: ServerResponse, request: IncomingMessage) => void

/** Answers the first call by the first step, and so on; the last one stays. */
async function script(...steps: Step[]): Promise<{ url: string; calls: () => number }> {
  let calls = 0
  const url = await https((request, response) =>
    steps[Math.min(calls++, steps.length - 1)]!(response, request),
  )
  return { url, calls: () => calls }
}

const status =
  (code: number, headers: Record<string, string> = {}): Step =>
  (response) =>
    void response.writeHead(code, headers).end('x')
const drop: Step = (_, request) => void request.socket.destroy()

/** Pauses that were asked for. */
const pauses = (): { list: number[]; pause: (milliseconds: number) => Promise<void> } => {
  const list: number[] = []
  return { list, pause: async (milliseconds) => void list.push(milliseconds) }
}

test('429 and 503 are tried again after what Retry-After says, in seconds or as a date', async () => {
  const date = { Date: 'Tue, 01 Jan 2030 00:00:00 GMT' }
  const { url } = await script(
    status(503, { 'Retry-After': '2' }),
    status(429, { 'Retry-After': 'Tue, 01 Jan 2030 00:00:07 GMT', ...date }),
    status(503, { 'Retry-After': '30' }),
    status(429, { 'Retry-After': 'soon' }),
    status(200),
  )
  const { list, pause } = pauses()
  const reply = await client(url, { retries: 4, pause }).send({ method: 'GET', path: '/' })
  expect(reply.status).toBe(200)
  expect(list).toEqual([2000, 7000, 30_000, 3000])
})

test('a server that asks to wait for more than 30 s is not asked again', async () => {
  const { url, calls } = await script(status(429, { 'Retry-After': '31' }), status(200))
  const { list, pause } = pauses()
  const reply = await client(url, { retries: 3, pause }).send({ method: 'GET', path: '/' })
  expect([reply.status, calls(), list]).toEqual([429, 1, []])
})

test('when it stays busy, the last answer is handed over', async () => {
  const { url, calls } = await script(status(503))
  const { list, pause } = pauses()
  const reply = await client(url, { retries: 3, pause }).send({ method: 'GET', path: '/' })
  expect([reply.status, calls(), list]).toEqual([503, 4, [375, 750, 1500]])
})

test('what may not be repeated is sent once, whatever comes', async () => {
  const busy = await script(status(503), status(200))
  expect((await client(busy.url).send({ method: 'POST', path: '/' })).status).toBe(503)
  expect(busy.calls()).toBe(1)
  const dropped = await script(drop, status(200))
  const error = await errorOf(client(dropped.url).send({ method: 'DELETE', path: '/x' }))
  expect(error).toMatchObject({
    code: 'remote.unreachable',
    message: expect.stringMatching(/^DELETE .*\/x: the connection was cut before an answer came$/) as string,
    hint: 'it may have been done all the same: look first, then try again',
  })
  expect(dropped.calls()).toBe(1)
})

test('a POST that says it is repeatable, and a GET, survive a dropped connection', async () => {
  for (const method of ['GET', 'POST'] as const) {
    const { url, calls } = await script(drop, drop, status(200))
    const reply = await client(url).send({ method, path: '/', repeatable: true, body: { a: 1 } })
    expect([reply.status, calls()]).toEqual([200, 3])
  }
  const { url, calls } = await script(drop, status(200))
  expect(
    await client(url, { retries: 0 })
      .send({ method: 'GET', path: '/' })
      .catch((e: Error) => e.message),
  ).toMatch(/connection was cut/)
  expect(calls()).toBe(1)
})

test('other statuses, half an answer and a bad certificate are not tried again', async () => {
  const { url, calls } = await script(status(500))
  await client(url).send({ method: 'GET', path: '/' })
  expect(calls()).toBe(1)
  let half = 0
  const cut = await rawTls((socket) => {
    socket.once('data', () => {
      half++
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx')
    })
  })
  await errorOf(client(cut).send({ method: 'GET', path: '/' }))
  expect(half).toBe(1)
  const { list, pause } = pauses()
  await errorOf(client(url, { pin: '00', pause }).send({ method: 'GET', path: '/' }))
  expect(list).toEqual([])
})

test('when nobody listens, it is tried again and then said', async () => {
  const port = await tcp((socket) => socket.destroy())
  const { list, pause } = pauses()
  const closed = await errorOf(
    client(`https://localhost:${port}`, { pause }).send({ method: 'GET', path: '/' }),
  )
  expect(closed.message).toMatch(/the connection was cut before an answer came$/)
  const refused = await errorOf(client('https://localhost:1', { pause }).send({ method: 'GET', path: '/' }))
  expect(refused).toMatchObject({
    code: 'remote.unreachable',
    message: 'GET https://localhost:1/: nothing listens there',
  })
  expect(list).toHaveLength(4)
})

test('when there is no such host, the message says so', async () => {
  const error = await errorOf(client('https://no-such-host.invalid').send({ method: 'GET', path: '/' }))
  expect(error).toMatchObject({
    code: 'remote.unreachable',
    message: expect.stringMatching(/host name/) as string,
  })
})

test('the wait doubles, loses at most half of itself, and never exceeds 30 s', () => {
  expect([1, 2, 3, 10].map((attempt) => waitMs(attempt, 1))).toEqual([500, 1000, 2000, 30_000])
  expect([1, 2, 3, 10].map((attempt) => waitMs(attempt, 0))).toEqual([250, 500, 1000, 15_000])
  const past = {
    header: (name: string) =>
      name === 'date' ? 'Tue, 01 Jan 2030 00:00:09 GMT' : 'Tue, 01 Jan 2030 00:00:00 GMT',
  }
  expect(waitMs(1, 0, past as unknown as HttpReply)).toBe(0)
  for (const nonsense of ['-5', '1.5', '5 min', '']) {
    const reply = { header: (name: string) => (name === 'date' ? past.header('date') : nonsense) }
    expect(waitMs(1, 0, reply as unknown as HttpReply)).toBe(250)
  }
})
