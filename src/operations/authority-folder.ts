import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CertmanError } from '../base/errors.ts'
import { shellWord } from '../base/text.ts'
import type { Item } from '../formats/items.ts'
import { knownFacts } from '../x509/known-facts.ts'
import type { FormerCertificate } from '../store/authority-orders.ts'
import type { ChainIo } from './attach-files.ts'
import { compareIndex, type IssuedFile } from './compare-index.ts'
import { leftInFolder } from './left-in-folder.ts'
import { parseIndex } from './openssl-index.ts'
import { readAll } from './read-all.ts'
import { readSource } from './read-sources.ts'

/** Names of the files of a CA folder: those of easy-rsa, of `openssl ca`, and of what is written about it most. The first that is there counts. */
const FILES = {
  certificate: [
    'ca.crt',
    'cacert.pem',
    'ca.pem',
    'ca.cert.pem',
    'certs/ca.crt',
    'certs/ca.cert.pem',
    'certs/cacert.pem',
    'certs/intermediate.cert.pem',
  ],
  key: [
    'private/ca.key',
    'private/cakey.pem',
    'private/ca.key.pem',
    'private/intermediate.key.pem',
    'ca.key',
    'cakey.pem',
  ],
  crl: ['crl.pem', 'crl/crl.pem', 'crl/ca.crl.pem', 'crl/ca.crl', 'crl/intermediate.crl.pem'],
  crlNumber: ['crlnumber', 'crl_number'],
} as const

/** Where issued certificates lie; what lies twice counts once. */
const ISSUED = [
  'newcerts',
  'certs_by_serial',
  'issued',
  'revoked/certs_by_serial',
  'renewed/certs_by_serial',
  'renewed/issued',
  'expired',
] as const

/** Everything that such a folder tells about its authority. */
export interface AuthorityFolder {
  readonly certificate: Uint8Array
  readonly chain: readonly Uint8Array[]
  readonly key: Extract<Item, { type: 'private-key' }> | undefined
  readonly issued: readonly FormerCertificate[]
  readonly crl: Uint8Array | undefined
  readonly nextCrlNumber: string | undefined
  /** There is an index: nothing else was ever revoked. */
  readonly indexed?: true
  /** What lies there and was not taken. */
  readonly notes: readonly string[]
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** The folder that has the index: the one named, or `pki` in it. Undefined when it is no CA folder. */
export async function findAuthorityFolder(path: string, cwd: string): Promise<string | undefined> {
  for (const folder of [path, join(path, 'pki')])
    if (await exists(join(resolve(cwd, folder), 'index.txt'))) return folder
  return undefined
}

/**
 * Reads a folder of `openssl ca` or easy-rsa and holds its index to its files.
 *
 * @throws {CertmanError} `policy.refused` naming each disagreement; `file.not-found` when it has no CA certificate
 */
export async function readAuthorityFolder(
  folder: string,
  cwd: string,
  io: ChainIo,
): Promise<AuthorityFolder> {
  const place = new Place(folder, cwd, io)
  const own = await place.items(await place.need('certificate'))
  const [certificate, ...chain] = own.flatMap((item) => (item.type === 'certificate' ? [item.der] : []))
  if (!certificate) throw new CertmanError('input.empty', `there is no CA certificate in ${folder}`)
  const keyFile = await place.first('key')
  const keys = keyFile === undefined ? [] : await place.items(keyFile)
  const key = keys.find((item): item is Extract<Item, { type: 'private-key' }> => item.type === 'private-key')
  const crl = await place.crl()
  const index = parseIndex(await place.text('index.txt'), join(folder, 'index.txt'))
  const files = await place.issued(certificate)
  const issued = compareIndex({ index, files, crl, certificate, folder })
  const nextCrlNumber = await place.crlNumber()
  const answered = new Set(
    [certificate, ...issued.map(({ der }) => der)].map((der) => knownFacts(der).publicKey.spkiHash),
  )
  const isKeyEncrypted = key?.wasEncrypted === true
  const left = await leftInFolder({ folder, cwd, io, keyFile, isKeyEncrypted, answered })
  const notes = key ? left : [noKeyIn(folder), ...left]
  return { certificate, chain, key, issued, crl, nextCrlNumber, indexed: true, notes }
}

const noKeyIn = (folder: string): string =>
  `there is no CA key in ${folder}, none of ${FILES.key.join(', ')}: certman import FILE --key-password-file FILE`

class Place {
  readonly #folder: string
  readonly #cwd: string
  readonly #io: ChainIo

  constructor(folder: string, cwd: string, io: ChainIo) {
    this.#folder = folder
    this.#cwd = cwd
    this.#io = io
  }

  async first(what: keyof typeof FILES): Promise<string | undefined> {
    for (const name of FILES[what]) if (await exists(resolve(this.#cwd, this.#folder, name))) return name
    return undefined
  }

  async need(what: keyof typeof FILES): Promise<string> {
    const found = await this.first(what)
    if (found !== undefined) return found
    throw new CertmanError(
      'file.not-found',
      `there is no CA ${what} in ${this.#folder}: none of ${FILES[what].join(', ')}`,
      {
        hint: `give the file one of these names: ln -s FILE ${shellWord(join(this.#folder, FILES[what][0]))}`,
      },
    )
  }

  items(name: string): Promise<readonly Item[]> {
    return readAll({ paths: [join(this.#folder, name)], cwd: this.#cwd, ...this.#io })
  }

  async text(name: string): Promise<string> {
    const file = join(this.#folder, name)
    const source = { file, path: resolve(this.#cwd, file), named: true }
    return Buffer.from(await readSource(source, this.#io.tools.readStdin)).toString('utf8')
  }

  async crl(): Promise<Uint8Array | undefined> {
    const name = await this.first('crl')
    if (name === undefined) return undefined
    const [crl] = (await this.items(name)).filter((item) => item.type === 'crl')
    return crl?.der
  }

  /** `crlnumber` holds the number of the next CRL in hex. */
  async crlNumber(): Promise<string | undefined> {
    const name = await this.first('crlNumber')
    const text = name === undefined ? '' : (await this.text(name)).trim()
    return /^[0-9A-Fa-f]{1,40}$/.test(text) ? String(BigInt(`0x${text}`)) : undefined
  }

  /** The certificates of the folder that name the authority as their issuer, each serial number and content once. */
  async issued(authority: Uint8Array): Promise<ReadonlyMap<string, IssuedFile[]>> {
    const { subject, fingerprint } = knownFacts(authority)
    const found = new Map<string, IssuedFile[]>()
    for (const name of ISSUED) {
      if (!(await exists(resolve(this.#cwd, this.#folder, name)))) continue
      for (const item of await this.items(name)) {
        if (item.type !== 'certificate') continue
        const facts = knownFacts(item.der)
        if (facts.issuer !== subject || facts.fingerprint === fingerprint) continue
        const same = found.get(facts.serialNumber) ?? []
        found.set(facts.serialNumber, same)
        if (same.some(({ der }) => knownFacts(der).fingerprint === facts.fingerprint)) continue
        same.push({ file: item.place.file, der: item.der })
      }
    }
    return found
  }
}
