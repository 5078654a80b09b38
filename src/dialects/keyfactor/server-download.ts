import { toBase64 } from '../../base/bytes.ts'
import type { Json } from '../../base/json.ts'
import type { CertificateFacts } from '../../domain/facts.ts'
import { writePkcs7Indefinite } from '../../formats/pkcs7-indefinite.ts'
import type { Answer } from '../../http/exchange.ts'
import { invalid, noFormat } from './errors.ts'
import { certificateFileName } from './names.ts'
import { ok } from './server-answer.ts'
import { base64Text, chainWish, outgoing, pemOf, type ChainWish, type OutgoingChain } from './server-chain.ts'
import type { Desk } from './server-desk.ts'
import { namedCertificate } from './server-find.ts'
import { fileExtension, objectBody, optional, shown } from './server-request.ts'
import { scopeOf, type Found } from './server-scope.ts'
import { HEADER } from './wire.ts'

/** Formats with the extensions that they may have, the default first. */
const FORMATS = {
  PEM: ['PEM', 'CER', 'CRT'],
  CER: ['CER'],
  CRT: ['CRT'],
  DER: ['CER', 'CRT'],
  P7B: ['P7B'],
} as const
type Format = keyof typeof FORMATS

/** `POST /Certificates/Download`: the certificate without its key. */
export async function download(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  const format = formatOf(desk)
  const wish = wishOf(body, format)
  const found = await namedCertificate(desk, await scopeOf(desk), body)
  const chain = await outgoing(found, wish)
  const name = certificateFileName(shownFacts(found, chain), wish.extension)
  return ok({ Content: contentOf(chain, format, wish.header) }, { [HEADER.file]: name })
}

/** The certificate is not taken apart for its name alone: a row with a fingerprint has all facts. */
const shownFacts = ({ row }: Found, { leaf }: OutgoingChain): CertificateFacts =>
  typeof row['fingerprint'] === 'string' ? (row as unknown as CertificateFacts) : leaf.facts

/** The header says the format; an old SDK cannot send it: without one it is PEM, unless the server is told to be strict. */
function formatOf({ call, house }: Desk): Format {
  const text = call.header(HEADER.format)?.trim()
  if (text === undefined || text === '') {
    if (house.options['keyfactor.strict-format'] === 'true') throw noFormat()
    return 'PEM'
  }
  const format = text.toUpperCase()
  if (Object.hasOwn(FORMATS, format)) return format as Format
  throw invalid(`The certificate format '${shown(text)}' is not supported: use CER, CRT, DER, PEM or P7B.`)
}

interface Wish extends ChainWish {
  readonly header: boolean
  readonly extension: string
}

function wishOf(body: Json, format: Format): Wish {
  const { chain: asked, order } = chainWish(body, false)
  const header = optional(body, 'IncludeSubjectHeader', 'boolean') ?? true
  if (format === 'DER' && asked) throw invalid('The format DER is not supported with IncludeChain.')
  if (format === 'P7B' && !asked) throw invalid('The format P7B is only supported with IncludeChain.')
  const chain = asked && format !== 'CER' && format !== 'CRT'
  return { chain, order, header, extension: certificateExtension(body, format) }
}

/** The extension of a certificate's file. @throws {WireFault} 400 */
export const certificateExtension = (body: Json, format: Format): string =>
  fileExtension(body, format, FORMATS[format])

function contentOf({ leaf, ordered }: OutgoingChain, format: Format, header: boolean): string {
  if (format === 'DER') return toBase64(leaf.der)
  if (format === 'P7B') return toBase64(writePkcs7Indefinite(ordered.map(({ der }) => der)))
  return base64Text(...ordered.map((certificate) => pemOf(certificate, header)))
}
