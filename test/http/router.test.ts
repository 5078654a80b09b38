import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Route } from '../../src/http/exchange.ts'
import { buildRouter } from '../../src/http/router.ts'
import { parsePattern } from '../../src/http/route-pattern.ts'
import { parseQuery } from '../../src/http/server-call.ts'
import { table } from './serve-world.ts'

const handle: Route['handle'] = async () => ({ status: 200 })
const text = fc.oneof(
  fc.constantFrom('\n', 'a\nb', '/', '%2F', 'İ', '..'),
  fc.string({ unit: 'grapheme', minLength: 1 }),
)

const find = (paths: readonly string[], ignoreCase = false) =>
  buildRouter([
    {
      dialect: 'test',
      table: table(
        paths.map((path) => ({ method: 'GET', path, handle })),
        { ignoreCase },
      ),
    },
  ])

test('whatever is put into the places of a path comes out again', () => {
  for (const ignoreCase of [false, true]) {
    const router = find(['/api/{a}/parts/{b}', '/api/{a}', '/crl/{name}.crl', '/files/{rest*}'], ignoreCase)
    const params = (path: string): unknown => {
      const match = router('GET', path)
      return match.kind === 'route' ? match.params : match
    }
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [x, y] = [encodeURIComponent(a), encodeURIComponent(b)]
        expect(params(`/api/${x}`)).toEqual({ a })
        expect(params(`/api/${x}/parts/${y}`)).toEqual({ a, b })
        expect(params(`/crl/${x}.crl`)).toEqual({ name: a })
        expect(params(`/files/${x}/${y}`)).toEqual({ rest: `${a}/${b}` })
        const [api, parts] = ignoreCase ? ['API', 'Parts'] : ['api', 'parts']
        expect(params(`/${api}/${x}/${parts}/${y}/`)).toEqual({ a, b })
      }),
    )
  }
})

test('a path is found by any order of the rows, and by the most exact one', () => {
  const paths = ['/api/{a*}', '/api/{a}', '/api/exact', '/api/{a}/sub', '/api/exact/sub', '/api/x-{a}', '/']
  fc.assert(
    fc.property(fc.shuffledSubarray(paths, { minLength: paths.length }), (order) => {
      const found: string[] = []
      const router = buildRouter([
        {
          dialect: 'test',
          table: table(
            order.map((path) => ({
              method: 'GET',
              path,
              handle: async () => {
                found.push(path)
                return { status: 200 }
              },
            })),
          ),
        },
      ])
      for (const path of [
        '/api/exact',
        '/api/other',
        '/api/x-1',
        '/api/exact/sub',
        '/api/other/sub',
        '/api/a/b/c',
        '/',
      ]) {
        const match = router('GET', path)
        if (match.kind === 'route') void match.handle(undefined as never)
      }
      expect(found).toEqual([
        '/api/exact',
        '/api/{a}',
        '/api/x-{a}',
        '/api/exact/sub',
        '/api/{a}/sub',
        '/api/{a*}',
        '/',
      ])
    }),
  )
})

test('no path, however broken, makes the look-up fail', () => {
  const router = find(['/api/{a}', '/api/{a}/{b*}', '/crl/{name}.crl'], true)
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom('/', '%', '2', 'f', 'F', '.', 'api', 'crl', '{', ':', '*', '?', 'ä'),
      }),
      (path) => {
        expect(['route', 'missing']).toContain(router('GET', `/${path}`).kind)
      },
    ),
  )
})

test('queries are read as URLSearchParams writes and reads them', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(text, fc.string({ unit: 'grapheme' }))), (pairs) => {
      const search = new URLSearchParams(pairs).toString()
      expect(parseQuery(search).pairs).toEqual([...new URLSearchParams(search)])
    }),
  )
  expect(parseQuery('').pairs).toEqual([])
  expect(parseQuery('&&a&=b&c=d=e').pairs).toEqual([...new URLSearchParams('&&a&=b&c=d=e')])
})

test('a path that is no pattern is a fault of the program', () => {
  for (const path of [
    'api',
    '/api/{',
    '/api/{a}{b}',
    '/api/{a*}/b',
    '/api/x{a*}',
    '/api/*',
    '/api/:id',
    '/{}',
    '/{1}',
  ])
    expect(() => parsePattern(path, false), path).toThrow(TypeError)
})
