import { CertmanError } from '../base/errors.ts'
import { append } from '../base/lists.ts'
import { sha256 } from '../crypto/digest.ts'
import type { CertificateFacts } from '../domain/facts.ts'
import type { Bundle, Item, LeftItem } from '../formats/items.ts'
import { atPlace } from '../formats/place.ts'
import { readItems } from '../formats/read-items.ts'
import { takeCsrApart } from '../x509/csr.ts'
import { knownFacts } from '../x509/known-facts.ts'
import { describePublicKey } from '../x509/public-key.ts'
import type { FileFailure } from './import-files.ts'
import type { ReadAll } from './read-all.ts'
import { findSources, readSource, type Source } from './read-sources.ts'

/** A certificate of the files, once, however often they hold it. */
export interface FoundCertificate {
  readonly item: Extract<Item, { type: 'certificate' }>
  /** Read again when asked for: the facts of a hundred thousand certificates would fill the memory. */
  readonly facts: CertificateFacts
}

/** A getter of the class: one of its own in every object would take as much room as the rest of it. */
class LeanCertificate implements FoundCertificate {
  readonly item: FoundCertificate['item']

  constructor(item: FoundCertificate['item']) {
    this.item = item
  }

  get facts(): CertificateFacts {
    return knownFacts(this.item.der)
  }
}

/** A private key of the files, once. */
export interface FoundKey {
  readonly item: Extract<Item, { type: 'private-key' }>
  /** SHA-256 of the SPKI. */
  readonly id: string
}

/** A request of the files, once. */
export interface FoundRequest {
  readonly item: Extract<Item, { type: 'certificate-request' }>
}

/** Everything that a store could take, and everything else. */
export interface Gathered {
  readonly certificates: readonly FoundCertificate[]
  readonly keys: readonly FoundKey[]
  readonly requests: readonly FoundRequest[]
  readonly left: readonly LeftItem[]
  readonly failures: readonly FileFailure[]
}

/** What to read, and whom to ask. */
interface GatherRequest extends ReadAll {
  readonly progress?: (done: number, total: number, what: string) => void
}

/**
 * Reads all files. A fault in a file that was named ends everything; within a folder it is a failure of that file,
 * and a file of no known format is merely left.
 *
 * @throws {CertmanError} what reading a named file throws
 */
export async function gatherItems(request: GatherRequest): Promise<Gathered> {
  const { sources, left, failures } = await findSources(request.paths, request.cwd)
  const gatherer = new Gatherer(left)
  for (const { source, error } of failures) gatherer.fail(source, error)
  for (const [done, source] of sources.entries()) {
    request.progress?.(done, sources.length, `reading ${source.file}`)
    const bundle = await readOne(source, request).catch((cause: unknown) => gatherer.fail(source, cause))
    if (bundle)
      gatherer.add(source.named ? bundle : withoutAccounts(bundle), (at) =>
        request.progress?.(at, bundle.items.length, `reading ${source.file}`),
      )
  }
  request.progress?.(sources.length, sources.length, '')
  // what it has seen is not needed any more
  const { certificates, keys, requests, left: others, failures: faults } = gatherer
  return { certificates, keys, requests, left: others, failures: faults }
}

async function readOne(source: Source, request: GatherRequest): Promise<Bundle> {
  const bytes = await readSource(source, request.tools.readStdin)
  const { password, format } = request
  const bundle = await readItems(bytes, {
    file: source.file,
    password,
    ...(format !== undefined && { format }),
  })
  // who looks at a request whose extensions are damaged sees the rest of it; nobody could sign it
  for (const item of bundle.items)
    if (item.type === 'certificate-request') atPlace(item.place, () => takeCsrApart(item.der))
  return bundle
}

/** In a folder a JSON Web Key that brings no certificate is that of an ACME account or a token: nobody meant to copy it. */
function withoutAccounts(bundle: Bundle): Bundle {
  const { isJwk, items, left } = bundle
  if (!isJwk || items.some(({ type }) => type === 'certificate')) return bundle
  const accounts = items.filter(({ type }) => type === 'private-key')
  const why = 'it brings no certificate, like the key of an ACME account: name the file to take it'
  return {
    ...bundle,
    items: items.filter(({ type }) => type !== 'private-key'),
    left: [...left, ...accounts.map(({ place }) => ({ what: 'JSON Web Key', place, why }))],
  }
}

/** The SHA-256 of bytes, a text with one character for each octet: hex is twice as long, and there are a hundred thousand. */
export const keyOf = (der: Uint8Array): string => Buffer.from(sha256(der)).toString('latin1')

/** Items of one file between two reports of progress. */
const STRIDE = 256

class Gatherer implements Gathered {
  readonly certificates: FoundCertificate[] = []
  readonly keys: FoundKey[] = []
  readonly requests: FoundRequest[] = []
  readonly left: LeftItem[]
  readonly failures: FileFailure[] = []
  readonly #seen = new Map<string, number>()

  constructor(left: readonly LeftItem[]) {
    this.left = [...left]
  }

  /** A foreign file in a folder is no fault; anything else that goes wrong there is told and passed over. */
  fail({ file, named }: Source, cause: unknown): undefined {
    if (named || !(cause instanceof CertmanError) || cause.code === 'interrupted') throw cause
    if (cause.code === 'format.unknown' || cause.code === 'input.empty')
      this.left.push({ what: 'file', place: { file }, why: 'it holds nothing that certman reads' })
    else this.failures.push({ file, code: cause.code, message: cause.message, hint: cause.hint })
    return undefined
  }

  add(bundle: Bundle, progress: (done: number) => void): void {
    append(this.left, bundle.left)
    for (const [done, item] of bundle.items.entries()) {
      if (done % STRIDE === 0) progress(done)
      this.#take(item)
    }
  }

  #take(item: Item): void {
    const { place } = item
    switch (item.type) {
      case 'certificate':
        return this.#certificate(item)
      case 'private-key': {
        const { spkiHash } = describePublicKey(item.spki)
        if (this.#isNew(spkiHash)) this.keys.push({ item, id: spkiHash })
        return
      }
      case 'certificate-request':
        if (this.#isNew(keyOf(item.der))) this.requests.push({ item })
        return
      case 'crl':
        this.left.push({
          what: 'revocation list',
          place,
          why: 'a store keeps the lists of its own authorities only: certman ca import',
        })
        return
      case 'public-key':
        this.left.push({
          what: 'public key',
          place,
          why: 'a store keeps certificates, requests and private keys',
        })
    }
  }

  /** The same certificate once more may bring the friendly name that the first one lacked. */
  #certificate(item: Extract<Item, { type: 'certificate' }>): void {
    const key = keyOf(item.der)
    const at = this.#seen.get(key)
    const first = at === undefined ? undefined : this.certificates[at]
    if (at === undefined || !first) {
      this.#seen.set(key, this.certificates.length)
      this.certificates.push(new LeanCertificate(item))
    } else if (first.item.friendlyName === undefined && item.friendlyName !== undefined) {
      const { friendlyName } = item
      this.certificates[at] = new LeanCertificate({ ...first.item, friendlyName })
    }
  }

  #isNew(key: string): boolean {
    if (this.#seen.has(key)) return false
    this.#seen.set(key, 0)
    return true
  }
}
