import { endOfSequence } from '../asn1/gate.ts'
import { CertmanError } from '../base/errors.ts'
import { detect, type Detected } from './detect.ts'
import type { Bundle, InputFormat, Item, LeftItem, Place, ReadOptions } from './items.ts'
import { readJks } from './jks.ts'
import { isOpensshLine, readOpensshLine } from './openssh.ts'
import { PasswordLoop } from './password-loop.ts'
import { readPkcs12 } from './pkcs12/read.ts'
import { atPlace, describePlace, placed, within } from './place.ts'
import { readCertificate, readCrl, readPkcs7Items, readRequest, type Reading } from './read-der-items.ts'
import { readKey, readPublicKey } from './read-keys.ts'
import { readPemItems } from './read-pem-items.ts'

/**
 * Everything that a file holds: certificates, requests, CRLs, keys. The format is recognised by content, never by name.
 * Encrypted parts are opened with passwords from `options.password`, which is asked until it answers `undefined`.
 * Every certificate, request and CRL has been read to its end; every private key is plain PKCS#8 with its public key.
 *
 * @returns at least one entry in `items` or `left`: what nobody can take stands in `left`
 * @throws {CertmanError} led by file and place: `format.unknown`, `format.unsupported`, `input.empty`, `pem.malformed`,
 * `der.malformed`, `limit.exceeded`, `password.required`, `password.wrong`
 */
export async function readItems(bytes: Uint8Array, options: ReadOptions): Promise<Bundle> {
  const place: Place = { file: options.file }
  const detected = atPlace(place, () =>
    options.format === undefined ? detect(bytes) : { format: options.format, bytes },
  )
  const bundle = await readDetected(detected, place, options).catch((cause: unknown) => {
    throw placed(cause, place)
  })
  // a file with nothing but secrets or parameters has been read: `left` says what it holds
  if (bundle.items.length > 0 || bundle.left.length > 0) return bundle
  throw new CertmanError('input.empty', `${describePlace(place)} holds no certificate, request, CRL or key`)
}

async function readDetected(detected: Detected, place: Place, options: ReadOptions): Promise<Bundle> {
  const { format, bytes } = detected
  switch (format) {
    case 'pem':
      return readPemItems(bytes, options)
    case 'pkcs12':
      return readPkcs12(bytes, options)
    case 'jks':
    case 'jceks':
      return readJks(bytes, options)
    case 'openssh':
      return { format, ...readOpensshLines(bytes, place) }
    case 'pkcs7':
      return { format, ...readPkcs7Items(bytes, place) }
    default:
      return { format, ...(await readRow({ format, bytes }, place, options)) }
  }
}

type SingleFormat = Exclude<InputFormat, 'pem' | 'pkcs12' | 'jks' | 'jceks' | 'openssh' | 'pkcs7'>

interface Single {
  readonly format: SingleFormat
  readonly bytes: Uint8Array
}

/** One DER value, or several one behind the other: so `cat` joins them, and Java and OpenSSL read them. */
async function readRow({ format, bytes }: Single, place: Place, options: ReadOptions): Promise<Reading> {
  const items: Item[] = []
  const left: LeftItem[] = []
  for (let at = 0, end; at < bytes.length; at = end) {
    end = endOfSequence(bytes, at)
    // a lone value, or what follows is none: its reader says so
    if (end === undefined || end - at === bytes.length)
      return { items: [await readSingle({ format, bytes }, place, options)], left: [] }
    const value = bytes.subarray(at, end)
    const inside = within(place, `value at byte ${at}`)
    const detected = at === 0 ? { format, bytes: value } : atPlace(inside, () => detect(value))
    const reading = await readDetected(detected, inside, options)
    items.push(...reading.items)
    left.push(...reading.left)
  }
  return { items, left }
}

async function readSingle({ format, bytes }: Single, place: Place, options: ReadOptions): Promise<Item> {
  switch (format) {
    case 'der-certificate':
      return readCertificate(bytes, place)
    case 'der-certificate-request':
      return readRequest(bytes, place)
    case 'der-crl':
      return readCrl(bytes, place)
    case 'der-public-key':
      return readPublicKey(bytes, place)
    case 'der-key':
      return readKey({ bytes, place }, new PasswordLoop(options))
  }
}

/** The lines of a `.pub`, `authorized_keys` or `known_hosts` file. */
function readOpensshLines(bytes: Uint8Array, place: Place): Reading {
  const items: Item[] = []
  const left: LeftItem[] = []
  const lines = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split(/\r\n|[\r\n]/)
  for (const [i, text] of lines.entries()) {
    const line = text.trim()
    if (line === '' || line.startsWith('#')) continue
    const at: Place = { file: place.file, at: `line ${i + 1}` }
    if (isOpensshLine(line))
      items.push({ type: 'public-key', spki: atPlace(at, () => readOpensshLine(line)), place: at })
    else left.push({ what: 'line', place: at, why: 'it is no OpenSSH public key' })
  }
  return { items, left }
}
