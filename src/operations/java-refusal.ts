import type { CertificateFacts, Extension } from '../domain/facts.ts'
import type { StoredCertificate } from '../store/store.ts'
import type { ExportPart } from './encode-export.ts'
import { keyStoreName } from './export-formats.ts'
import type { ExportRequest } from './export-records.ts'

/** Presets for programs that are not written in Java. */
const OTHER_TARGETS: ReadonlySet<string> = new Set(['windows-2016', 'macos', 'openssl3'])

/**
 * Says which certificates Java cannot read: for their sake it opens nothing of a key store that holds one, and of PKCS#12
 * it then says that the password is wrong. Of other programs that read the file nothing is known.
 */
export function javaNotes(
  parts: readonly ExportPart[],
  { format, target }: Pick<ExportRequest, 'format' | 'target'>,
): readonly string[] {
  if (keyStoreName(format) === undefined || OTHER_TARGETS.has(target ?? '')) return []
  const all = parts.flatMap((part) =>
    part.kind === 'certificate' ? [part.chained.leaf, ...part.chained.issuers] : [],
  )
  const notes = all.flatMap((certificate) => {
    const why = unreadable(certificate)
    return why === undefined
      ? []
      : [
          `Java opens no file with certificate ${certificate.record.id} in it, and may say that the password is wrong: ${why}`,
        ]
  })
  return [...new Set(notes)]
}

function unreadable({
  facts,
  extensions,
}: Pick<StoredCertificate, 'facts' | 'extensions'>): string | undefined {
  if (facts.publicKey.curve === 'explicit') return 'the curve of its key is spelled out instead of named'
  if (facts.issuerAttributes.length === 0) return 'its issuer is empty (RFC 5280 section 4.1.2.4)'
  if (isNameless(facts, extensions))
    return 'its subject is empty, and no alternative names are critical (RFC 5280 section 4.2.1.6)'
  const oids = extensions.map(({ oid }) => oid)
  if (new Set(oids).size < oids.length) return 'it has an extension twice (RFC 5280 section 4.2)'
  const broken = extensions.find(
    ({ name, critical, malformed, value }) =>
      name && critical && malformed !== undefined && value === undefined,
  )
  return broken && `its ${broken.name} is critical and malformed`
}

const isNameless = ({ subjectAttributes }: CertificateFacts, extensions: readonly Extension[]): boolean =>
  subjectAttributes.length === 0 &&
  extensions.length > 0 &&
  !extensions.some(({ name, critical }) => name === 'subjectAltName' && critical)
