// Certificates by the hundred thousand, cheaply: one real certificate, in which number, host name, key and end of
// validity are overwritten. They read like any other; their signatures fit nothing.
import { createHash } from 'node:crypto'
import { makeBundle } from './bundle.mjs'

const HOST = 'host-0000001.bench.example'
const FIRST_SERIAL = 1n << 80n

const decode = (pem) => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')

function placesOf(der, needle) {
  const places = []
  for (let at = der.indexOf(needle); at >= 0; at = der.indexOf(needle, at + 1)) places.push(at)
  return places
}

/** The host name of the n-th certificate. */
export const hostOf = (n) => `host-${String(n).padStart(7, '0')}.bench.example`

/** The serial number of the n-th certificate, in hex. */
export const serialOf = (n) => (FIRST_SERIAL + BigInt(n)).toString(16)

/** A maker of PEM text: `(from, count)` gives that many certificates, numbered from `from`; each its own, always the same. */
export function syntheticCertificates() {
  const der = decode(makeBundle(2).split('-----END CERTIFICATE-----\n')[1])
  const hosts = placesOf(der, HOST).map((at) => at + 5)
  const serial = der.indexOf(Buffer.from(serialOf(1).padStart(22, '0'), 'hex')) + 7
  const validity = der.indexOf(Buffer.from('170d', 'hex')) + 15 + 2
  const point = der.indexOf(Buffer.from('03420004', 'hex')) + 4
  const one = (n) => {
    der.writeUInt32BE(n, serial)
    const digits = String(n).padStart(7, '0')
    for (const at of hosts) der.write(digits, at, 'latin1')
    // spread over ten years, in no order
    const day = new Date(Date.UTC(2027, 0, 1 + ((n * 7919) % 3650)))
    der.write(day.toISOString().slice(2, 10).replaceAll('-', ''), validity, 'latin1')
    createHash('sha512').update(digits).digest().copy(der, point)
    const lines = der.toString('base64').replace(/.{64}/g, '$&\n')
    return `-----BEGIN CERTIFICATE-----\n${lines.trimEnd()}\n-----END CERTIFICATE-----\n`
  }
  return (from, count) => Array.from({ length: count }, (_, i) => one(from + i)).join('')
}
