// A server in a process of its own: node servers.mjs KIND, certificate and key in the environment. Says its port on stdout.
// KIND: bare (https of Node, a constant), routes (serveRoutes, the same constant behind a table as large as all dialects).
import { createServer } from 'node:https'
import { serveRoutes } from '../../src/http/serve.ts'

const { BENCH_CERT: certificates, BENCH_KEY: key } = process.env
const BODY = JSON.stringify({
  items: Array.from({ length: 5 }, (_, id) => ({
    id,
    name: `host-${id}.example`,
    thumbprint: 'a'.repeat(64),
    notAfter: '2030-01-01T00:00:00Z',
    tags: ['one', 'two'],
  })),
})
const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' }

const bodies = new Map()

/** `/size/1000` is answered with so many bytes, everything else with the usual ones. */
function bodyFor(url) {
  const size = /^\/size\/(\d+)$/.exec(url)?.[1]
  if (size === undefined) return BODY
  if (!bodies.has(size)) bodies.set(size, JSON.stringify('x'.repeat(Math.max(0, Number(size) - 2))))
  return bodies.get(size)
}

const bare = () =>
  new Promise((resolve) => {
    const server = createServer({ cert: certificates, key }, (request, response) => {
      const body = bodyFor(request.url)
      response.writeHead(200, { ...headers, 'Content-Length': Buffer.byteLength(body) })
      response.end(body)
    })
    server.listen(0, '127.0.0.1', () => resolve(server.address().port))
  })

const handle = async () => ({ status: 200, headers, body: BODY, user: 'bench' })
const table = (prefix) => ({
  ignoreCase: true,
  prefixes: [prefix],
  missing: () => ({ status: 404 }),
  failed: () => ({ status: 500 }),
  routes: Array.from({ length: 20 }, (_, n) => [
    { method: 'GET', path: `/${prefix}/things${n}/{id}`, handle },
    { method: ['POST', 'PUT'], path: `/${prefix}/things${n}/{id}/parts/{part}`, handle },
  ]).flat(),
})

async function routes(log) {
  const served = await serveRoutes({
    tables: ['one', 'two', 'three', 'four', 'api'].map((name) => ({ dialect: name, table: table(name) })),
    listen: { host: '127.0.0.1', port: 0 },
    tls: () => ({ certificates, key }),
    ambient: { now: () => new Date(), random: (length) => new Uint8Array(length) },
    ...(log ? { log: (line) => void line.length } : {}),
  })
  return Number(new URL(served.url).port)
}

const KINDS = { bare, routes: () => routes(false), logged: () => routes(true) }
const port = await KINDS[process.argv[2]]()
process.on('SIGTERM', () => process.exit(0))
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send({ rss: process.memoryUsage.rss(), cpu: user + system })
})
process.on('disconnect', () => process.exit(0))
console.log(port)
