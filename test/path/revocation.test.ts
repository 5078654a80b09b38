import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { pathMember } from '../../src/path/path-member.ts'
import { CrlShelf } from '../../src/path/revocation.ts'
import { inRepository } from '../support/built.ts'
import { makeCertificate } from '../support/make-certificates.ts'
import { requireOracle, runOracle } from '../support/oracles.ts'

const file = (name: string): string => inRepository(`fixtures/openssl-ca/${name}`)
const pem = (name: string): Uint8Array => {
  const [, body = ''] = /-----BEGIN [^-]+-----([^-]+)-----/.exec(readFileSync(file(name), 'utf8')) ?? []
  return new Uint8Array(Buffer.from(body, 'base64'))
}

const issuer = pathMember(pem('cacert.pem'))
const crl = pem('crl.pem')
const mail = pathMember(pem('newcerts/1001.pem'))
const revoked = pathMember(pem('newcerts/1003.pem'))
const WITHIN = new Date('2026-03-01T00:00:00Z')

test('the CRL of an authority revokes what OpenSSL refuses, and nothing else', (context) => {
  const openssl = requireOracle(context, 'openssl')
  const judged = (name: string): number => {
    const trust = ['-trusted', file('cacert.pem'), '-CRLfile', file('crl.pem'), '-crl_check']
    const at = ['-attime', String(WITHIN.getTime() / 1000)]
    return runOracle(openssl, ['verify', ...trust, ...at, file(name)]).status
  }
  const shelf = new CrlShelf([crl])
  expect([shelf.statusOf(mail, issuer, WITHIN).status, judged('newcerts/1001.pem')]).toEqual(['good', 0])
  expect([shelf.statusOf(revoked, issuer, WITHIN), judged('newcerts/1003.pem')]).toEqual([
    {
      status: 'revoked',
      why: 'the CRL of 2026-02-20T00:00:00Z lists it',
      date: '2026-02-15T12:00:00Z',
      reason: 'keyCompromise',
    },
    2,
  ])
})

test.each([
  [
    'before it was signed',
    '2026-02-19T23:59:59Z',
    'is from 2026-02-20T00:00:00Z, after the time in question',
  ],
  ['after the next one was due', '2026-04-01T00:00:01Z', 'ended on 2026-04-01T00:00:00Z'],
])('%s a CRL says nothing', (_when, at, why) => {
  const status = new CrlShelf([crl]).statusOf(revoked, issuer, new Date(at))
  expect(status).toEqual({ status: 'unknown', why: `the CRL ${why}` })
})

test('a CRL that another key signed says nothing, whatever name it bears', () => {
  const key = makeCertificate({ cn: 'Signing CA', ca: true })
  const status = new CrlShelf([crl]).statusOf(revoked, { ...issuer, der: key.der }, WITHIN)
  expect(status).toEqual({ status: 'unknown', why: 'the CRL is not signed by the key of the issuer' })
})

test('without a CRL of the issuer nothing is known', () => {
  const unknown = { status: 'unknown', why: 'no CRL of its issuer is at hand' }
  expect(new CrlShelf([]).statusOf(revoked, issuer, WITHIN)).toEqual(unknown)
  const other = pathMember(makeCertificate({ cn: 'elsewhere' }).der)
  expect(new CrlShelf([crl]).statusOf(other, other, WITHIN)).toEqual(unknown)
})
