import { createPrivateKey, X509Certificate } from 'node:crypto'
import { expect } from 'vitest'
import { makeCertificate } from '../../support/make-certificates.ts'
import {
  authority,
  csrFor,
  expired,
  issued,
  issuing,
  large,
  mail,
  queued,
  requestRow,
  root,
  twin,
  unicode,
  web,
} from './material.ts'
import { scenario } from './scenario.ts'
import { cnOf, has, listed, resolve, rowOf, type PortWorld, type Scenario } from './world.ts'

const chainOf = ({ stock }: PortWorld): Promise<void> => stock({ of: root }, { of: issuing }, { of: web })

const thumbprintOf = (der: Uint8Array): string => new X509Certificate(der).fingerprint.replaceAll(':', '')

/** How a reference to `web` may be typed. */
const WAYS: readonly (readonly [how: string, text: string, field: string])[] = [
  ['its thumbprint', thumbprintOf(web.der), 'thumbprint'],
  ['its thumbprint in lower case', thumbprintOf(web.der).toLowerCase(), 'thumbprint'],
  ['its thumbprint with colons', new X509Certificate(web.der).fingerprint, 'thumbprint'],
  ['eight digits of its thumbprint', thumbprintOf(web.der).slice(0, 8), 'thumbprint'],
  ['its fingerprint', web.fingerprint, 'fingerprint'],
  ['eight digits of its fingerprint', web.fingerprint.slice(0, 8), 'fingerprint'],
  ['its serial number', 'serial:0a1b2c', 'serialNumber'],
  ['its serial number with colons and a zero', 'serial:00:0A:1B:2C', 'serialNumber'],
  ['its name', 'web', 'name'],
]

/** Ids that no record has; some of them want to be something else. */
const STRANGE = [
  '4711',
  'nobody',
  '../7',
  '..%2f7',
  '7/../8',
  "7' or '1'='1",
  '%00',
  '9'.repeat(30),
  'a b',
  'ü',
  '-1',
  '1.5',
]

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b)

/** Where the server makes requests itself. */
async function noStrangers(world: PortWorld): Promise<void> {
  await authority(world.backing)
  await queued(world.backing, 'one.example')
  expect((await listed(world.store, 'request')).map(cnOf)).not.toContain('one.example')
}

export const readScenarios: readonly Scenario[] = [
  ...WAYS.map(([how, text, field]) =>
    scenario(
      `when a reference is ${how} then it finds the certificate`,
      ['list:certificate', `field:${field}`],
      async (world) => {
        await world.stock({ of: web, name: 'web' }, { of: mail, name: 'mail' }, { of: expired })
        expect(cnOf(await resolve(world.store, text))).toBe('web.example')
      },
    ),
  ),
  scenario(
    'when a reference is the id of a row then it finds the same row',
    ['list:certificate'],
    async (world) => {
      await world.stock({ of: web }, { of: mail })
      for (const row of await listed(world.store))
        expect((await resolve(world.store, row.id))['thumbprint']).toBe(row['thumbprint'])
    },
  ),
  scenario(
    'when a certificate is resolved then its row is that of the listing',
    ['list:certificate'],
    async (world) => {
      await world.stock({ of: web, name: 'web' })
      const [row] = await listed(world.store)
      const found = await resolve(world.store, row!.id)
      for (const field of ['subject', 'notAfter', 'thumbprint', 'state', 'name'])
        expect([field, found[field]]).toEqual([field, row![field]])
    },
  ),
  ...STRANGE.map((id) =>
    scenario(
      `when ${JSON.stringify(id)} is asked for then there is no such certificate`,
      ['list:certificate'],
      async (world) => {
        await world.stock({ of: web })
        await expect(
          world.store.resolve({ kind: 'certificate', by: 'text', text: id }),
        ).rejects.toMatchObject({ code: 'record.not-found' })
      },
    ),
  ),
  scenario(
    "when a serial number is nobody's then it is not found",
    ['list:certificate', 'field:serialNumber'],
    async (world) => {
      await world.stock({ of: web })
      await expect(resolve(world.store, 'serial:ff')).rejects.toMatchObject({ code: 'record.not-found' })
    },
  ),
  scenario(
    'when two have a serial number then the message lists both',
    ['list:certificate', 'field:serialNumber'],
    async (world) => {
      const serial = 0x4242
      await world.stock(
        { of: makeCertificate({ cn: 'one.example', serial }) },
        { of: makeCertificate({ cn: 'two.example', serial }) },
      )
      await expect(resolve(world.store, 'serial:4242')).rejects.toMatchObject({
        code: 'reference.ambiguous',
        message: expect.stringMatching(/one\.example[^]*two\.example|two\.example[^]*one\.example/),
      })
    },
  ),
  scenario(
    'when a certificate is opened then its bytes are exactly those',
    ['list:certificate', 'exportCertificate'],
    async (world) => {
      await chainOf(world)
      const { der } = await world.store.certificate((await rowOf(world.store, web)).id)
      expect(sameBytes(der, web.der)).toBe(true)
    },
  ),
  scenario(
    'when a certificate is opened then it has facts, extensions and state',
    ['list:certificate', 'exportCertificate'],
    async (world) => {
      await world.stock({ of: web })
      const { id } = await rowOf(world.store, web)
      const { facts, extensions, state, record } = await world.store.certificate(id)
      expect(facts).toMatchObject({
        subject: 'CN=web.example,O=Example',
        serialNumber: 'a1b2c',
        fingerprint: web.fingerprint,
      })
      expect(extensions.map(({ name }) => name)).toContain('subjectAltName')
      expect([state, record.id]).toEqual(['valid', id])
    },
  ),
  scenario(
    'when a certificate of 18 KiB is opened then it comes whole',
    ['list:certificate', 'exportCertificate'],
    async (world) => {
      await world.stock({ of: large })
      expect(
        sameBytes((await world.store.certificate((await rowOf(world.store, large)).id)).der, large.der),
      ).toBe(true)
    },
  ),
  scenario(
    'when a subject has several scripts then its certificate opens',
    ['list:certificate', 'exportCertificate'],
    async (world) => {
      await world.stock({ of: unicode })
      const { facts } = await world.store.certificate((await rowOf(world.store, unicode)).id)
      expect(facts.subject).toContain('東京 🔑')
    },
  ),
  ...['4711', '../1', '%2e%2e', 'x'.repeat(300)].map((id) =>
    scenario(
      `when a certificate ${JSON.stringify(id.slice(0, 10))} is opened then it is not found`,
      ['exportCertificate'],
      async (world) => {
        await expect(world.store.certificate(id)).rejects.toMatchObject({ code: 'record.not-found' })
      },
    ),
  ),
  scenario(
    'when a chain is there then the issuers come nearest first',
    ['list:certificate', 'exportCertificate'],
    async (world) => {
      await world.backing.import({
        certificates: [root, issuing].map(({ der }) => ({ der, source: { how: 'imported' } })),
        keys: [],
      })
      await world.stock({ of: web })
      const chain = await world.store.issuersOf((await rowOf(world.store, web)).id)
      expect(chain.map(({ facts }) => facts.fingerprint)).toEqual([issuing.fingerprint, root.fingerprint])
    },
  ),
  scenario(
    'when the issuer is missing then there is no chain',
    ['list:certificate', 'exportCertificate'],
    async (world) => {
      await world.stock({ of: web })
      expect(await world.store.issuersOf((await rowOf(world.store, web)).id)).toEqual([])
    },
  ),
  scenario(
    'when a certificate was issued here then its chain reaches the root',
    ['list:certificate', 'exportCertificate'],
    async (world) => {
      await issued(world.backing, 'leaf.example')
      const leaf = (await listed(world.store)).find((row) => cnOf(row) === 'leaf.example')!
      const chain = await world.store.issuersOf(leaf.id)
      expect(chain.map(({ facts }) => facts.subject)).toEqual(['CN=Store Root,O=Example'])
    },
  ),
  scenario('when keys are listed then each is there once, without a secret', ['list:key'], async (world) => {
    await world.stock({ of: web, keyed: true }, { of: twin }, { of: mail, keyed: true })
    const rows = await listed(world.store, 'key')
    expect(rows.length).toBe(2)
    const secret = web.pkcs8.use((der) => Buffer.from(der).toString('base64').slice(60, 100))
    expect(JSON.stringify(rows)).not.toContain(secret)
  }),
  scenario(
    'when a certificate has its key then its row says which',
    ['list:certificate', 'list:key', 'field:keyId'],
    async (world) => {
      await world.stock({ of: web, keyed: true })
      const row = await rowOf(world.store, web)
      expect((await resolve(world.store, String(row['keyId']), 'key')).id).toBe(row['keyId'])
    },
  ),
  scenario(
    'when a key is exported then it is the key that was given',
    ['list:certificate', 'exportKey', 'field:keyId'],
    async (world) => {
      await world.stock({ of: web, keyed: true })
      const { keyId } = await rowOf(world.store, web)
      const { pkcs8, spki } = await world.store.key(String(keyId))
      const given = pkcs8.use((key) =>
        createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8' }),
      )
      expect(given.equals(web.key)).toBe(true)
      expect(sameBytes(spki, web.spki)).toBe(true)
    },
  ),
  scenario("when a key is nobody's then it is not found", ['exportKey'], async (world) => {
    await expect(world.store.key('ab'.repeat(32))).rejects.toMatchObject({ code: 'record.not-found' })
  }),
  scenario(
    'when a request is opened then its bytes are exactly those received',
    ['list:request', 'notion:queue', 'exportRequest'],
    async (world) => {
      await authority(world.backing)
      const csr = csrFor('new.example')
      await world.backing.submit({ csr })
      const { der, row } = await world.store.request((await requestRow(world.store, 'new.example')).id)
      expect(sameBytes(der, csr)).toBe(true)
      expect(row['subject']).toBe('CN=new.example,O=Example')
    },
    noStrangers,
  ),
  scenario(
    'when a request is resolved by its id then it is that row',
    ['list:request', 'notion:queue'],
    async (world) => {
      await authority(world.backing)
      await queued(world.backing, 'one.example')
      await queued(world.backing, 'two.example')
      const row = await requestRow(world.store, 'two.example')
      expect((await resolve(world.store, `requests/${row.id}`))['subject']).toBe(row['subject'])
    },
    noStrangers,
  ),
  scenario("when a request is nobody's then it is not found", ['list:request'], async (world) => {
    await expect(resolve(world.store, 'requests/4711')).rejects.toMatchObject({ code: 'record.not-found' })
  }),
  scenario(
    'when a store is asked about itself then it says kind, name, place and claims',
    [],
    async ({ store, name }) => {
      const info = await store.info()
      expect(info.kind).toBe(name)
      expect(info.claims).toContain('read')
      expect([info.location, info.name].every((text) => text.length > 0)).toBe(true)
    },
  ),
  scenario(
    'when a store is asked what it can then every refusal that follows has words',
    [],
    async ({ store }) => {
      const lacking = Object.entries(store.can).filter(([, able]) => able === false)
      for (const [ability] of lacking) {
        const refusal = store.refusal?.(ability as 'import')
        expect(refusal).toMatchObject({ code: 'store.unsupported' })
        expect(refusal!.hint).not.toBe('')
      }
      expect(store.can.list).toContain('certificate')
    },
  ),
  scenario(
    'when a certificate is deleted behind then it is gone here',
    ['list:certificate'],
    async (world) => {
      await world.stock({ of: web }, { of: mail })
      const row = await rowOf(world.backing, web)
      await world.backing.delete([{ kind: 'certificate', id: row.id }])
      expect(await has(world.store, web)).toBe(false)
      expect(await has(world.store, mail)).toBe(true)
    },
  ),
]
