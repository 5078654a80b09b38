import { expect, test } from 'vitest'
import { maskForm, maskHeader, maskJson } from '../../src/http/mask.ts'
import { client, errorOf, https } from './servers.ts'

test('a trace shows calls and answers, and no secret in line, headers or bodies', async () => {
  const url = await https((_, response) => {
    response.writeHead(201, { 'Content-Type': 'application/json', 'Set-Cookie': 'sid=hidden', ETag: '"1"' })
    response.end('{"id":1,"access_token":"hidden","items":[{"pfx":"hidden","name":"web"}]}')
  })
  const lines: string[] = []
  await client(url, { trace: (line) => lines.push(line) }).send({
    method: 'POST',
    path: '/x?sig=hidden&skip=2',
    headers: {
      Authorization: 'Basic hidden',
      'Access-Token': 'hidden',
      Cookie: 'hidden',
      'XSRF-TOKEN': 'hidden',
      'X-Odd': 'hidden',
    },
    body: { properties: { data: 'hidden', password: 'hidden' }, odd: { one: 'hidden' }, name: 'web' },
    masked: ['/odd/one', 'X-Odd'],
  })
  const text = lines
    .join('\n')
    .replaceAll(url, '')
    .replace(/\(\d+ ms\)/, '(0 ms)')
  expect(text).not.toContain('hidden')
  expect(text.split('\n')).toEqual([
    '> POST /x?sig=[masked]&skip=2',
    '> Accept: application/json',
    '> Accept-Encoding: identity',
    '> User-Agent: certman',
    '> Content-Type: application/json',
    '> Authorization: Basic [masked]',
    '> Access-Token: [masked]',
    '> Cookie: [masked]',
    '> XSRF-TOKEN: [masked]',
    '> X-Odd: [masked]',
    expect.stringMatching(/^> Content-Length: \d+$/),
    '> {"properties":{"data":"[masked]","password":"[masked]"},"odd":{"one":"[masked]"},"name":"web"}',
    '< HTTP 201 (0 ms)',
    '< content-type: application/json',
    '< etag: "1"',
    '< set-cookie: [masked]',
    '< {"id":1,"access_token":"[masked]","items":[{"pfx":"[masked]","name":"web"}]}',
  ])
})

test('bodies that are neither JSON nor a form are shown as a size, and failures as one line', async () => {
  const url = await https((request) => void request.socket.destroy())
  const lines: string[] = []
  const http = client(url, { trace: (line) => lines.push(line), retries: 1 })
  await errorOf(
    http.send({
      method: 'POST',
      path: '/',
      body: '-----BEGIN PRIVATE KEY-----',
      headers: { 'Content-Type': 'text/plain' },
    }),
  )
  await errorOf(http.send({ method: 'GET', path: '/' }))
  expect(lines).toContain('> (27 bytes of text/plain)')
  expect(lines.filter((line) => line.startsWith('< remote.unreachable: '))).toHaveLength(3)
  expect(lines.filter((line) => /^\* .*: trying again in 0\.375 s$/.test(line))).toHaveLength(1)
})

test('an envelope is no secret, what is in it may be', () => {
  const body = { data: [{ id: 1, password: 'x' }], content: [], key: ['x'], secret: [['x']] }
  expect(maskJson(body, new Set())).toEqual({
    data: [{ id: 1, password: '[masked]' }],
    content: [],
    key: ['[masked]'],
    secret: [['[masked]']],
  })
})

test('a flag whose name speaks of a key is no secret, and a secret that is called true is one', () => {
  expect(maskForm('includeHasPrivateKey=true&password=&token=truely')).toBe(
    'includeHasPrivateKey=true&password=&token=[masked]',
  )
  expect(maskForm('odd=true', new Set(['odd']))).toBe('odd=[masked]')
})

test('masks know forms, private keys inside members, and leave plain members alone', () => {
  expect(maskForm('grant_type=client_credentials&client_secret=hidden&scope=a')).toBe(
    'grant_type=client_credentials&client_secret=[masked]&scope=a',
  )
  expect(
    maskJson(
      { text: '-----BEGIN EC PRIVATE KEY-----\nhidden', keyId: 3, hasPassword: true, password: null },
      new Set(),
    ),
  ).toEqual({
    text: '[masked]',
    keyId: 3,
    hasPassword: true,
    password: null,
  })
  expect(maskHeader('Authorization', 'Digest username="hidden"', new Set())).toBe('Digest [masked]')
  expect(maskHeader('Authorization', 'hidden', new Set())).toBe('[masked]')
  expect(maskHeader('X-Keyfactor-Requested-With', 'APIClient', new Set())).toBe('APIClient')
})
