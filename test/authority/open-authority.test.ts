import { expect, test } from 'vitest'
import { octetString } from '../../src/asn1/writer.ts'
import { openAuthority, requireIssuer, type OpenAuthority } from '../../src/authority/open-authority.ts'
import { openSigner } from '../../src/crypto/signer.ts'
import { extension } from '../../src/x509/write-extensions.ts'
import { makeCertificate } from '../support/make-certificates.ts'
import { failureOf, makeIntermediate, makeRoot, NOW, type TestAuthority } from './material.ts'

const opened = ({ der, signer }: TestAuthority, ...above: readonly TestAuthority[]): OpenAuthority =>
  openAuthority({ certificate: der, signer, chain: above.map((each) => each.der), name: 'own' })

const free = await makeRoot()
const rootOf = (pathLen: number): Promise<TestAuthority> => makeRoot({ pathLen })
const below = (pathLen: number | null): Promise<TestAuthority> =>
  makeIntermediate(free, { wish: { pathLen } })

// RFC 5280 section 4.2.1.9
test('the path length that is left is the least of its own and those above, less what lies between', async () => {
  expect(opened(await below(null), await rootOf(2)).pathLen).toBe(1)
  expect(opened(await below(0), await rootOf(3)).pathLen).toBe(0)
  expect(opened(await below(3), await rootOf(1)).pathLen).toBe(0)
  expect(opened(await below(null), free).pathLen).toBeNull()
})

test('a certificate between that an authority issued to itself takes nothing from a path length', async () => {
  const link = await makeRoot({ subject: 'CN=Root,O=Example' })
  expect(opened(await below(null), link, await rootOf(1)).pathLen).toBe(0)
})

test('an authority below one whose path length is exhausted signs nothing', async () => {
  const authority = opened(await below(null), await rootOf(0))
  expect(await failureOf(() => requireIssuer(authority, NOW))).toMatchObject({
    code: 'policy.refused',
    message:
      'the authority own may sign nothing: a path length above it is exhausted (RFC 5280 section 4.2.1.9)',
  })
  expect(() => requireIssuer(opened(free), NOW)).not.toThrow()
})

// RFC 5280 section 4.1.2.5
test('an authority signs from its first second to its last one, both included', () => {
  const authority = opened(free)
  for (const now of [authority.notBefore, authority.notAfter])
    expect(() => requireIssuer(authority, now)).not.toThrow()
})

test('an authority of version 1 signs nothing, whatever its extensions say', async () => {
  const authority = opened(free)
  const old = { ...authority, facts: { ...authority.facts, version: 1 } }
  expect((await failureOf(() => requireIssuer(old, NOW))).message).toContain('is no CA')
})

test('an authority whose name constraints cannot be read, or those above it, is not opened', async () => {
  const damaged = extension('2.5.29.30', true, octetString(Uint8Array.of(1)))
  const { der, pkcs8 } = makeCertificate({ cn: 'Damaged', ca: true, extensions: [damaged] })
  const refused = {
    code: 'policy.refused',
    message: 'the name constraints of the authority CN=Damaged,O=Example are malformed',
  }
  expect(await failureOf(() => openAuthority({ certificate: der, signer: openSigner(pkcs8) }))).toMatchObject(
    refused,
  )
  const { der: certificate, signer } = await below(null)
  expect(await failureOf(() => openAuthority({ certificate, signer, chain: [der] }))).toMatchObject(refused)
})
