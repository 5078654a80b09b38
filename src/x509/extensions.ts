import { toHex } from '../base/bytes.ts'
import { namesOf } from '../asn1/oids.ts'
import { contentOf, DerReader, TAG, type Tlv } from '../asn1/reader.ts'
import { EncodingMemory, remembering } from '../asn1/remember.ts'
import type { Extension } from '../domain/facts.ts'
import { tryDecode } from './extension-facts.ts'
import type { Decoder } from './extensions/shape.ts'
import { BARE_DECODERS } from './extensions/rare-table.ts'
import { decoderOf } from './extensions/table.ts'
import { readRawExtension, type RawExtension } from './raw-extensions.ts'

/** subjectKeyIdentifier, subjectAltName, signed certificate timestamps. */
const UNIQUE = new Set(['2.5.29.14', '2.5.29.17', '1.3.6.1.4.1.11129.2.4.2'])

const decoders = new Map<string, Decoder>()

/** Each decoder remembers what it read last, but for names and key identifiers, which no two certificates share. */
function remembered(oid: string): Decoder | undefined {
  const known = decoders.get(oid)
  if (known) return known
  const decode = decoderOf(oid)
  if (!decode) return undefined
  const decoder = UNIQUE.has(oid) ? decode : remembering(decode, 16)
  decoders.set(oid, decoder)
  return decoder
}

/**
 * Decodes extensions in encoded order. Unknown ones keep their hex; one that cannot be decoded or is
 * repeated (RFC 5280 section 4.2) has `malformed` and hex instead of a value, and does no harm to the others.
 */
export function decodeExtensions(extensions: readonly RawExtension[]): readonly Extension[] {
  const seen = new Set<string>()
  return extensions.map((extension) => {
    const isRepeated = seen.has(extension.oid)
    seen.add(extension.oid)
    return isRepeated ? repeated(extension) : decodeExtension(extension)
  })
}

const known = new EncodingMemory<Extension>(64)

/**
 * Reads and decodes an Extensions SEQUENCE like `decodeExtensions`, for certificates of one authority, which have most
 * extensions in common: each of those is read once, and shared from then on.
 *
 * @param extensions see `readRawExtensions`
 * @throws {CertmanError} `der.malformed`
 */
export function readExtensions(extensions: Tlv | undefined): readonly Extension[] {
  const all: Extension[] = []
  if (!extensions) return all
  const seen = new Set<string>()
  const reader = DerReader.into(extensions)
  while (!reader.atEnd) {
    const tlv = reader.read(TAG.sequence, 'an extension')
    const extension = readExtension(tlv)
    all.push(seen.has(extension.oid) ? repeated(readRawExtension(tlv)) : extension)
    seen.add(extension.oid)
  }
  return all
}

function readExtension(tlv: Tlv): Extension {
  const shared = known.find(tlv)
  if (shared) return shared
  const extension = decodeExtension(readRawExtension(tlv))
  // what is wrong with one is told with its place
  if (!UNIQUE.has(extension.oid) && extension.malformed === undefined) known.keep(tlv, extension)
  return extension
}

function repeated({ oid, critical, octets }: RawExtension): Extension {
  const read = headOf(oid, critical)
  read.hex = toHex(contentOf(octets))
  read.malformed = 'the extension stands here twice'
  return read
}

function decodeExtension({ oid, critical, octets }: RawExtension): Extension {
  const read = headOf(oid, critical)
  const decode = remembered(oid)
  const { value, malformed } = decode
    ? tryDecode<unknown>(octets, decode)
    : { value: BARE_DECODERS.get(oid)?.(octets), malformed: undefined }
  if (value === undefined) read.hex = toHex(contentOf(octets))
  else read.value = value
  if (malformed !== undefined) read.malformed = malformed
  return read
}

/** Fields are added one by one: Node 20 takes as long for one that is added to a copy as for decoding the value. */
function headOf(oid: string, critical: boolean): { -readonly [Field in keyof Extension]: Extension[Field] } {
  const name = namesOf('extension').get(oid)
  return name === undefined ? { oid, critical } : { oid, name, critical }
}
