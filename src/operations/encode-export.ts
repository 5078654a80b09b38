import { concat } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import { writePem } from '../formats/pem.ts'
import { writePkcs7 } from '../formats/pkcs7.ts'
import type { ListedRecord, StoredCertificate } from '../store/store.ts'
import { inOrder, type Chained } from './export-chain.ts'
import { writeKey } from './export-key.ts'
import { EXPORT_FORMATS } from './export-formats.ts'
import type { ExportRequest } from './export-records.ts'
import { headerLines } from './header-lines.ts'

/** One record on its way out, with what belongs to it. */
export type ExportPart =
  | {
      readonly kind: 'certificate'
      readonly row: ListedRecord
      readonly chained: Chained
      readonly keyId?: string
    }
  | { readonly kind: 'request'; readonly row: ListedRecord; readonly der: Uint8Array }
  | { readonly kind: 'key'; readonly row: ListedRecord; readonly keyId: string }

/** Private keys, opened, by id; and the password for what is written (undefined: plain, and somebody said so). */
export interface ExportSecrets {
  readonly keys: ReadonlyMap<string, Secret>
  readonly password: Secret | undefined
  readonly random: (length: number) => Uint8Array
  readonly now: Date
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** The encoding that a request comes to: its own wish, else the format's. */
export const encodingOf = ({ format, encoding }: Pick<ExportRequest, 'format' | 'encoding'>): 'pem' | 'der' =>
  encoding ?? EXPORT_FORMATS[format].encoding

/**
 * The bytes of one output file.
 *
 * @throws {CertmanError} `input.invalid` when the format cannot hold what was asked for
 */
export async function encodeExport(
  parts: readonly ExportPart[],
  request: ExportRequest,
  secrets: ExportSecrets,
): Promise<Uint8Array> {
  switch (request.format) {
    case 'p12':
    case 'pfx': {
      const { encodePkcs12 } = await import('./encode-pkcs12.ts')
      return encodePkcs12(parts, request, secrets)
    }
    case 'jks': {
      const { encodeJks } = await import('./encode-jks.ts')
      return encodeJks(parts, request, secrets)
    }
    case 'key':
      return encodeKeys(request, secrets)
    case 'p7b':
      return encodePkcs7(parts, request)
    default:
      return encodingOf(request) === 'der' ? encodeDer(parts, request) : encodePem(parts, request, secrets)
  }
}

const certificatesOf = (
  parts: readonly ExportPart[],
  order: ExportRequest['order'],
): readonly StoredCertificate[] =>
  inOrder(
    parts.flatMap((part) => (part.kind === 'certificate' ? [part.chained] : [])),
    order ?? 'leaf-first',
  )

function encodePem(
  parts: readonly ExportPart[],
  request: ExportRequest,
  { keys, password, random }: ExportSecrets,
): Uint8Array {
  // facts are read where they are shown: of ten thousand certificates that is a third of the work
  const text = (of: { readonly facts: Parameters<typeof headerLines>[0] }): string =>
    request.headers ? headerLines(of.facts) : ''
  const blocks = certificatesOf(parts, request.order).map((each) =>
    utf8(writePem('CERTIFICATE', each.der, text(each))),
  )
  for (const part of parts)
    if (part.kind === 'request')
      blocks.push(utf8(writePem('CERTIFICATE REQUEST', part.der, text({ facts: part.row as never }))))
  for (const key of keys.values()) blocks.push(writeKey(key, password, { encoding: 'pem', random }))
  return concat(blocks)
}

function encodeDer(parts: readonly ExportPart[], request: ExportRequest): Uint8Array {
  const ders = [
    ...certificatesOf(parts, request.order).map(({ der }) => der),
    ...parts.flatMap((part) => (part.kind === 'request' ? [part.der] : [])),
  ]
  if (ders.length === 1) return ders[0]!
  throw new CertmanError('input.invalid', `a DER file holds one certificate, not ${ders.length}`, {
    field: 'format',
    hint: 'write one file each with --separate, or use --format p7b or pem',
  })
}

function encodePkcs7(parts: readonly ExportPart[], request: ExportRequest): Uint8Array {
  const certificates = certificatesOf(parts, request.order).map(({ der }) => der)
  const der = writePkcs7({ certificates })
  return encodingOf(request) === 'der' ? der : utf8(writePem('PKCS7', der))
}

function encodeKeys(request: ExportRequest, secrets: ExportSecrets): Uint8Array {
  const { keys, password, random } = secrets
  const encoding = encodingOf(request)
  if (encoding === 'der' && keys.size !== 1)
    throw new CertmanError('input.invalid', `a DER file holds one private key, not ${keys.size}`, {
      field: 'encoding',
      hint: 'write one file each with --separate',
    })
  return concat([...keys.values()].map((key) => writeKey(key, password, { encoding, random })))
}
