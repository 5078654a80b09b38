import { toHex } from '../base/bytes.ts'
import { namesOf } from '../asn1/oids.ts'
import { contentOf } from '../asn1/reader.ts'
import { remembering } from '../asn1/remember.ts'
import type { Extension } from '../domain/facts.ts'
import { tryDecode } from './extension-facts.ts'
import type { Decoder } from './extensions/shape.ts'
import { BARE_DECODERS } from './extensions/rare-table.ts'
import { decoderOf } from './extensions/table.ts'
import type { RawExtension } from './raw-extensions.ts'

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
    return decodeExtension(extension, isRepeated)
  })
}

function decodeExtension({ oid, critical, octets }: RawExtension, isRepeated: boolean): Extension {
  const name = namesOf('extension').get(oid)
  const head = { oid, ...(name !== undefined && { name }), critical }
  const bytes = contentOf(octets)
  if (isRepeated) return { ...head, hex: toHex(bytes), malformed: 'the extension stands here twice' }
  const decode = remembered(oid)
  if (!decode) {
    const bare = BARE_DECODERS.get(oid)?.(octets)
    return bare === undefined ? { ...head, hex: toHex(bytes) } : { ...head, value: bare }
  }
  const decoded = tryDecode(octets, decode)
  return 'value' in decoded ? { ...head, ...decoded } : { ...head, hex: toHex(bytes), ...decoded }
}
