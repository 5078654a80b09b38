// Makes a PEM bundle of certificates for the benchmarks: one CA and as many P-256 end entities as wanted,
// expiring on different days. A DER writer of twenty lines is enough for that.
import { createHash, generateKeyPairSync, sign } from 'node:crypto'

export const der = (tag, ...parts) => {
  const content = Buffer.concat(parts)
  const n = content.length
  const length = n < 128 ? [n] : n < 256 ? [0x81, n] : [0x82, n >> 8, n & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}
export const sequence = (...parts) => der(0x30, ...parts)
const utf8 = (text) => der(0x0c, Buffer.from(text))
export const oid = (hex) => der(0x06, Buffer.from(hex, 'hex'))
export const octets = (...parts) => der(0x04, ...parts)
export const integer = (n) => {
  const hex = n.toString(16)
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')
  return der(0x02, bytes[0] > 127 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes)
}
const attribute = (id, text) => der(0x31, sequence(oid(id), utf8(text)))
export const name = (cn) => sequence(attribute('55040a', 'Bench'), attribute('550403', cn))
const utcTime = (date) => der(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`))
export const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'))
const yes = der(0x01, Buffer.from([0xff]))

const extension = (id, value, critical = false) =>
  sequence(oid(id), ...(critical ? [yes] : []), octets(value))
const sha1 = (bytes) => createHash('sha1').update(bytes).digest()

function extensionsOf({ ca, dns, spki, issuerSpki }) {
  const usage = der(0x03, Buffer.from(ca ? [1, 0x06] : [5, 0xa0]))
  const list = [
    extension('551d13', ca ? sequence(yes) : sequence(), true),
    extension('551d0f', usage, true),
    extension('551d0e', octets(sha1(spki))),
    extension('551d23', sequence(der(0x80, sha1(issuerSpki)))),
  ]
  if (dns) {
    list.push(extension('551d25', sequence(oid('2b06010505070301'))))
    list.push(extension('551d11', sequence(...dns.map((host) => der(0x82, Buffer.from(host))))))
  }
  return der(0xa3, sequence(...list))
}

function certificate({ serial, subject, issuer, days, spki, signer, ...rest }) {
  const from = new Date('2026-01-01T00:00:00Z')
  const until = new Date(from.getTime() + days * 86_400_000)
  const tbs = sequence(
    der(0xa0, integer(2)),
    integer(serial),
    ECDSA_SHA256,
    name(issuer),
    sequence(utcTime(from), utcTime(until)),
    name(subject),
    spki,
    extensionsOf({ ...rest, spki }),
  )
  const signature = sign('sha256', tbs, signer)
  return sequence(tbs, ECDSA_SHA256, der(0x03, Buffer.from([0]), signature))
}

const pem = (bytes) =>
  `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`

/** PEM text of `count` certificates, the CA first. Serial numbers begin at a fixed place, keys are new each time. */
export function makeBundle(count) {
  const ca = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const caSpki = ca.publicKey.export({ type: 'spki', format: 'der' })
  const common = { issuer: 'Bench CA', issuerSpki: caSpki, signer: ca.privateKey }
  const first = { ...common, serial: 1n << 80n, subject: 'Bench CA', days: 8000, spki: caSpki, ca: true }
  const blocks = [pem(certificate(first))]
  for (let i = 1; i < count; i++) {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const host = `host-${String(i).padStart(7, '0')}.bench.example`
    const spki = publicKey.export({ type: 'spki', format: 'der' })
    const one = {
      ...common,
      serial: (1n << 80n) + BigInt(i),
      subject: host,
      days: 365 + (i % 3000),
      spki,
      ca: false,
    }
    blocks.push(pem(certificate({ ...one, dns: [host, `www.${host}`] })))
  }
  return blocks.join('')
}

/** A server certificate for `localhost`, its key and the CA that issued it, all PEM. */
export function serverFiles() {
  const [ca, leaf] = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }))
  const [caSpki, spki] = [ca, leaf].map(({ publicKey }) => publicKey.export({ type: 'spki', format: 'der' }))
  const common = { issuer: 'Bench CA', issuerSpki: caSpki, signer: ca.privateKey, days: 8000 }
  const root = certificate({ ...common, serial: 1n << 80n, subject: 'Bench CA', spki: caSpki, ca: true })
  const host = { serial: 2n << 80n, subject: 'localhost', spki, ca: false, dns: ['localhost'] }
  return {
    ca: pem(root),
    certificates: pem(certificate({ ...common, ...host })),
    key: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }),
  }
}
