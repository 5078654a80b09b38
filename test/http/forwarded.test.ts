import { describe, expect, test } from 'vitest'
import { callerOf, trustedProxies } from '../../src/http/forwarded.ts'
import { json, get, linesOf, serving, table } from './serve-world.ts'
import { client } from './servers.ts'

const isTrusted = trustedProxies(['127.0.0.1', '10.0.0.0/8', '2001:db8:1::/48'])

describe('who called', () => {
  test.each([
    ['nobody is named', {}, '10.0.0.1'],
    ['one is named', { 'x-forwarded-for': '192.0.2.7' }, '192.0.2.7'],
    ['the caller invented one on the left', { 'x-forwarded-for': '127.0.0.1, 192.0.2.7' }, '192.0.2.7'],
    [
      'two trusted proxies stand in a row',
      { 'x-forwarded-for': '198.51.100.9, 192.0.2.7, 10.2.2.2' },
      '192.0.2.7',
    ],
    ['all are trusted', { 'x-forwarded-for': '10.3.3.3, 10.2.2.2' }, '10.3.3.3'],
    ['a port stands behind it', { 'x-forwarded-for': '192.0.2.7:4711' }, '192.0.2.7'],
    ['it is IPv6', { 'x-forwarded-for': '2001:DB8::7' }, '2001:db8::7'],
    ['it is IPv6 with a port', { 'x-forwarded-for': '[2001:db8::7]:4711' }, '2001:db8::7'],
    ['it is a word', { 'x-forwarded-for': '192.0.2.7, unknown, 10.2.2.2' }, '10.2.2.2'],
    ['it is empty', { 'x-forwarded-for': '' }, '10.0.0.1'],
    // the examples of RFC 7239 section 4
    ['Forwarded names one', { forwarded: 'for=192.0.2.60;proto=http;by=203.0.113.43' }, '192.0.2.60'],
    ['Forwarded names IPv6', { forwarded: 'For="[2001:db8:cafe::17]:4711"' }, '2001:db8:cafe::17'],
    ['Forwarded names two', { forwarded: 'for=192.0.2.43, for=198.51.100.17' }, '198.51.100.17'],
    ['Forwarded hides one', { forwarded: 'for=192.0.2.43, for="_gazonk"' }, '10.0.0.1'],
    ['Forwarded names none', { forwarded: 'proto=https' }, '10.0.0.1'],
    [
      'both headers name the same',
      { forwarded: 'for=192.0.2.7', 'x-forwarded-for': '192.0.2.7' },
      '192.0.2.7',
    ],
    [
      'the headers contradict each other',
      { forwarded: 'for=192.0.2.1', 'x-forwarded-for': '192.0.2.7' },
      '10.0.0.1',
    ],
  ])('when %s then it is told so', (_, headers, caller) => {
    expect(callerOf('10.0.0.1', headers, isTrusted)).toBe(caller)
  })

  test('when somebody elsewhere is called by an address of this machine then that name is not taken', () => {
    const all = trustedProxies(['127.0.0.0/8', '::1', '10.0.0.0/8'])
    const named = (peer: string, chain: string): string => callerOf(peer, { 'x-forwarded-for': chain }, all)
    for (const loopback of [
      '127.0.0.1',
      '127.9.9.9',
      '::1',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '[::1]:80',
    ]) {
      expect(named('10.0.0.1', loopback)).toBe('10.0.0.1')
      expect(named('127.0.0.1', `${loopback}, 10.9.9.9`)).toBe('10.9.9.9')
      expect(callerOf('10.0.0.1', { forwarded: `for="${loopback}"` }, all)).toBe('10.0.0.1')
    }
    expect(named('::1', '127.0.0.1')).toBe('127.0.0.1')
    expect(named('127.0.0.1', '192.0.2.7, 127.0.0.1')).toBe('192.0.2.7')
  })

  test('when the peer is no trusted proxy then its word counts for nothing', () => {
    expect(callerOf('192.0.2.1', { 'x-forwarded-for': '10.1.1.1' }, isTrusted)).toBe('192.0.2.1')
    expect(callerOf('', { 'x-forwarded-for': '10.1.1.1' }, isTrusted)).toBe('')
  })

  test('when a trusted IPv4 proxy comes over an IPv6 socket then it is trusted', () => {
    expect(callerOf('::ffff:10.0.0.1', { 'x-forwarded-for': '192.0.2.7' }, isTrusted)).toBe('192.0.2.7')
    expect(callerOf('2001:db8:1::5', { 'x-forwarded-for': '192.0.2.7' }, isTrusted)).toBe('192.0.2.7')
    expect(callerOf('2001:db8:2::5', { 'x-forwarded-for': '192.0.2.7' }, isTrusted)).toBe('2001:db8:2::5')
  })

  test.each(['', 'localhost', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '2001:db8::/129', '10.0.0/8', '*'])(
    'when %j is given as a proxy then it is refused',
    (text) => {
      const refused = (): unknown => trustedProxies([text])
      expect(refused).toThrow(expect.objectContaining({ code: 'cli.usage', field: 'trustedProxy' }))
    },
  )
})

test('when a trusted proxy names the caller then routes and the access log are told of the caller', async () => {
  const routes = [get('/api/who', async (call) => json(call.remoteAddress))]
  const headers = { 'X-Forwarded-For': '198.51.100.1, 192.0.2.7' }
  const ask = { method: 'GET', path: '/api/who', headers } as const
  const behind = await serving(table(routes), { isTrustedProxy: isTrusted })
  expect((await client(behind.local).send(ask)).json()).toBe('192.0.2.7')
  expect((await linesOf(behind.log, 1))[0]).toMatchObject({ remote: '192.0.2.7' })
  const open = await serving(table(routes))
  expect((await client(open.local).send(ask)).json()).toBe('127.0.0.1')
})
