import { CertmanError } from '../base/errors.ts'
import { append } from '../base/lists.ts'
import { PbeWork } from '../crypto/pbe-work.ts'
import { detect, type Detected } from './detect.ts'
import type { Bundle, InputFormat, Item, LeftItem, Place, ReadOptions } from './items.ts'
import { readJks } from './jks.ts'
import { isOpensshLine, readOpensshLine } from './openssh.ts'
import { PasswordLoop } from './password-loop.ts'
import { readPkcs12 } from './pkcs12/read.ts'
import { atPlace, describePlace, placed, within } from './place.ts'
import { one, readCertificate, readCrl, readPkcs7Items, readRequest, type Reading } from './read-der-items.ts'
import { readKey, readPublicKey } from './read-keys.ts'
import { readPemItems } from './read-pem-items.ts'
import { derBehindPem, partsOfRow } from './row.ts'

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
  const bundle = await readDetected(detected, place, { work: new PbeWork(), ...options }).catch(
    (cause: unknown) => {
      throw placed(cause, place)
    },
  )
  // a file with nothing but secrets or parameters has been read: `left` says what it holds
  if (bundle.items.length > 0 || bundle.left.length > 0) return bundle
  throw new CertmanError('input.empty', `${describePlace(place)} holds no certificate, request, CRL or key`)
}

async function readDetected(detected: Detected, place: Place, options: ReadOptions): Promise<Bundle> {
  const { format, bytes, isJwk } = detected
  switch (format) {
    case 'pem':
      return { ...(await readPemAndRest(bytes, place, options)), ...(isJwk && { isJwk }) }
    case 'pkcs12':
      return readPkcs12(bytes, options)
    case 'jks':
    case 'jceks':
      return readJks(bytes, options)
    case 'openssh':
      return { format, ...readOpensshLines(bytes, place) }
    default:
      return { format, ...(await readRow({ format, bytes }, place, options)) }
  }
}

/** PEM, and DER values behind it. */
async function readPemAndRest(bytes: Uint8Array, place: Place, options: ReadOptions): Promise<Bundle> {
  const { items, left } = await readPemItems(bytes, options)
  const at = derBehindPem(bytes)
  if (at === undefined) return { format: 'pem', items, left }
  const behind = await readPart(bytes.subarray(at), valueAt(place, at), options)
  return { format: 'pem', items: [...items, ...behind.items], left: [...left, ...behind.left] }
}

const valueAt = (place: Place, at: number): Place => within(place, `value at byte ${at}`)

async function readPart(bytes: Uint8Array, place: Place, options: ReadOptions): Promise<Reading> {
  return readDetected(
    atPlace(place, () => detect(bytes)),
    place,
    options,
  )
}

interface Single {
  readonly format: Exclude<InputFormat, 'pem' | 'pkcs12' | 'jks' | 'jceks' | 'openssh'>
  readonly bytes: Uint8Array
}

/** One DER value, or several things one behind the other: so `cat` joins them, and Java and OpenSSL read them. */
async function readRow({ format, bytes }: Single, place: Place, options: ReadOptions): Promise<Reading> {
  const parts = partsOfRow(bytes)
  // a lone value, or something that is none follows: its reader says so
  if (parts === undefined) return readSingle({ format, bytes }, place, options)
  const items: Item[] = []
  const left: LeftItem[] = []
  for (const { at, part, isFiller } of parts) {
    const inside = valueAt(place, at)
    if (isFiller)
      left.push({ what: `${part.length} bytes of filling`, place: inside, why: 'they say nothing' })
    else {
      const reading =
        at === 0
          ? await readSingle({ format, bytes: part }, inside, options)
          : await readPart(part, inside, options)
      append(items, reading.items)
      append(left, reading.left)
    }
  }
  return { items, left }
}

async function readSingle({ format, bytes }: Single, place: Place, options: ReadOptions): Promise<Reading> {
  switch (format) {
    case 'der-certificate':
      return one(readCertificate(bytes, place))
    case 'der-certificate-request':
      return one(readRequest(bytes, place))
    case 'der-crl':
      return one(readCrl(bytes, place))
    case 'der-public-key':
      return one(readPublicKey(bytes, place))
    case 'der-key':
      return one(await readKey({ bytes, place }, new PasswordLoop(options)))
    case 'pkcs7':
      return readPkcs7Items(bytes, place)
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
