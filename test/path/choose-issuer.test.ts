import { describe, expect, test } from 'vitest'
import { certificateState } from '../../src/domain/records.ts'
import {
  chainFrom,
  type ChainMember,
  chooseIssuer,
  isSelfSigned,
  poolOf,
} from '../../src/path/choose-issuer.ts'
import { describeCertificate } from '../../src/x509/certificate.ts'
import { makeCertificate, makeKey, type TestCertificate } from '../support/make-certificates.ts'

const NOW = new Date('2026-06-01T00:00:00Z')

interface Member extends ChainMember {
  readonly fingerprint: string
}

function member({ der, fingerprint }: TestCertificate): Member {
  const facts = describeCertificate(der)
  return { facts, der, fingerprint, state: certificateState({}, facts, NOW) }
}

const rootKey = makeKey()
const root = makeCertificate({ cn: 'Root', ca: true, key: rootKey })
const leaf = makeCertificate({ cn: 'leaf.example', issuer: root })

describe('choosing an issuer', () => {
  test('when two have the name then the one whose key made the signature is taken', () => {
    const stranger = makeCertificate({ cn: 'Root', ca: true })
    expect(chooseIssuer(member(leaf), [member(stranger), member(root)])?.fingerprint).toBe(root.fingerprint)
    expect(chooseIssuer(member(leaf), [member(stranger)])).toBeUndefined()
  })

  test('when another poses with the key identifier then its key gives it away', () => {
    const forger = makeCertificate({ cn: 'Root', ca: true, posesAs: rootKey })
    expect(member(forger).facts.subjectKeyIdentifier).toBe(member(root).facts.subjectKeyIdentifier)
    expect(chooseIssuer(member(leaf), [member(forger)])).toBeUndefined()
  })

  test('when the name is written otherwise then it is the same (RFC 5280 section 7.1)', () => {
    const spelled = makeCertificate({ cn: '  ROOT ', ca: true, key: rootKey })
    expect(chooseIssuer(member(leaf), [member(spelled)])?.fingerprint).toBe(spelled.fingerprint)
    expect(chainFrom(member(leaf), poolOf([member(spelled)]))).toHaveLength(1)
    const other = makeCertificate({ cn: 'Ro ot', ca: true, key: rootKey })
    expect(chooseIssuer(member(leaf), [member(other)])).toBeUndefined()
  })

  test('when it says that it is no authority then it issued nothing', () => {
    const noAuthority = makeCertificate({ cn: 'Root', key: rootKey })
    expect(chooseIssuer(member(leaf), [member(noAuthority)])).toBeUndefined()
  })

  test('when an authority was renewed with the same key then the valid one with the latest end is taken', () => {
    const old = makeCertificate({ cn: 'Root', ca: true, key: rootKey, notAfter: '2026-02-01T00:00:00Z' })
    const renewed = makeCertificate({ cn: 'Root', ca: true, key: rootKey, notAfter: '2030-01-01T00:00:00Z' })
    const future = makeCertificate({
      cn: 'Root',
      ca: true,
      key: rootKey,
      notBefore: '2027-01-01T00:00:00Z',
      notAfter: '2040-01-01T00:00:00Z',
    })
    const candidates = [old, future, root, renewed].map((each) => member(each))
    expect(chooseIssuer(member(leaf), candidates)?.fingerprint).toBe(renewed.fingerprint)
    expect(chooseIssuer(member(leaf), [member(old)])?.fingerprint).toBe(old.fingerprint)
  })
})

describe('a chain', () => {
  const issuing = makeCertificate({ cn: 'Issuing', ca: true, issuer: root })
  const web = makeCertificate({ cn: 'web.example', issuer: issuing })

  test('when all issuers are there then it goes up to the root, the nearest first', () => {
    const chain = chainFrom(member(web), poolOf([root, leaf, web, issuing].map(member)))
    expect(chain.map(({ fingerprint }) => fingerprint)).toEqual([issuing.fingerprint, root.fingerprint])
  })

  test('when one is missing then it ends there', () => {
    expect(chainFrom(member(web), poolOf([root].map(member)))).toEqual([])
    const chain = chainFrom(member(web), poolOf([issuing].map(member)))
    expect(chain.map(({ fingerprint }) => fingerprint)).toEqual([issuing.fingerprint])
  })

  test('when two authorities sign each other then it ends all the same', () => {
    const keyA = makeKey()
    const keyB = makeKey()
    const a = makeCertificate({ cn: 'A', ca: true, key: keyA })
    const b = makeCertificate({ cn: 'B', ca: true, key: keyB })
    const aByB = makeCertificate({ cn: 'A', ca: true, key: keyA, issuer: b })
    const bByA = makeCertificate({ cn: 'B', ca: true, key: keyB, issuer: a })
    const chain = chainFrom(member(aByB), poolOf([aByB, bByA].map(member)))
    expect(chain.map(({ fingerprint }) => fingerprint)).toEqual([bByA.fingerprint])
  })

  test('when a root names itself as issuer then it is the end, and a forged one is not', () => {
    expect(isSelfSigned(member(root))).toBe(true)
    const forged = makeCertificate({ cn: 'Root', ca: true, issuer: root })
    expect(isSelfSigned(member(forged))).toBe(false)
  })
})
