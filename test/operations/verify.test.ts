import { X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { expect, test } from 'vitest'
import { verify } from '../../src/operations/verify.ts'
import { foreignMember } from '../../src/operations/verify-member.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { makeCertificate } from '../support/make-certificates.ts'
import { temporaryFolder } from '../support/temporary.ts'

const AT = new Date('2026-06-15T00:00:00Z')
const folder = temporaryFolder('verify')
const nearRoot = makeCertificate({ cn: 'Near root', ca: true })
const near = makeCertificate({ cn: 'near', issuer: nearRoot })
const far = rootCertificates
  .map((pem) => new X509Certificate(pem))
  .find(({ validFrom, validTo }) => new Date(validFrom) < AT && AT < new Date(validTo))!
writeFileSync(join(folder, 'root.der'), nearRoot.der)

/** Whether each certificate is to be trusted. */
async function trusted(
  trust: readonly string[],
  ...ders: readonly Uint8Array[]
): Promise<readonly unknown[]> {
  const tools = { ambient: frozenAmbient(), readStdin: () => Promise.resolve(new Uint8Array()) }
  const request = { at: AT, requireCrl: false, trust, chain: [], crl: [], ocsp: [], cwd: folder }
  const leaves = ders.map((der) => foreignMember(der, 'file'))
  const asked = { leaves, beside: { members: [], crls: [] } }
  const password = (): Promise<undefined> => Promise.resolve(undefined)
  const verdicts = await verify(asked, undefined, { ...request, tools, password })
  return verdicts.map((verdict) => verdict['trusted'])
}

test('whom the system trusts counts beside those that are named, whichever comes first', async () => {
  const [nearDer, farDer] = [near.der, new Uint8Array(far.raw)]
  for (const trust of [
    ['system', 'root.der'],
    ['root.der', 'system'],
  ])
    expect(await trusted(trust, nearDer, farDer)).toEqual([true, true])
  expect(await trusted(['root.der'], nearDer, farDer)).toEqual([true, false])
  expect(await trusted(['system'], nearDer, farDer)).toEqual([false, true])
})
