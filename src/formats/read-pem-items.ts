import { toDefinite } from '../asn1/ber.ts'
import { CertmanError } from '../base/errors.ts'
import { orNoneSync } from '../base/or-none.ts'
import { printable } from '../base/text.ts'
import { append } from '../base/lists.ts'
import { splitTrustedCertificate } from '../x509/certificate.ts'
import type { Bundle, Item, LeftItem, Place, ReadOptions } from './items.ts'
import { classifyDer } from './classify-der.ts'
import { UNREAD_JWK } from './jwk.ts'
import { PasswordLoop } from './password-loop.ts'
import { requirePem, type PemBlock } from './pem.ts'
import { atPlace, describePlace, placed, within } from './place.ts'
import { one, readCertificate, readCrl, readPkcs7Items, readRequest, type Reading } from './read-der-items.ts'
import { readKey, readOpensshKey, readPublicKey } from './read-keys.ts'
import { readPkcs12 } from './pkcs12/read.ts'
import { dekInfoOf } from './traditional.ts'

interface BlockContext {
  readonly options: ReadOptions
  readonly passwords: PasswordLoop
  /** Content of the last `EC PARAMETERS` or `SM2 PARAMETERS` block. */
  readonly curve: Uint8Array | undefined
}

type BlockReader = (block: PemBlock, place: Place, context: BlockContext) => Reading | Promise<Reading>

/** PKCS#7 goes by the label of certificates, too: some authorities send it so, and `certutil -encode` knows no other. */
const isPkcs7 = (bytes: Uint8Array): boolean =>
  // a certificate has a definite length
  orNoneSync(() => classifyDer(bytes[1] === 0x80 ? toDefinite(bytes) : bytes)) === 'pkcs7'
const certificate: BlockReader = ({ der }, place) =>
  isPkcs7(der) ? readPkcs7Items(der, place) : one(readCertificate(der, place))
const request: BlockReader = (block, place) => one(readRequest(block.der, place))
const crl: BlockReader = (block, place) => one(readCrl(block.der, place))
const pkcs7: BlockReader = (block, place) => readPkcs7Items(block.der, place)
const publicKey: BlockReader = (block, place) => one(readPublicKey(block.der, place))
const key: BlockReader = async (block, place, { passwords, curve }) => {
  const dek = atPlace(place, () => dekInfoOf(block))
  return one(await readKey({ bytes: block.der, place, dek, curve }, passwords))
}

/** The labels of RFC 7468 and those that tools have used before and beside it. */
const READERS: Readonly<Record<string, BlockReader>> = {
  CERTIFICATE: certificate,
  'X509 CERTIFICATE': certificate,
  'X.509 CERTIFICATE': certificate,
  'TRUSTED CERTIFICATE': (block, place) => {
    const { certificate: der, auxiliary } = atPlace(place, () => splitTrustedCertificate(block.der))
    const why = 'they belong to OpenSSL alone; the certificate itself is taken'
    return {
      items: [readCertificate(der, place)],
      left: auxiliary ? [{ what: 'trust settings', place, why }] : [],
    }
  },
  'CERTIFICATE REQUEST': request,
  'NEW CERTIFICATE REQUEST': request,
  'X509 CRL': crl,
  CRL: crl,
  PKCS7: pkcs7,
  CMS: pkcs7,
  'PKCS #7 SIGNED DATA': pkcs7,
  'CERTIFICATE CHAIN': pkcs7, // so said Netscape's tools (RFC 7468 section 8)
  PKCS12: async (block, place, { options }) => {
    const bundle = await readPkcs12(block.der, options)
    const inside = <T extends { readonly place: Place }>(each: T): T => ({
      ...each,
      place: each.place.at === undefined ? place : within(place, each.place.at),
    })
    return { items: bundle.items.map(inside), left: bundle.left.map(inside) }
  },
  'PRIVATE KEY': key,
  'ENCRYPTED PRIVATE KEY': key,
  'ANY PRIVATE KEY': key,
  'RSA PRIVATE KEY': key,
  'EC PRIVATE KEY': key,
  'SM2 PRIVATE KEY': key, // so says OpenSSL of an EC key on that curve
  'DSA PRIVATE KEY': key,
  'OPENSSH PRIVATE KEY': async (block, place, { passwords }) =>
    one(await readOpensshKey({ bytes: block.der, place }, passwords)),
  'PUBLIC KEY': publicKey,
  'RSA PUBLIC KEY': publicKey,
}

/**
 * The reader of a block. Programs in Go take a private key under whatever label ends so (`tls.X509KeyPair`), and hence
 * some write their own, such as cfssl with `Ed25519 PRIVATE KEY`: there the content decides.
 */
function readerOf({ label, der }: PemBlock): BlockReader | undefined {
  if (Object.hasOwn(READERS, label)) return READERS[label]
  const type = / (PRIVATE|PUBLIC) KEY$/.exec(label)?.[1]
  const kind = type && classifyDer(der)
  if (kind === undefined) return undefined
  if (type === 'PUBLIC') return /^(?:rsa-)?public-key$/.test(kind) ? publicKey : undefined
  return /^(?:encrypted-pkcs8|pkcs8|pkcs1|sec1|dsa)$/.test(kind) ? key : undefined
}

/** A SEQUENCE of more than 127 bytes at the beginning of what should be text: it is no UTF-8, so it came as Latin-1. */
const DER_BETWEEN = /^\s*0[\u0081-\u0084]/
const JOIN_HINT = 'join PEM with PEM and DER with DER, or give the files one by one'

const CURVE_ONLY = 'it names a curve, and is neither certificate nor key'

const WHY_LEFT: Readonly<Record<string, string>> = {
  'EC PARAMETERS': CURVE_ONLY,
  'SM2 PARAMETERS': CURVE_ONLY,
  'DSA PARAMETERS': 'parameters are neither certificate nor key',
  'DH PARAMETERS': 'parameters are neither certificate nor key',
  'X9.42 DH PARAMETERS': 'parameters are neither certificate nor key',
  'ATTRIBUTE CERTIFICATE': 'certman keeps X.509 public key certificates only',
  'X509 ATTRIBUTE CERTIFICATE': 'certman keeps X.509 public key certificates only',
  [UNREAD_JWK]: 'it is symmetric, incomplete or of an unknown kind',
}

/**
 * Every block of a PEM text, in file order. A damaged or malformed block stops everything, since what is missing would
 * be missed later; a block of a kind that certman does not keep goes to `left`, unless nothing else is there.
 *
 * @throws {CertmanError} `pem.malformed`, `format.unknown` when no block has a label that certman reads, or what a
 * block's reader throws, led by the place
 */
export async function readPemItems(bytes: Uint8Array, options: ReadOptions): Promise<Bundle> {
  const passwords = new PasswordLoop(options)
  const items: Item[] = []
  const left: LeftItem[] = []
  let curve: Uint8Array | undefined
  // the first block that could not be opened: the answer when nothing else is there
  let refused: unknown
  // the first block of a label that has no reader: the answer when no other has one
  let strange: unknown
  let known = false
  for (const block of requirePem(bytes, options.file)) {
    const place = placeOf(block, options)
    if (/^(?:EC|SM2) PARAMETERS$/.test(block.label)) curve = block.der
    const reader = readerOf(block)
    if (!reader) {
      const why = Object.hasOwn(WHY_LEFT, block.label)
        ? WHY_LEFT[block.label]!
        : 'certman does not know this label'
      left.push({ what: block.label, place, why })
      strange ??= placed(new CertmanError('format.unknown', `${printable(block.label)}: ${why}`), place)
      continue
    }
    known = true
    try {
      const reading = await reader(block, place, { options, passwords, curve })
      for (const item of reading.items) items.push(withBagAttributes(item, block.text))
      append(left, reading.left)
    } catch (cause) {
      const why = whyLeft(cause, place, options)
      if (why === undefined) throw placed(cause, place)
      refused ??= placed(cause, place)
      left.push({ what: block.label, place, why })
    }
  }
  if (items.length === 0 && refused !== undefined) throw refused
  if (!known && strange !== undefined) throw strange
  return { format: 'pem', items, left }
}

/** @throws {CertmanError} `pem.malformed` when something else than text stands before the block */
function placeOf(block: PemBlock, { file }: ReadOptions): Place {
  // a joined text is one piece; a template would be seven, of four times the size, in each of a hundred thousand places
  const place = { file, at: ['block ', block.number, ' (line ', block.line, ')'].join('') }
  if (DER_BETWEEN.test(block.text))
    throw placed(new CertmanError('pem.malformed', 'there is DER before it', { hint: JOIN_HINT }), place)
  return place
}

/** Why a block is passed over instead of refusing the file; undefined when the file is refused. */
function whyLeft(cause: unknown, place: Place, options: ReadOptions): string | undefined {
  if (!(cause instanceof CertmanError)) return undefined
  // what is left is listed with its place: said once is enough
  if (cause.code === 'format.unsupported') return cause.message.replace(`${describePlace(place)}: `, '')
  const isLocked = cause.code === 'password.required' && options.lockedKeys === 'leave'
  return isLocked ? 'it is encrypted, and no password was given' : undefined
}

/** Takes over the names that `openssl pkcs12` prints before the blocks. */
function withBagAttributes(item: Item, text: string): Item {
  if (item.type !== 'certificate' && item.type !== 'private-key') return item
  const start = text.lastIndexOf('Bag Attributes')
  if (start < 0) return item
  const attributes = text.slice(start)
  const friendlyName = /^\s+friendlyName: (.*?)\s*$/m.exec(attributes)?.[1]
  const localKeyId = /^\s+localKeyID: ((?:[0-9A-F]{2} ?)+)\s*$/m.exec(attributes)?.[1]
  return {
    ...item,
    ...(friendlyName ? { friendlyName } : {}),
    ...(localKeyId ? { localKeyId: localKeyId.replaceAll(' ', '').toLowerCase() } : {}),
  }
}
