import type { JsonObject } from '../../src/base/json.ts'
import type { ProtectionPart } from '../../src/formats/pkcs12/protection.ts'
import type { InspectReport } from '../../src/operations/inspect-file.ts'
import type { HostReport } from '../../src/operations/inspect-host.ts'
import type { RevocationStatus } from '../../src/path/revocation.ts'
import type { Emission } from '../context.ts'
import { joined, textAt } from './cells.ts'
import { leftLines } from './plan.ts'
import { entry, renderSheet, type SheetStyle } from './sheet.ts'
import { renderAuthority } from './show-authority.ts'
import { renderCertificate } from './show-certificate.ts'
import { renderCollection } from './show-collection.ts'
import { renderCrl } from './show-crl.ts'
import { renderKey } from './show-key.ts'
import { renderRequest } from './show-request.ts'
import { oneOrAll, type ShowForm } from './show-records.ts'
import { type RenderContext, styleOf, toJson } from './style.ts'
import { renderText } from './text.ts'

/** Characters of one value in the overview; `--text` and `--json` have no limit. */
const LONGEST_VALUE = 1_000

/** What lies in a file: the items, and what nobody can read. */
export function renderInspection(ctx: RenderContext, report: InspectReport, form: ShowForm): Emission {
  const heading = report.items.length === 0 ? 'in the file:' : 'also in the file:'
  const left = form === 'pem' ? '' : leftLines(report.left).replace('not taken:', heading)
  return {
    get json() {
      return oneOrAll(report.items)
    },
    text: () => joined([itemsText(ctx, report.items, form), protectionText(ctx, report), left], '\n'),
  }
}

const PROTECTED: Readonly<Record<ProtectionPart['what'], string>> = {
  integrity: 'Integrity',
  'encrypted part': 'Encrypted part',
  'private key': 'Private key',
}

/** How a PKCS#12 file is protected: what a reader must know that cannot open it. */
function protectionText(ctx: RenderContext, { protection = [] }: InspectReport): string {
  if (protection.length === 0) return ''
  const entries = protection.flatMap(({ what, scheme }) => entry(PROTECTED[what], scheme))
  return renderSheet([{ title: 'Protection of the file', entries }], styleOf(ctx))
}

/** What a TLS port serves: all certificates, the end entity first, and what a stapled OCSP response says of that. */
export interface ShownHost {
  readonly report: HostReport
  readonly items: readonly JsonObject[]
  readonly stapled?: RevocationStatus
}

/**
 * What a TLS port serves. As text the connection, then each certificate (`items`, end entity first); as JSON the
 * certificate of the server with `connection`, and with `served`, everything that it sent.
 */
export function renderHost(
  ctx: RenderContext,
  { report, items, stapled }: ShownHost,
  form: ShowForm,
): Emission {
  const { chain: _bytes, ocspResponse: _response, ...connection } = report
  return {
    json: toJson({ ...items[0], connection: { ...connection, ocsp: stapled ?? null }, served: items }),
    text: () =>
      form === 'pem'
        ? itemsText(ctx, items, form)
        : [connectionText(ctx, report, stapled), itemsText(ctx, items, form)].join('\n'),
  }
}

const OCSP_TONES = { good: 'good', revoked: 'bad', unknown: 'warn' } as const

function connectionText(ctx: RenderContext, report: HostReport, stapled?: RevocationStatus): string {
  const { host, port, servername, starttls, protocol, cipher, nameMatches } = report
  const old = protocol !== 'TLSv1.2' && protocol !== 'TLSv1.3'
  const entries = [
    ...entry('Server', `${host}:${port}${starttls === null ? '' : ` (STARTTLS ${starttls})`}`),
    ...entry('Protocol', protocol, old ? 'bad' : undefined),
    ...entry('Cipher', cipher),
    ...entry(
      'Name',
      nameMatches ? `the certificate is for ${servername}` : `the certificate is not for ${servername}`,
      nameMatches ? 'good' : 'bad',
    ),
    ...(stapled ? entry('OCSP', `${stapled.status}: ${stapled.why}`, OCSP_TONES[stapled.status]) : []),
  ]
  return renderSheet([{ title: 'Connection', entries }], styleOf(ctx))
}

/** Items of `show` one below the other. */
export function itemsText(ctx: RenderContext, items: readonly JsonObject[], form: ShowForm): string {
  if (form === 'pem') return items.map((item) => pemText(item)).join('')
  const rule = items.length > 1 ? `\n${'─'.repeat(Math.min(styleOf(ctx).width ?? 80, 80))}\n\n` : ''
  return items.map((item) => itemText(ctx, item, form)).join(rule)
}

function pemText(item: JsonObject): string {
  const pem = textAt(item, 'pem')
  return pem === '' || pem.endsWith('\n') ? pem : `${pem}\n`
}

function itemText(ctx: RenderContext, item: JsonObject, form: ShowForm): string {
  const style: SheetStyle = { ...styleOf(ctx), longest: LONGEST_VALUE }
  const now = ctx.ambient.now()
  if (form === 'text') return renderText(item, style.color)
  switch (item['kind']) {
    case 'certificate':
      return renderCertificate(item, now, style)
    case 'request':
      return renderRequest(item, now, style)
    case 'authority':
      return renderAuthority(item, now, style)
    case 'crl':
      return renderCrl(item, now, style)
    case 'collection':
      return renderCollection(item, style)
    case 'key':
    case 'publicKey':
      return renderKey(item, style)
    default:
      return renderText(item, style.color)
  }
}
