import { CertmanError } from '../../base/errors.ts'
import { Secret } from '../../base/secret.ts'
import { decryptPkcs8 } from '../../formats/pkcs8.ts'
import type { Answer } from '../../http/exchange.ts'
import { noPrivateKey } from './errors.ts'
import { certificateFileName } from './names.ts'
import { ok } from './server-answer.ts'
import { outgoing } from './server-chain.ts'
import type { Desk } from './server-desk.ts'
import { namedCertificate } from './server-find.ts'
import { keyFileContent, keyFileWish } from './server-key-file.ts'
import { objectBody, requiredText } from './server-request.ts'
import { scopeOf, type Found } from './server-scope.ts'
import { HEADER } from './wire.ts'

/** `POST /Certificates/Recover`: the certificate with its key. The member is called `PFX` whatever the format. */
export async function recover(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  const wish = keyFileWish(desk, body, false)
  const password = new Secret(requiredText(body, 'Password'))
  const found = await namedCertificate(desk, await scopeOf(desk), body)
  const key = await privateKeyOf(found, password)
  const chain = await outgoing(found, wish)
  const name = certificateFileName(chain.leaf.facts, wish.extension)
  const content = keyFileContent({ desk, wish, chain, key, password })
  return ok({ PFX: content, FileName: name }, { [HEADER.file]: name })
}

/**
 * The plain key. One that the store keeps encrypted opens with the password that is asked for here, or not at all.
 *
 * @throws {WireFault} 400 `0xA0110002` without a key
 */
async function privateKeyOf({ served: { store }, row }: Found, password: Secret): Promise<Secret> {
  const { keyId, exportable } = row
  if (typeof keyId !== 'string') throw noPrivateKey()
  if (exportable === false)
    throw new CertmanError('key.not-exportable', 'the private key is marked not exportable')
  const key = await store.key(keyId)
  if (!key.encrypted) return key.pkcs8
  return key.pkcs8.use((der) => decryptPkcs8(der, password))
}
