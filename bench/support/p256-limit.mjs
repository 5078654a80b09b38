// What no program in this Node can do without when it issues a P-256 certificate from a CSR: read the key of the request,
// verify its signature, sign the certificate. The key is read in the quickest of Node's ways (WebCrypto's raw form).
import { generateKeyPairSync, KeyObject, sign, verify, webcrypto } from 'node:crypto'

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' }
/** SubjectPublicKeyInfo of P-256 up to the point. */
const HEAD = 26

const makeOne = () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const request = Buffer.alloc(250, 'request')
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(HEAD)
  return { point, request, signature: sign('sha256', request, privateKey), privateKey }
}

const seconds = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** Certificates per second of processor time that `count` keys, verifications and signatures allow. */
export async function p256Limit(count = 1000) {
  const all = Array.from({ length: count }, makeOne)
  const certificate = Buffer.alloc(450, 'certificate')
  const started = seconds()
  for (const { point, request, signature } of all) {
    const key = KeyObject.from(await webcrypto.subtle.importKey('raw', point, ECDSA, true, ['verify']))
    if (!verify('sha256', request, key, signature)) throw new Error('p256-limit: a signature is wrong')
  }
  for (let n = 0; n < count; n++) sign('sha256', certificate, all[0].privateKey)
  return count / (seconds() - started)
}
