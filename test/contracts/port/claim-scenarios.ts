import { expect } from 'vitest'
import { ERRORS } from '../../../src/base/errors.ts'
import type { UserRole } from '../../../src/domain/role.ts'
import type { Store } from '../../../src/store/store.ts'
import { makeKey } from '../../support/make-certificates.ts'
import {
  authority,
  certificateRow,
  csrFor,
  issued,
  keyOf,
  queued,
  requestRow,
  rootOrder,
  web,
} from './material.ts'
import { scenario } from './scenario.ts'
import {
  batchOf,
  everything,
  has,
  listed,
  rowOf,
  targetOf,
  type Need,
  type PortWorld,
  type Scenario,
} from './world.ts'

/** What a user of that role must not do: refused with the exit status of a refusal, and nothing happens. */
async function forbids(
  world: PortWorld,
  role: UserRole,
  run: (store: Store) => Promise<unknown>,
): Promise<void> {
  const before = await everything(world.backing)
  const error = await run(await world.as(role)).then(
    () => expect.fail(`a ${role} was let do it`),
    (refusal: unknown) => refusal as { code: keyof typeof ERRORS; message: string },
  )
  expect(['auth.forbidden', 'claim.missing'], `${error.code}: ${error.message}`).toContain(error.code)
  expect([5, 8]).toContain(ERRORS[error.code].exit)
  expect(await everything(world.backing)).toEqual(before)
}

interface Deed {
  readonly deed: string
  readonly needs: readonly Need[]
  readonly prepare: (world: PortWorld) => Promise<void>
  readonly run: (world: PortWorld, store: Store) => Promise<unknown>
}

const inQueue = async ({ backing }: PortWorld): Promise<void> => {
  await authority(backing)
  await queued(backing, 'new.example')
}

const DEEDS: readonly Deed[] = [
  {
    deed: 'import',
    needs: ['import'],
    prepare: async () => undefined,
    run: (_, store) => store.import(batchOf({ of: web, name: 'web', keyed: true })),
  },
  {
    deed: 'delete a certificate',
    needs: ['delete', 'delete.certificate', 'list:certificate'],
    prepare: ({ stock }) => stock({ of: web, name: 'web', keyed: true }),
    run: async (world, store) => store.delete([targetOf(await rowOf(world.store, web))]),
  },
  {
    deed: 'edit',
    needs: ['edit', 'list:certificate'],
    prepare: ({ stock }) => stock({ of: web, name: 'web', keyed: true }),
    run: async (world, store) => store.edit(targetOf(await rowOf(world.store, web)), { name: 'other' }),
  },
  {
    deed: 'take out a private key',
    needs: ['exportKey', 'list:certificate', 'field:keyId'],
    prepare: ({ stock }) => stock({ of: web, name: 'web', keyed: true }),
    run: async (world, store) => store.key(String((await rowOf(world.store, web))['keyId'])),
  },
  {
    deed: 'make a request',
    needs: ['request', 'list:request'],
    prepare: ({ backing }) => authority(backing),
    // with a key where the server makes requests itself
    run: ({ name }, store) => {
      const key = makeKey()
      return store.submit({
        csr: csrFor('new.example', key),
        ...(name === 'd9tready' && { key: keyOf(key) }),
      })
    },
  },
  {
    deed: 'sign',
    needs: ['sign', 'list:request'],
    prepare: inQueue,
    run: async (world, store) =>
      store.sign(targetOf(await requestRow(world.store, 'new.example'), 'request'), {}),
  },
  {
    deed: 'reject',
    needs: ['reject', 'list:request'],
    prepare: inQueue,
    run: async (world, store) =>
      store.reject([targetOf(await requestRow(world.store, 'new.example'), 'request')], undefined),
  },
  {
    deed: 'revoke',
    needs: ['revoke', 'list:certificate'],
    prepare: ({ backing }) => issued(backing, 'leaf.example'),
    run: async (world, store) =>
      store.revoke([targetOf(await certificateRow(world.store, 'leaf.example'))], {
        reason: 'keyCompromise',
      }),
  },
  {
    deed: 'make an authority',
    needs: ['createAuthority'],
    prepare: async () => undefined,
    run: (_, store) => store.createAuthority(rootOrder()),
  },
]

/** A requestor may ask, and nothing else. */
const REQUESTOR = DEEDS.filter(({ deed }) => !['make a request', 'sign', 'reject', 'revoke'].includes(deed))

/** Where asking takes reading: a requestor is not let in at all. */
const seesNothing = (world: PortWorld): Promise<void> =>
  forbids(world, 'requestor', (store) => store.submit({ csr: csrFor('mine.example') }))

export const claimScenarios: readonly Scenario[] = [
  ...DEEDS.map(({ deed, needs, prepare, run }) =>
    scenario(`when a reader wants to ${deed} then it is forbidden`, needs, async (world) => {
      await prepare(world)
      await forbids(world, 'reader', (store) => run(world, store))
    }),
  ),
  ...REQUESTOR.filter(({ deed }) => deed === 'import' || deed === 'make an authority').map(
    ({ deed, needs, prepare, run }) =>
      scenario(`when a requestor wants to ${deed} then it is forbidden`, needs, async (world) => {
        await prepare(world)
        await forbids(world, 'requestor', (store) => run(world, store))
      }),
  ),
  scenario('when a reader lists then it sees what an admin sees', ['list:certificate'], async (world) => {
    await world.stock({ of: web, name: 'web', keyed: true })
    const rows = await listed(await world.as('reader'))
    expect(rows.map((row) => row['thumbprint'])).toEqual(
      (await listed(world.store)).map((row) => row['thumbprint']),
    )
  }),
  scenario('when a manager imports then it is taken', ['import', 'list:certificate'], async (world) => {
    await (await world.as('manager')).import(batchOf({ of: web, name: 'web', keyed: true }))
    expect(await has(world.backing, web)).toBe(true)
  }),
  scenario('when a manager signs then it is issued', ['sign', 'list:request'], async (world) => {
    await inQueue(world)
    const manager = await world.as('manager')
    await manager.sign(targetOf(await requestRow(world.store, 'new.example'), 'request'), {})
    expect((await requestRow(world.backing, 'new.example'))['state']).toBe('issued')
  }),
  scenario(
    "when a requestor asks then it sees its own request and nobody else's",
    ['request', 'list:request', 'notion:queue'],
    async (world) => {
      await inQueue(world)
      const requestor = await world.as('requestor')
      await requestor.submit({ csr: csrFor('mine.example') })
      expect((await listed(requestor, 'request')).map((row) => row['subject'])).toEqual([
        'CN=mine.example,O=Example',
      ])
      expect(await listed(world.backing, 'request')).toHaveLength(2)
    },
    seesNothing,
  ),
  scenario(
    'when a requestor has asked then it is known who',
    ['request', 'list:request', 'notion:queue'],
    async (world) => {
      await authority(world.backing)
      await (await world.as('requestor')).submit({ csr: csrFor('mine.example') })
      const asked = (await requestRow(world.backing, 'mine.example'))['requestedBy']
      expect(
        world.name === 'directory' || world.name === 'memory' ? ['requestor', 'tester@host'] : ['requestor'],
      ).toContain(asked)
    },
    seesNothing,
  ),
]

/** For clients alone: who they are is decided by the server. */
export const strangerScenarios: readonly Scenario[] = [
  scenario('when the secret is wrong then one clear line says so, without the secret', [], async (world) => {
    await world.stock({ of: web, name: 'web', keyed: true })
    const store = await world.as('admin', 'Wrong-passw0rd')
    const error = await listed(store).then(
      () => expect.fail('let in'),
      (refusal: unknown) => refusal as Error & { hint: string },
    )
    expect(error).toMatchObject({
      code: expect.stringMatching(/^auth\./),
      hint: expect.not.stringMatching(/^$/),
    })
    expect(error.message).toMatch(/401|403|log/)
    expect(`${error.message}${error.hint}`).not.toContain('Wrong-passw0rd')
  }),
  scenario('when the secret is wrong then nothing is changed behind', [], async (world) => {
    await world.stock({ of: web, name: 'web', keyed: true })
    const store = await world.as('admin', 'Wrong-passw0rd')
    const before = await everything(world.backing)
    const run = store.can.delete
      ? () => store.delete([{ kind: 'certificate', id: '1' }])
      : () => listed(store)
    await expect(run()).rejects.toMatchObject({ code: 'auth.failed' })
    expect(await everything(world.backing)).toEqual(before)
  }),
]
