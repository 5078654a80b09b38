import { expect } from 'vitest'
import { EVERYTHING } from '../../../src/domain/filter.ts'
import { parseFilter } from '../../../src/query/parse.ts'
import { makeCertificate, makeKey } from '../../support/make-certificates.ts'
import { expired, large, mail, renewed, soon, unicode, web } from './material.ts'
import { scenario } from './scenario.ts'
import {
  cnOf,
  cns,
  filtered,
  listed,
  rowOf,
  sameWhereGiven,
  type Need,
  type PortWorld,
  type Scenario,
} from './world.ts'

const fill = ({ stock }: PortWorld): Promise<void> =>
  stock(
    { of: web, name: 'web', friendlyName: 'Web server', tags: ['prod', 'public'], keyed: true },
    { of: mail, name: 'mail', tags: ['prod'] },
    { of: expired, name: 'old' },
    { of: soon, name: 'soon' },
    { of: unicode, name: 'zürich' },
  )

const [WEB, MAIL, OLD, SOON] = ['web.example', 'mail.example', 'old.example', 'soon.example'] as const
const ZURICH = 'Zürich Straße 東京 🔑'
const all = [WEB, MAIL, OLD, SOON, ZURICH]
const but = (...left: readonly string[]): readonly string[] => all.filter((cn) => !left.includes(cn))

/** A filter, what the store must tell for it, and what fits. */
const FILTERS: readonly (readonly [filter: string, fields: readonly string[], fits: readonly string[]])[] = [
  ['subject ~ MAIL', ['subject'], [MAIL]],
  ['cn = web.example', ['subject'], [WEB]],
  ['cn != web.example', ['subject'], but(WEB)],
  ['cn ^= web', ['subject'], [WEB]],
  ['cn $= .example', ['subject'], but(ZURICH)],
  ['cn ~ 東京', ['subject'], [ZURICH]],
  ['cn in (web.example, mail.example, nobody.example)', ['subject'], [WEB, MAIL]],
  ['not cn ~ example', ['subject'], [ZURICH]],
  ['cn ~ web or cn ~ mail', ['subject'], [WEB, MAIL]],
  ['cn ~ example and not (cn ~ web or cn ~ mail)', ['subject'], [OLD, SOON]],
  ['san = www.web.example', ['subjectAltName'], [WEB]],
  ['san ~ example', ['subjectAltName'], [WEB, MAIL]],
  ['issuer ~ issuing', ['issuer'], all],
  ['issuer = nobody', ['issuer'], []],
  ['serialNumber = 0a1b2c', ['serialNumber'], [WEB]],
  ['serialNumber ^= a1b', ['serialNumber'], [WEB]],
  ['notAfter < 2026-06-01', ['notAfter'], [MAIL, OLD]],
  ['notAfter <= 2026-03-20T00:00:00Z', ['notAfter'], [MAIL, OLD]],
  ['notAfter >= 2027-06-01T00:00:00Z', ['notAfter'], [SOON]],
  ['notAfter > 2027-06-01T00:00:00Z', ['notAfter'], []],
  ['expires < 30d', ['notAfter'], [MAIL, OLD]],
  ['expires < 30d and state = valid', ['notAfter', 'state'], [MAIL]],
  ['notBefore > 2026-03-01', ['notBefore'], [SOON]],
  ['notBefore < 2021-01-01', ['notBefore'], [OLD]],
  ['age > 365d', ['notBefore'], [OLD]],
  ['state = expired', ['state'], [OLD]],
  ['state != expired', ['state'], but(OLD)],
  ['state = notYetValid', ['state', 'notBefore'], [SOON]],
  ['state in (valid, notYetValid)', ['state'], but(OLD)],
  ['publicKey.type = ec', ['publicKey'], all],
  ['publicKey.type = rsa', ['publicKey'], []],
  ['publicKey.curve = P-256', ['publicKey'], all],
  ['signatureAlgorithm ~ ecdsa', ['signatureAlgorithm'], all],
  [`fingerprint = ${web.fingerprint}`, ['fingerprint'], [WEB]],
  [`fingerprint ^= ${mail.fingerprint.slice(0, 12)}`, ['fingerprint'], [MAIL]],
  ['name = mail', ['name'], [MAIL]],
  ['name in (web, old)', ['name'], [WEB, OLD]],
  ['name ^= z', ['name'], [ZURICH]],
  ['tags = prod', ['tags'], [WEB, MAIL]],
  ['tags = public and tags = prod', ['tags'], [WEB]],
  ['tags != prod', ['tags'], but(WEB, MAIL)],
  ['friendlyName ~ server', ['friendlyName'], [WEB]],
]

const filterScenarios = FILTERS.map(([filter, fields, fits]) =>
  scenario(
    `when the filter is ${filter} then it finds ${fits.length}, and counts them`,
    ['list:certificate', ...fields.map((field): Need => `field:${field}`)],
    async (world) => {
      await fill(world)
      const { store } = world
      expect(cns(await filtered(store, filter))).toEqual([...fits].toSorted())
      expect(await store.count('certificate', { filter: parseFilter(filter, 'certificate') })).toBe(
        fits.length,
      )
    },
  ),
)

const inOrder = (store: PortWorld['store'], sort: string, more: object = {}): Promise<readonly string[]> =>
  listed(store, 'certificate', {
    ...EVERYTHING,
    sort: sort
      .split(',')
      .map((field) => ({ field: field.replace('-', ''), descending: field.startsWith('-') })),
    ...more,
  }).then((rows) => rows.map(cnOf))

/** A thousand certificates of one key. */
/** More than two pages of every client. */
const many = async (world: PortWorld): Promise<void> => {
  const key = makeKey()
  await world.stock(
    ...Array.from({ length: 450 }, (_, at) => ({ of: makeCertificate({ cn: `host-${at}.example`, key }) })),
  )
}

export const listScenarios: readonly Scenario[] = [
  ...filterScenarios,
  scenario(
    'when nothing is there then every listing is empty and counts none',
    ['list:certificate'],
    async ({ store }) => {
      for (const kind of store.can.list) {
        if (kind === 'profile') continue
        expect([kind, await listed(store, kind)]).toEqual([kind, []])
        expect([kind, await store.count(kind, EVERYTHING)]).toEqual([kind, 0])
      }
    },
  ),
  scenario(
    'when certificates are listed then each row says what the store behind knows',
    ['list:certificate'],
    async (world) => {
      await fill(world)
      const rows = await listed(world.store)
      const truth = await listed(world.backing)
      expect(cns(rows)).toEqual([...all].toSorted())
      for (const row of rows) {
        const same = truth.find(({ thumbprint }) => thumbprint === row['thumbprint'])
        expect(same, 'a thumbprint that nobody has').toBeDefined()
        const fields = [
          'subject',
          'issuer',
          'serialNumber',
          'notBefore',
          'notAfter',
          'subjectAltName',
          'publicKey',
        ]
        sameWhereGiven(world, row, same!, [
          ...fields,
          'fingerprint',
          'name',
          'friendlyName',
          'tags',
          'signatureAlgorithm',
        ])
      }
    },
  ),
  scenario(
    'when certificates are listed then each has an id of its own',
    ['list:certificate'],
    async (world) => {
      await fill(world)
      const ids = (await listed(world.store)).map(({ id }) => id)
      expect(new Set(ids).size).toBe(5)
      expect(ids.every((id) => typeof id === 'string' && id.length > 0)).toBe(true)
    },
  ),
  scenario('when a listing is made twice then it is the same', ['list:certificate'], async (world) => {
    await fill(world)
    expect(await listed(world.store)).toEqual(await listed(world.store))
  }),
  scenario(
    'when a certificate joins behind then the next listing has it',
    ['list:certificate'],
    async (world) => {
      await fill(world)
      await listed(world.store)
      await world.stock({ of: renewed })
      expect(cns(await listed(world.store))).toEqual([...all, WEB].toSorted())
    },
  ),
  scenario('when nothing is filtered then all are counted', ['list:certificate'], async (world) => {
    await fill(world)
    expect(await world.store.count('certificate', EVERYTHING)).toBe(5)
  }),
  scenario(
    'when a listing is sorted by the end then it is in that order',
    ['list:certificate', 'field:notAfter'],
    async (world) => {
      await fill(world)
      const order = await inOrder(world.store, 'notAfter')
      expect([order[0], order[1], order.at(-1)]).toEqual([OLD, MAIL, SOON])
    },
  ),
  scenario(
    'when a listing is sorted downwards then the last is first',
    ['list:certificate', 'field:notAfter'],
    async (world) => {
      await fill(world)
      const order = await inOrder(world.store, '-notAfter')
      expect([order[0], order.at(-1)]).toEqual([SOON, OLD])
    },
  ),
  scenario(
    'when a listing is sorted by the subject then case and script do not matter',
    ['list:certificate', 'field:subject'],
    async (world) => {
      await fill(world)
      expect(await inOrder(world.store, 'subject')).toEqual(await inOrder(world.backing, 'subject'))
    },
  ),
  scenario(
    'when a listing is sorted by two keys then the second decides among equals',
    ['list:certificate', 'field:issuer', 'field:notAfter'],
    async (world) => {
      await fill(world)
      expect(await inOrder(world.store, 'issuer,-notAfter,subject')).toEqual(
        await inOrder(world.backing, 'issuer,-notAfter,subject'),
      )
    },
  ),
  scenario(
    'when a sorted listing has a window then it is that part of it',
    ['list:certificate', 'field:subject'],
    async (world) => {
      await fill(world)
      const whole = await inOrder(world.backing, 'subject')
      expect(await inOrder(world.store, 'subject', { offset: 1, limit: 2 })).toEqual(whole.slice(1, 3))
    },
  ),
  scenario(
    'when a listing is sorted by the name then those without come together',
    ['list:certificate', 'field:name'],
    async (world) => {
      await fill(world)
      expect(await inOrder(world.store, 'name')).toEqual(await inOrder(world.backing, 'name'))
    },
  ),
  ...[0, 1, 3, 5, 50].map((limit) =>
    scenario(`when the limit is ${limit} of five then it is kept`, ['list:certificate'], async (world) => {
      await fill(world)
      expect(await listed(world.store, 'certificate', { ...EVERYTHING, limit })).toHaveLength(
        Math.min(limit, 5),
      )
    }),
  ),
  scenario(
    'when windows follow each other then together they are the whole',
    ['list:certificate'],
    async (world) => {
      await fill(world)
      const whole = (await listed(world.store)).map(({ id }) => id)
      const parts: string[] = []
      for (const offset of [0, 2, 4])
        for (const row of await listed(world.store, 'certificate', { ...EVERYTHING, limit: 2, offset }))
          parts.push(row.id)
      expect(parts).toEqual(whole)
    },
  ),
  scenario('when the window begins after the end then it is empty', ['list:certificate'], async (world) => {
    await fill(world)
    expect(await listed(world.store, 'certificate', { ...EVERYTHING, offset: 5 })).toEqual([])
  }),
  scenario(
    'when a filter meets a limit then the limit counts what fits',
    ['list:certificate', 'field:subject'],
    async (world) => {
      await fill(world)
      const rows = await filtered(world.store, 'cn $= .example', { limit: 3 })
      expect(rows).toHaveLength(3)
      expect(rows.map(cnOf)).not.toContain(ZURICH)
    },
  ),
  scenario(
    'when ten of hundreds are wanted then not all are read, and all come when all are wanted',
    ['list:certificate'],
    async (world) => {
      await many(world)
      const { store, calls } = world
      const count = async (limit?: number): Promise<readonly [number, number]> => {
        const before = calls().length
        const rows = await listed(store, 'certificate', {
          ...EVERYTHING,
          ...(limit !== undefined && { limit }),
        })
        return [rows.length, calls().length - before]
      }
      // who logs in first does so now
      await count(1)
      const [few, fewCalls] = await count(10)
      const [whole, wholeCalls] = await count()
      expect([few, whole]).toEqual([10, 450])
      // a vendor without pages gives all in one answer
      if (wholeCalls > 2) expect(fewCalls).toBeLessThan(wholeCalls)
      // some tell little in a list: then each row is asked for
      expect(fewCalls).toBeLessThanOrEqual(12)
    },
  ),
  scenario(
    'when whoever lists stops early then nothing more is asked for',
    ['list:certificate'],
    async (world) => {
      await fill(world)
      let seen = 0
      for await (const _row of world.store.list('certificate', EVERYTHING)) {
        seen++
        break
      }
      const after = world.calls().length
      await new Promise((resolve) => setImmediate(resolve))
      expect([seen, world.calls().length]).toEqual([1, after])
    },
  ),
  scenario(
    'when two listings run at the same time then neither disturbs the other',
    ['list:certificate'],
    async (world) => {
      await fill(world)
      const [one, two] = await Promise.all([listed(world.store), listed(world.store)])
      expect(one).toEqual(two)
      expect(one).toHaveLength(5)
    },
  ),
  scenario(
    'when a certificate is expired then it is listed, and says so',
    ['list:certificate', 'field:state'],
    async (world) => {
      await world.stock({ of: expired })
      expect((await rowOf(world.store, expired))['state']).toBe('expired')
    },
  ),
  scenario(
    'when a certificate has 600 names then all of them are listed',
    ['list:certificate', 'field:subjectAltName'],
    async (world) => {
      await world.stock({ of: large })
      const names = (await rowOf(world.store, large))['subjectAltName'] as readonly unknown[]
      expect(names).toHaveLength(600)
      expect(names[599]).toEqual({ type: 'dns', value: 'host-599.a-long-domain-name.example' })
    },
  ),
  scenario(
    'when a subject is written in several scripts then it arrives whole',
    ['list:certificate', 'field:subject'],
    async (world) => {
      await world.stock({ of: unicode })
      expect((await listed(world.store)).map(cnOf)).toEqual([ZURICH])
    },
  ),
  scenario(
    'when a name has blanks and letters of all kinds then it arrives whole',
    ['list:certificate', 'field:name'],
    async (world) => {
      await world.stock({ of: web, name: 'Der Webserver (öffentlich) 100 %' })
      expect((await rowOf(world.store, web))['name']).toBe('Der Webserver (öffentlich) 100 %')
    },
  ),
  scenario(
    'when a field is unknown to filters then the listing is refused',
    ['list:certificate'],
    async ({ store }) => {
      const filter = {
        op: 'compare',
        field: 'colour',
        operator: '=',
        value: { type: 'text', value: 'red' },
      } as const
      await expect(listed(store, 'certificate', { filter, sort: [] })).rejects.toMatchObject({
        code: 'filter.invalid',
      })
    },
  ),
]
