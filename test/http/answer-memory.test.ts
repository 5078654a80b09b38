import { describe, expect, test } from 'vitest'
import { AnswerMemory } from '../../src/http/answer-memory.ts'
import type { Answer, Call } from '../../src/http/exchange.ts'
import { parseQuery } from '../../src/http/server-call.ts'

interface Asked {
  readonly method?: string
  readonly path?: string
  readonly search?: string
  readonly origin?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const callOf = ({
  method = 'GET',
  path = '/a',
  search = '',
  origin = 'https://a',
  ...rest
}: Asked): Call => ({
  method,
  path,
  params: {},
  query: parseQuery(search),
  header: (name) => rest.headers?.[name.toLowerCase()],
  body: async () => Buffer.from(rest.body ?? ''),
  origin,
  remoteAddress: '127.0.0.1',
  connection: {},
  known: () => undefined,
  signal: new AbortController().signal,
})

function world(bytes?: number) {
  const clock = { ms: 0 }
  const memory = new AnswerMemory({ now: () => new Date(clock.ms), ...(bytes !== undefined && { bytes }) })
  let made = 0
  const ann = {}
  const ask = (
    asked: Asked = {},
    more: {
      readonly asker?: object
      readonly version?: string
      readonly variant?: string
      readonly make?: (call: Call) => Promise<Answer>
    } = {},
  ): Promise<Answer> =>
    memory.answer({
      call: callOf(asked),
      asker: ann,
      version: '1',
      milliseconds: 1000,
      ...more,
      make: async (call) => {
        made++
        return more.make ? more.make(call) : { status: 200, body: `answer ${made}` }
      },
    })
  return { memory, clock, ask, made: () => made }
}

describe('an answer is given again', () => {
  test('when the same is asked and nothing has changed, then it is not made again', async () => {
    const { ask, made } = world()
    const first = await ask()
    expect(await ask()).toEqual(first)
    expect(made()).toBe(1)
  })

  test('when it is long then its bytes are the same', async () => {
    const { ask } = world()
    const body = 'ü'.repeat(10_000)
    const make = async (): Promise<Answer> => ({ status: 200, body })
    for (const _ of [1, 2])
      expect(Buffer.from((await ask({}, { make })).body as Uint8Array).toString()).toBe(body)
  })

  test('when a POST has the same body then it is the same question', async () => {
    const { ask, made } = world()
    await ask({ method: 'POST', body: '{"id":1}' })
    await ask({ method: 'POST', body: '{"id":1}' })
    await ask({ method: 'POST', body: '{"id":2}' })
    expect(made()).toBe(2)
  })
})

describe('an answer is made anew', () => {
  test.each<[string, Asked]>([
    ['the method', { method: 'HEAD' }],
    ['the path', { path: '/b' }],
    ['the query', { search: 'x=1' }],
    ['the name that the caller uses for the server', { origin: 'https://b' }],
  ])('when %s is another one', async (_what, asked) => {
    const { ask, made } = world()
    await ask()
    await ask(asked)
    expect(made()).toBe(2)
  })

  test('when someone else asks, or the version or the variant is another one', async () => {
    const { ask, made } = world()
    await ask()
    await ask({}, { asker: {} })
    await ask({}, { version: '2' })
    await ask({}, { version: '2', variant: 'hal' })
    expect(made()).toBe(4)
  })

  test('when a header that it looked at is another one, and only then', async () => {
    const { ask, made } = world()
    const make = async (call: Call): Promise<Answer> => ({
      status: 200,
      body: call.header('Accept') ?? 'none',
    })
    const asked = (accept: string, agent: string) =>
      ask({ headers: { accept, 'user-agent': agent } }, { make })
    expect((await asked('a', 'x')).body).toBe('a')
    expect((await asked('a', 'y')).body).toBe('a')
    expect(made()).toBe(1)
    expect((await asked('b', 'y')).body).toBe('b')
    expect((await ask({}, { make })).body).toBe('none')
    expect(made()).toBe(3)
  })

  test('when its time is over, or the clock was set back', async () => {
    const { ask, made, clock } = world()
    clock.ms = 5000
    await ask()
    clock.ms = 5999
    await ask()
    expect(made()).toBe(1)
    clock.ms = 6000
    await ask()
    expect(made()).toBe(2)
    clock.ms = 4000
    await ask()
    expect(made()).toBe(3)
  })

  test.each<[string, (call: Call) => Promise<Answer>]>([
    ['it is no 200', async () => ({ status: 404, body: '' })],
    ['it depends on the address of the peer', async (call) => ({ status: 200, body: call.remoteAddress })],
    ['it depends on the body of a GET', async (call) => ({ status: 200, body: await call.body() })],
    [
      'it is a stream',
      async () => ({
        status: 200,
        body: (async function* () {
          yield new Uint8Array(1)
        })(),
      }),
    ],
    ['it is larger than a mebibyte', async () => ({ status: 200, body: 'x'.repeat(1024 * 1024) })],
    ['it failed', () => Promise.reject(new Error('no'))],
  ])('when %s', async (_what, make) => {
    const { ask, made, memory } = world()
    for (const _ of [1, 2]) await ask({}, { make }).catch(() => undefined)
    expect(made()).toBe(2)
    expect(memory.bytes).toBe(0)
  })

  test('when the body of the question is long', async () => {
    const { ask, made } = world()
    for (const _ of [1, 2]) await ask({ method: 'POST', body: 'x'.repeat(5000) })
    expect(made()).toBe(2)
  })
})

test('when there is more than fits then what was used least recently is forgotten', async () => {
  const { ask, made, memory } = world(20_000)
  const make = async (): Promise<Answer> => ({ status: 200, body: 'x'.repeat(5000) })
  for (const path of ['/1', '/2', '/3', '/1', '/4']) await ask({ path }, { make })
  expect(made()).toBe(4)
  expect(memory.bytes).toBeLessThanOrEqual(20_000)
  await ask({ path: '/1' }, { make })
  expect(made()).toBe(4)
  await ask({ path: '/2' }, { make })
  expect(made()).toBe(5)
})
