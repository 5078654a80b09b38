import { afterEach, describe, expect, test } from 'vitest'
import { DIALECT_NAMES, type DialectName } from '../../src/dialects/dialect.ts'
import { dialect } from '../../src/dialects/index.ts'
import { ERRORS } from '../../src/base/errors.ts'
import { parseReference } from '../../src/domain/reference.ts'
import type { Store } from '../../src/store/store.ts'
import { PASSWORD } from '../support/house-world.ts'
import { misbehave, type Misbehaving, type Misdeed, type SeenCall } from '../support/misbehave.ts'
import { makeKey } from '../support/make-certificates.ts'
import { connect, openWorld, type OpenWorld } from './port/implementations.ts'
import { authority, csrFor, keyOf, mail, soon, web } from './port/material.ts'
import { batchOf, cns, everything, listed, rowOf, targetOf } from './port/world.ts'

interface Scene {
  readonly name: DialectName
  readonly world: OpenWorld
  readonly proxy: Misbehaving
  readonly store: Store
}

const open: Scene[] = []
afterEach(async () => {
  for (const { store, proxy, world } of open.splice(0)) {
    await store.close()
    await proxy.close()
    await world.end()
  }
})

/** A vendor's client that talks to its server through a proxy; two certificates are there. */
async function scene(name: DialectName): Promise<Scene> {
  const world = await openWorld(name)
  await world.stock({ of: web, name: 'web', keyed: true }, { of: mail, name: 'mail', keyed: true })
  const proxy = await misbehave(world.served!)
  const { url, pin } = proxy
  const store = await connect(name, { ...world.served!, pin }, { user: 'admin', password: PASSWORD, url })
  const made = { name, world, proxy, store }
  open.push(made)
  return made
}

/** How a line about a call begins: with the vendor, then the call. */
async function beginning(name: DialectName): Promise<RegExp> {
  const { title } = await dialect(name)
  return new RegExp(`^${title}: (?:GET|HEAD|POST|PUT|DELETE) https://127\\.0\\.0\\.1:`)
}

/** What failed, as a person reads it. */
async function failure({ name, world }: Scene, run: Promise<unknown>) {
  const error = await run.then(
    (done) => expect.fail(`nothing failed: ${JSON.stringify(done)}`),
    (refusal: unknown) => refusal as Error & { readonly code: keyof typeof ERRORS; readonly hint: string },
  )
  const { sas, apiKeys } = world.served!
  const text = `${error.message}\n${error.hint}`
  for (const secret of [
    PASSWORD,
    sas.primary,
    apiKeys['admin']!,
    Buffer.from(`admin:${PASSWORD}`).toString('base64'),
  ])
    expect(text).not.toContain(secret)
  expect(error.message).not.toContain('\n')
  expect(error.hint).not.toBe('')
  const isNamed = !error.code.startsWith('remote.') || (await beginning(name)).test(error.message)
  expect([isNamed, error.message]).toEqual([true, error.message])
  return error
}

const isLogin = ({ path }: SeenCall): boolean => /\/log(?:in|out)$/.test(path)
const isReading = ({ method }: SeenCall): boolean => method === 'GET'
const isAsking = (call: SeenCall): boolean => isReading(call) || call.method === 'HEAD'

/** A reference that fits nothing, and whether a call asks for one record by it. */
const ABSENT: Readonly<
  Record<DialectName, { readonly of: string; readonly calledBy: (call: SeenCall) => boolean }>
> = {
  iis: { of: 'nothing', calledBy: ({ path }) => path.endsWith('/certificates/nothing') },
  // a name is an id there, and looked for in no list: only what may be a thumbprint is
  'azure-apim': { of: 'abadcafe', calledBy: ({ path }) => path.includes('/certificates/abadcafe') },
  keyfactor: { of: '99', calledBy: ({ path }) => path.includes('/Certificates/99') },
  notary: { of: '99', calledBy: ({ path }) => path.endsWith('/certificate_requests/99') },
  d9tready: { of: '99', calledBy: ({ path }) => path.endsWith('/certificates/99') },
}

/** A call that changes something; Keyfactor reads some things by POST. */
const isWriting = (call: SeenCall): boolean =>
  call.method !== 'GET' && call.method !== 'HEAD' && !isLogin(call) && !/Download|Recover/.test(call.path)

const BOTH = ['mail.example', 'web.example']

describe.each(DIALECT_NAMES)('the client of %s reads', (name) => {
  test.each<[Misdeed, number]>([
    ['busy', 1],
    ['busy', 3],
    ['down', 2],
    ['cut before', 1],
    ['cut after', 2],
  ])('when the server is %s %i times then the listing comes all the same', async (deed, times) => {
    const here = await scene(name)
    here.proxy.do(deed, times, isReading)
    expect(cns(await listed(here.store))).toEqual(BOTH)
  })

  test.each<[Misdeed]>([['cut in the middle'], ['half a page'], ['wrong type']])(
    'when an answer is %s then the listing is whole or fails, never less',
    async (deed) => {
      const here = await scene(name)
      here.proxy.do(deed, 20, isReading)
      const [whole, error] = await listed(here.store).then(
        (rows) => [cns(rows).join() === BOTH.join(), undefined] as const,
        (refusal: unknown) =>
          [undefined, refusal as { readonly code: string; readonly message: string }] as const,
      )
      const isTold = error?.code === 'remote.unexpected' && (await beginning(name)).test(error.message)
      expect([whole ?? isTold, error]).toEqual([true, error])
    },
  )

  test('when a portal answers with a web page then the message says so', async () => {
    const here = await scene(name)
    here.proxy.do('web page', 20, isReading)
    const error = await failure(here, listed(here.store))
    expect(error).toMatchObject({
      code: 'remote.unexpected',
      message: expect.stringMatching(/GET https:.*200.*web page|GET https:.*html.*200/),
    })
    expect(ERRORS[error.code].exit).toBe(7)
  })

  test('when a page says that a record is not there then the listing tells whether the server is', async () => {
    const here = await scene(name)
    const { of, calledBy } = ABSENT[name]
    here.proxy.do('missing page', 20, calledBy)
    const missing = await failure(here, here.store.resolve(parseReference(of)))
    expect(missing).toMatchObject({ code: 'record.not-found', message: `no certificate "${of}"` })
    here.proxy.do('missing page', 40, isAsking)
    const elsewhere = await failure(here, here.store.resolve(parseReference(of)))
    expect(elsewhere).toMatchObject({
      code: 'remote.unexpected',
      message: expect.stringContaining('was answered with 404 and a web page'),
      hint: expect.stringContaining('the URL may be wrong, or a proxy answered'),
    })
  })

  test('when it fails with 500 and {} then vendor, call and status are told', async () => {
    const here = await scene(name)
    here.proxy.do('empty failure', 20, isReading)
    const error = await failure(here, listed(here.store))
    expect(error.code).toBe('remote.failed')
    expect(error.message).toContain('answered with 500')
  })

  test('when nothing listens any more then vendor and call are told, and what to check', async () => {
    const here = await scene(name)
    await here.proxy.close()
    const error = await failure(here, listed(here.store))
    expect(error).toMatchObject({ code: 'remote.unreachable', message: expect.stringContaining('listens') })
  })

  test('when it stays busy then it is tried four times, and the next step is told', async () => {
    const here = await scene(name)
    here.proxy.do('busy', 1000, isReading)
    const error = await failure(here, listed(here.store))
    expect(error.message).toContain('429')
    expect(error.hint).toContain('try again in 2 seconds')
    expect(here.proxy.seen.filter(isReading)).toHaveLength(4)
  })

  test('when it redirects to another origin then nobody goes there', async () => {
    const here = await scene(name)
    here.proxy.do('elsewhere', 20, isReading)
    const error = await failure(here, listed(here.store))
    expect(error).toMatchObject({
      code: 'remote.unexpected',
      message: expect.stringMatching(/redirected \(HTTP 302\) to another origin/),
    })
    expect(here.proxy.strangers).toEqual([])
  })

  test('when the credential has expired then it fails as such, and does not go on for ever', async () => {
    const here = await scene(name)
    here.proxy.do('expired', 1000, (call) => !isLogin(call))
    const error = await failure(here, listed(here.store))
    expect(ERRORS[error.code].exit).toBe(8)
    expect(here.proxy.seen.length).toBeLessThan(8)
  })
})

/** A change by each vendor that takes some. */
const CHANGES: readonly (readonly [
  name: DialectName,
  deed: string,
  run: (scene: Scene) => Promise<unknown>,
])[] = [
  ['azure-apim', 'import', ({ store }) => store.import(batchOf({ of: soon, name: 'soon', keyed: true }))],
  ['keyfactor', 'import', ({ store }) => store.import(batchOf({ of: soon, name: 'soon', keyed: true }))],
  ['d9tready', 'import', ({ store }) => store.import(batchOf({ of: soon, name: 'soon', keyed: true }))],
  ['notary', 'request', ({ store }) => store.submit({ csr: csrFor('new.example') })],
  ['keyfactor', 'request', ({ store }) => store.submit({ csr: csrFor('new.example') })],
  [
    'd9tready',
    'request',
    ({ store }) => {
      const key = makeKey()
      return store.submit({ csr: csrFor('new.example', key), key: keyOf(key) })
    },
  ],
  ...(['azure-apim', 'keyfactor', 'd9tready', 'notary'] as const).map(
    (name) =>
      [
        name,
        'deletion',
        async ({ store, world }: Scene) => store.delete([targetOf(await rowOf(world.store, web))]),
      ] as const,
  ),
]

describe.each(CHANGES)('the client of %s, with a %s', (name, _, run) => {
  const prepared = async (): Promise<Scene> => {
    const here = await scene(name)
    await authority(here.world.backing)
    return here
  }

  test.each<[Misdeed, RegExp]>([
    ['down', /503/],
    ['busy', /429/],
    ['empty failure', /500/],
    ['missing page', /404 and a web page/],
    ['web page', /200 and a web page/],
    ['cut before', /https:\/\/127/],
    ['elsewhere', /302 and sent on to https:/],
  ])(
    'when the server is %s then nothing is done, nor tried again where that might do it twice',
    async (deed, says) => {
      const here = await prepared()
      const before = await everything(here.world.backing)
      here.proxy.do(deed, 1000, isWriting)
      const error = await failure(here, run(here))
      expect(error.message).toMatch(says)
      const posts = here.proxy.seen.filter((call) => isWriting(call) && call.method === 'POST')
      // d9tready's key goes first; taking it back is another call
      expect(posts.length).toBeLessThanOrEqual(1)
      expect(await everything(here.world.backing)).toEqual(before)
      expect(here.proxy.strangers).toEqual([])
    },
  )

  test('when the answer is lost then it was done once, and the message says that it may have been', async () => {
    const here = await prepared()
    const calls = () =>
      here.world.calls().filter((line) => /"method":"(?:POST|DELETE|PUT)"/.test(line) && !/login/.test(line))
    here.proxy.do('cut after', 1, isWriting)
    const ended = await run(here).then(
      () => undefined,
      (error: unknown) => error as { readonly code: string; readonly hint: string; readonly message: string },
    )
    const writes = here.proxy.seen.filter(isWriting)
    // what may be repeated was, and then nobody is told; the rest was sent once, and the person is
    const told =
      ended === undefined ||
      /may have been done|look first|look for it/.test(`${ended.message} ${ended.hint}`)
    expect([ended?.code ?? 'remote.', told]).toEqual([expect.stringMatching(/^remote\./), true])
    const posts = writes.filter(({ method }) => method === 'POST').length
    expect(posts).toBeLessThanOrEqual(ended === undefined ? 0 : 1)
    expect(calls().length).toBeGreaterThan(0)
  })
})

test('when the tag of Azure is stale then the deletion is refused as changed meanwhile', async () => {
  const here = await scene('azure-apim')
  const before = await everything(here.world.backing)
  const target = targetOf(await rowOf(here.world.store, web))
  here.proxy.do('stale tag', 10, isReading)
  const error = await failure(here, here.store.delete([target]))
  expect(error.code).toBe('record.changed')
  expect(await everything(here.world.backing)).toEqual(before)
})

test('when the session of Notary has ended then it logs in again, once, and goes on', async () => {
  const here = await scene('notary')
  expect(cns(await listed(here.store))).toEqual(BOTH)
  here.proxy.do('expired', 1, isReading)
  expect(cns(await listed(here.store))).toEqual(BOTH)
  expect(here.proxy.seen.filter(isLogin)).toHaveLength(2)
})
