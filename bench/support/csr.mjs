// Makes certificate requests for the benchmarks: P-256, one DNS name each, every one with a key of its own.
import { generateKeyPairSync, sign } from 'node:crypto'
import { der, ECDSA_SHA256, integer, name, octets, oid, sequence } from './bundle.mjs'

/** DER of one request for `host`. */
export function makeCsr(host) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const names = sequence(oid('551d11'), octets(sequence(der(0x82, Buffer.from(host)))))
  const asked = sequence(oid('2a864886f70d01090e'), der(0x31, sequence(names)))
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const info = sequence(integer(0), name(host), spki, der(0xa0, asked))
  const signature = sign('sha256', info, privateKey)
  return sequence(info, ECDSA_SHA256, der(0x03, Buffer.from([0]), signature))
}

/** PEM text of a request. */
export const csrPem = (bytes) =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE REQUEST-----\n`
