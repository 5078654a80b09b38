import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { frozenAmbient } from '../support/ambient.ts'
import { systemAmbient } from '../../src/library.ts'
import { randomSerialNumber } from '../../src/authority/serial-number.ts'
import { memoryRepository } from '../support/memory-repository.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { localStore } from '../../src/store/local-store.ts'
import type { Store } from '../../src/store/store.ts'
import { describeCertificate } from '../../src/x509/certificate.ts'
import { describeCsr } from '../../src/x509/csr.ts'
import { revokedEntries } from '../../src/x509/crl.ts'
import { parseGeneralName } from '../../src/x509/general-name-text.ts'
import { csrFor, rootOrder, target } from '../contracts/authority/world.ts'
import { makeKey } from '../support/make-certificates.ts'

async function newStore(): Promise<Store> {
  const ambient = frozenAmbient()
  const random = systemAmbient().random
  const world = { ...ambient, random }
  const store = localStore(memoryRepository(describeRecord, world), {
    ambient: world,
    kind: 'memory',
    location: 'memory',
  })
  await store.createAuthority(rootOrder())
  return store
}

const label = fc
  .stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/)
  .filter((text) => !text.startsWith('xn--'))
const name = fc.oneof(
  fc.tuple(label, label).map(([a, b]) => `dns:${a}.${b}.example`),
  fc.ipV4().map((address) => `ip:${address}`),
  fc.ipV6().map((address) => `ip:${address}`),
  label.map((local) => `email:${local}@mail.example`),
  label.map((path) => `uri:https://web.example/${path}`),
  label.map((user) => `upn:${user}@corp.example`),
  label.map((text) => `dirName:CN=${text},O=Example`),
  fc.nat(1000).map((number) => `rid:1.3.6.1.4.1.${number}`),
  label.map((text) => `dns:*.${text}.bücher.example`),
  label.map((text) => `srv:_${text.replaceAll('-', '')}.example.com`),
  label.map((user) => `xmpp:${user}@jürgen.example`),
  fc.tuple(fc.nat(1000), label).map(([number, text]) => `otherName:1.2.3.${number};UTF8:naïve ${text}`),
)

/** Every type of alternative name is permitted. */
const ANY = {
  name: 'any-name',
  names: {
    permittedTypes: ['dns', 'ip', 'email', 'uri', 'directoryName', 'registeredId', 'otherName'],
    required: false,
  },
}

test('whatever alternative names a request has, its certificate has them too, in their order', async () => {
  const store = await newStore()
  await store.addProfile(ANY)
  const key = makeKey()
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 12 }), async (names) => {
      const csr = csrFor(names, key)
      const [signing] = await store.issue([{ csr }], { profile: 'any-name', days: 30 })
      expect(describeCertificate(signing!.der).subjectAltName).toEqual(describeCsr(csr).subjectAltName)
      // and byte for byte, whatever our own reader makes of them
      const asked = Buffer.concat(names.map(parseGeneralName))
      expect(Buffer.from(signing!.der).includes(asked)).toBe(true)
    }),
    { numRuns: 150 },
  )
}, 60_000)

test('100,000 serial numbers are 100,000 different ones, positive and of at most 16 octets', () => {
  const { random } = systemAmbient()
  const seen = new Set<string>()
  for (let at = 0; at < 100_000; at++) seen.add(randomSerialNumber(random))
  expect(seen.size).toBe(100_000)
  expect([...seen].every((serial) => /^[1-9a-f][0-9a-f]{0,31}$/.test(serial))).toBe(true)
})

test('whatever is revoked, held and released, the CRL lists exactly what is revoked', async () => {
  const store = await newStore()
  const key = makeKey()
  const requests = Array.from({ length: 12 }, (_, at) => ({ csr: csrFor([`dns:h${at}.example`], key) }))
  const signed = await store.issue(requests, { days: 30 })
  const serials = new Map(
    signed.map(({ outcomes: [certificate] }) => [certificate!.id, certificate!.row['serialNumber']]),
  )
  const held = new Set<string>()
  const revoked = new Set<string>()
  const step = fc.tuple(fc.constantFrom(...serials.keys()), fc.constantFrom('hold', 'release', 'revoke'))
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
      for (const [id, what] of steps) {
        const certificate = [target(id, 'certificate')]
        const isPossible =
          what === 'hold'
            ? !held.has(id) && !revoked.has(id)
            : what === 'release'
              ? held.has(id)
              : !revoked.has(id)
        const reason = what === 'hold' ? 'certificateHold' : 'superseded'
        const done = await (
          what === 'release' ? store.release(certificate, {}) : store.revoke(certificate, { reason })
        ).then(
          () => true,
          () => false,
        )
        expect(done).toBe(isPossible)
        if (!done) continue
        held.delete(id)
        if (what === 'hold') held.add(id)
        if (what === 'revoke') revoked.add(id)
      }
      const listed = [...revokedEntries((await store.crl('root')).der)].map(
        ({ serialNumber }) => serialNumber,
      )
      expect(listed.toSorted()).toEqual([...held, ...revoked].map((id) => serials.get(id)).toSorted())
    }),
    { numRuns: 40 },
  )
}, 60_000)
