import { Secret } from '../base/secret.ts'
import { fitsAlias, type JksContent, writeJks } from '../formats/write-jks.ts'
import { inOrder } from './export-chain.ts'
import type { ExportPart, ExportSecrets } from './encode-export.ts'
import { nameOf } from './encode-pkcs12.ts'
import type { ExportRequest } from './export-records.ts'
import { CountedNames, fileStem } from './file-name.ts'

/**
 * A Java key store of the older kind: each certificate with its key and issuers under one alias; without keys every
 * certificate by itself, which makes a trust store.
 */
export function encodeJks(
  parts: readonly ExportPart[],
  request: ExportRequest,
  { keys, password, random, now }: ExportSecrets,
): Uint8Array {
  const certificates = parts.filter((part) => part.kind === 'certificate')
  const aliases = new Aliases(certificates.length === 1 ? request.friendlyName : undefined)
  const withKey = certificates.flatMap(({ row, chained: { leaf, issuers }, keyId }) => {
    const key = keyId === undefined ? undefined : keys.get(keyId)
    return key ? [{ alias: aliases.next(row), key, chain: [leaf, ...issuers].map(({ der }) => der) }] : []
  })
  const bare = certificates.filter(({ keyId }) => keyId === undefined).map(({ chained }) => chained)
  const trusted = inOrder(bare, request.order ?? 'leaf-first').map(({ record, facts, der }) => ({
    alias: aliases.next({ ...record, ...facts }),
    trusted: der,
  }))
  const content: JksContent = { entries: [...withKey, ...trusted], password: password ?? new Secret(''), now }
  return writeJks(content, random)
}

/** Java tells aliases apart without case, and finds one entry under each: `web`, `web-2`. */
class Aliases {
  readonly #given: string | undefined
  readonly #names = new CountedNames()

  constructor(given: string | undefined) {
    this.#given = given
  }

  /** The name that was asked for, once; else that of the record, else one made of its subject. */
  next(row: object): string {
    const record = row as ExportPart['row']
    const names = [this.#names.areNone ? this.#given : undefined, nameOf(record)]
    const name =
      names.find((each) => each !== undefined && fitsAlias(each)) ?? fileStem(record, 'certificate')
    return this.#names.next(name.toLowerCase())
  }
}
