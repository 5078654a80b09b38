import { describe, expect, test } from 'vitest'
import { parseServerUrl, parseTimeout } from '../../src/operations/open-remote.ts'
import { proxyFor } from '../../src/operations/remote-proxy.ts'

const chosen = (url: string, env: Record<string, string>, configured?: string): string | undefined =>
  proxyFor(new URL(url), configured, env)?.href

describe('the proxy on the way to a server', () => {
  const env = { HTTPS_PROXY: 'http://proxy:3128' }
  test.each([
    ['https://kf.example', env, 'http://proxy:3128/'],
    ['https://kf.example', { https_proxy: 'proxy:3128' }, 'http://proxy:3128/'],
    ['https://kf.example', { ALL_PROXY: 'http://all:1' }, 'http://all:1/'],
    ['https://kf.example', { HTTP_PROXY: 'http://plain:1' }, undefined],
    ['https://kf.example', { HTTPS_PROXY: '' }, undefined],
    ['https://localhost:8443', env, undefined],
    ['https://127.0.0.1', env, undefined],
    ['https://[::1]:1', env, undefined],
    ['https://kf.example', { ...env, NO_PROXY: 'kf.example' }, undefined],
    ['https://kf.example', { ...env, NO_PROXY: '.example' }, undefined],
    ['https://kf.example', { ...env, no_proxy: 'other, *.example' }, undefined],
    ['https://kf.example', { ...env, NO_PROXY: '*' }, undefined],
    ['https://kf.example', { ...env, NO_PROXY: 'kf.example:443' }, undefined],
    ['https://kf.example', { ...env, NO_PROXY: 'kf.example:8443' }, 'http://proxy:3128/'],
    ['https://kf.example', { ...env, NO_PROXY: 'f.example' }, 'http://proxy:3128/'],
  ])('when the server is %s and the environment %j then it is %s', (url, variables, proxy) => {
    expect(chosen(url, variables)).toBe(proxy)
  })

  test('when one is configured then the environment has no say', () => {
    expect(chosen('https://kf.example', { ...env, NO_PROXY: '*' }, 'http://own:1')).toBe('http://own:1/')
  })

  test('when it is no proxy then it is refused, without its password', () => {
    expect(() => chosen('https://kf.example', {}, 'socks5://user:ink@h')).toThrow(/this is no proxy/)
    expect(() => chosen('https://kf.example', {}, 'socks5://user:ink@h')).not.toThrow(/ink/)
  })
})

test.each([
  ['30s', 30_000],
  ['500ms', 500],
  ['2m', 120_000],
  ['7', 7_000],
  ['1440m', 86_400_000],
])('when the time to wait is %s then it is %i ms', (text, time) => {
  expect(parseTimeout(text)).toBe(time)
})

test.each(['', '0s', '-1', '1h', '1e9', '999999m'])(
  'when the time to wait is %j then it is refused',
  (text) => {
    expect(() => parseTimeout(text)).toThrow(/is no time to wait/)
  },
)

test.each(['https://h', 'https://h:1/a/b', 'http://localhost:8080', 'http://127.0.0.1', 'http://[::1]:1'])(
  'when the address is %s then secrets may travel there',
  (text) => {
    expect(parseServerUrl(text).href).toContain('//')
  },
)

test.each([
  'http://h',
  'http://127.0.0.1.evil.example',
  'ftp://h',
  'https://h?x=1',
  'https://h#x',
  'https://u:p@h',
  'h:8443',
])('when the address is %s then it is refused', (text) => {
  expect(() => parseServerUrl(text)).toThrow(expect.objectContaining({ code: 'input.invalid' }))
})
