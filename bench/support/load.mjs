// A load of requests over TLS with keep-alive: so many connections, each with one request under way.
// Written on bare sockets, because what generates the load must cost less than what answers it.
import { performance } from 'node:perf_hooks'
import { connect } from 'node:tls'

/** Request text for a path. */
export const getText = (path, headers = {}) =>
  [
    `GET ${path} HTTP/1.1`,
    'Host: localhost',
    ...Object.entries(headers).map(([k, v]) => `${k}: ${v}`),
    '',
    '',
  ].join('\r\n')

/** Request text of a JSON body. */
export const postText = (path, body, headers = {}) => {
  const text = JSON.stringify(body)
  const all = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text), ...headers }
  const lines = Object.entries(all).map(([k, v]) => `${k}: ${v}`)
  return [`POST ${path} HTTP/1.1`, 'Host: localhost', ...lines, '', text].join('\r\n')
}

/** Bytes of the first whole answer in the buffer and its status; undefined when there is none yet. */
function answerIn(buffer) {
  const head = buffer.indexOf('\r\n\r\n')
  if (head < 0) return undefined
  const text = buffer.latin1Slice(0, head)
  const status = Number(text.slice(9, 12))
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1]
  if (length !== undefined) {
    const whole = head + 4 + Number(length)
    return buffer.length < whole ? undefined : { status, whole }
  }
  const end = buffer.indexOf('\r\n0\r\n\r\n', head)
  return end < 0 ? undefined : { status, whole: end + 7 }
}

function worker({ port, ca, next, until, took, bad, sizes }) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca })
    let buffer = Buffer.alloc(0)
    let started = 0
    const send = () => {
      const text = next()
      if (text === undefined || performance.now() > until) return socket.end()
      started = performance.now()
      return socket.write(text)
    }
    socket.once('secureConnect', send)
    socket.once('error', reject)
    socket.once('close', resolve)
    socket.on('data', (part) => {
      buffer = buffer.length === 0 ? part : Buffer.concat([buffer, part])
      const answer = answerIn(buffer)
      if (!answer) return
      took.push(performance.now() - started)
      sizes.push(answer.whole)
      if (answer.status >= 400) bad.push(answer.status)
      buffer = buffer.subarray(answer.whole)
      send()
    })
  })
}

/**
 * @param order `{ port, ca, next: () => text | undefined, connections, seconds }`
 * @returns `{ perSecond, p50, p99, count, bad, firstBad, bytes }`, times in ms, bytes of a mean answer
 */
export async function load({ port, ca, next, connections = 32, seconds = 3 }) {
  const [took, bad, sizes] = [[], [], []]
  const started = performance.now()
  const until = started + seconds * 1000
  await Promise.all(
    Array.from({ length: connections }, () => worker({ port, ca, next, until, took, bad, sizes })),
  )
  const elapsed = (performance.now() - started) / 1000
  took.sort((a, b) => a - b)
  const at = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0
  return {
    perSecond: took.length / elapsed,
    p50: at(0.5),
    p99: at(0.99),
    count: took.length,
    bad: bad.length,
    firstBad: bad[0],
    bytes: sizes.length === 0 ? 0 : Math.round(sizes.reduce((sum, size) => sum + size, 0) / sizes.length),
  }
}
