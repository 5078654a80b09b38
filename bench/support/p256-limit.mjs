// What a machine does when a P-256 certificate is issued from a CSR, whatever the program: read the key of the request,
// verify its signature, sign the certificate. The aims were set on a machine whose Node takes 93, 48 and 20 µs for these
// three; they are done in the same way here, so that the aims can be had in the measure of this machine.
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'

/** Certificates per second of processor time that the three allowed where the aims were set. */
export const LIMIT_OF_THE_AIMS = 1e6 / (93 + 48 + 20)

const makeOne = () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const request = Buffer.alloc(250, 'request')
  const key = { key: publicKey.export({ type: 'spki', format: 'der' }), format: 'der', type: 'spki' }
  return { key, request, signature: sign('sha256', request, privateKey), privateKey }
}

const seconds = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** Certificates per second of processor time that `count` keys, verifications and signatures allow. */
export function p256Limit(count = 1000) {
  const all = Array.from({ length: count }, makeOne)
  const certificate = Buffer.alloc(450, 'certificate')
  const started = seconds()
  for (const { key, request, signature } of all)
    if (!verify('sha256', request, createPublicKey(key), signature))
      throw new Error('p256-limit: a signature is wrong')
  for (let n = 0; n < count; n++) sign('sha256', certificate, all[0].privateKey)
  return count / (seconds() - started)
}
