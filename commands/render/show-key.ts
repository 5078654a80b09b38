import { nameOrOid } from '../../src/asn1/oids.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { cellText, at, keyText, textAt } from './cells.ts'
import { entry, renderSheet, type SheetStyle } from './sheet.ts'
import { recordEntries } from './show-certificate.ts'

/** A private or public key as `show` prints it: never the secret numbers. */
export function renderKey(item: JsonObject, style: SheetStyle): string {
  const encrypted = item['encrypted']
  const isPublic = item['kind'] === 'publicKey'
  return renderSheet(
    [
      {
        title: isPublic ? 'Public key' : 'Private key',
        entries: [
          ...entry('Type', keyText(item)),
          ...entry('Exponent', textAt(item, 'exponent')),
          ...entry('Algorithm', nameOrOid('keyAlgorithm', textAt(item, 'algorithmOid'))),
          ...entry('Protected', typeof encrypted === 'boolean' ? (encrypted ? 'by a password' : 'no') : ''),
          ...entry('SHA-256', textAt(item, 'spkiHash')),
          ...entry('Certificates', cellText(at(item, 'certificates'))),
          ...recordEntries(item),
        ],
      },
    ],
    style,
  )
}
