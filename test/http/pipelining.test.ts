import { expect, test } from 'vitest'
import { client } from './servers.ts'
import { get, json, serving, table, wire } from './serve-world.ts'

const question = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`

/** A server whose `/api/hold` waits until `open` is called, and the paths that were begun. */
async function holding(): Promise<{
  readonly served: Awaited<ReturnType<typeof serving>>
  readonly begun: string[]
  readonly open: () => void
  readonly arrived: Promise<void>
}> {
  const begun: string[] = []
  let open = (): void => undefined
  let arrive = (): void => undefined
  const wait = new Promise<void>((resolve) => (open = resolve))
  const arrived = new Promise<void>((resolve) => (arrive = resolve))
  const routes = table([
    get('/api/{id}', async ({ path }) => {
      begun.push(path)
      arrive()
      if (path === '/api/hold') await wait
      return json(path)
    }),
  ])
  return { served: await serving(routes, { limits: { concurrent: 2 } }), begun, open, arrived }
}

test('what is sent ahead on a connection is begun when the answer before it is out, and answered in order', async () => {
  const { served, begun, open, arrived } = await holding()
  const { socket, all } = await wire(served.port)
  const last = 'GET /api/c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
  socket.write(question('/api/hold') + question('/api/b') + last)
  await arrived
  await client(served.local).send({ method: 'GET', path: '/api/other' })
  expect(begun).toEqual(['/api/hold', '/api/other'])
  open()
  expect((await all).match(/"\/api\/\w+"/g)).toEqual(['"/api/hold"', '"/api/b"', '"/api/c"'])
})

test('who goes away with requests sent ahead leaves none of them at work', async () => {
  const { served, begun, open, arrived } = await holding()
  const { socket } = await wire(served.port)
  socket.write(question('/api/hold') + question('/api/b') + question('/api/c'))
  await arrived
  socket.destroy()
  const http = client(served.local, { retries: 0 })
  const isOver = (): boolean => served.log.some(({ path }) => path === '/api/hold')
  for (let at = 0; at < 100 && !isOver(); at++) await http.send({ method: 'GET', path: '/healthz' })
  open()
  expect((await http.send({ method: 'GET', path: '/api/next' })).status).toBe(200)
  const metrics = (await http.send({ method: 'GET', path: '/metrics' })).text()
  expect(metrics).toContain('certman_requests_in_flight 1\n')
  expect(begun).toEqual(['/api/hold', '/api/next'])
})

test('who sends more than a hundred requests ahead is cut off', async () => {
  const { served, begun } = await holding()
  const { socket, all } = await wire(served.port)
  socket.write(question('/api/hold') + question('/api/b').repeat(101))
  expect(await all).toBe('')
  expect(begun).toEqual(['/api/hold'])
})

test('a whole request is answered, whatever is sent after it; then the connection ends', async () => {
  const ended = 'GET /api/hold HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
  for (const text of [`${ended}${question('/api/b')}`, `${question('/api/hold')}noise\r\n\r\n`]) {
    const { served, begun, open, arrived } = await holding()
    const { socket, all } = await wire(served.port)
    socket.write(text)
    await arrived
    // a second part finds the parser as the first has left it
    socket.write('more\r\n\r\n')
    await client(served.local).send({ method: 'GET', path: '/api/other' })
    open()
    expect(await all).toMatch(/^HTTP\/1\.1 200 OK\r\n.*Connection: close\r\n\r\n"\/api\/hold"$/s)
    expect(begun).toEqual(['/api/hold', '/api/other'])
  }
})
