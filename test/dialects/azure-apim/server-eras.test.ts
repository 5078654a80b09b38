import { expect, test } from 'vitest'
import { ARM, leaf, stock } from './world.ts'
import { NOW, serving, upload } from './serving.ts'

// what the vendor's own clients of earlier years depend on, found by running them

const at = serving()
const { call } = at
const list = `${ARM}/certificates`

test.each(['2016-07-07', '2016-10-10'])(
  'when ARM is asked in version %s then entities are flat, under their relative id',
  async (version) => {
    await stock(at.world.store, { web: leaf('web.example') })
    const { json } = await call('GET', `${list}/web?api-version=${version}`)
    expect(json).toEqual({
      id: '/certificates/web',
      subject: 'CN=web.example, O=Example',
      thumbprint: expect.stringMatching(/^[0-9A-F]{40}$/),
      expirationDate: '2027-01-01T00:00:00Z',
    })
    const all = await call('GET', `${list}?api-version=${version}&$filter=id eq '/certificates/web'`)
    expect(all.json).toEqual({ value: [json] })
  },
)

test.each([
  ['2016-10-10', 204],
  ['2017-03-01', 204],
  ['2018-01-01', 200],
])('when ARM deletes in version %s then it answers %i', async (version, status) => {
  await call('PUT', `${list}/web?${NOW}`, { body: { properties: upload('web.example') } })
  expect((await call('DELETE', `${list}/web?api-version=${version}`)).status).toBe(status)
})

test('when a client puts the options of its first call before those of the link then the link counts', async () => {
  await stock(at.world.store, { a: leaf('a'), b: leaf('b'), c: leaf('c'), d: leaf('d') })
  const first = await call('GET', `${list}?$top=1&$skip=1&${NOW}`)
  const [, link] = String(first.json.nextLink).split('?')
  const second = await call('GET', `${list}?$top=1&$skip=1&${NOW}&${link}`)
  expect(second.json.value[0].name).toBe('c')
  const pairs = new URL(second.json.nextLink).searchParams
  expect([...pairs]).toEqual([
    ['$top', '1'],
    ['api-version', '2024-05-01'],
    ['$skip', '3'],
  ])
})
