import { readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { shellWord } from '../base/text.ts'
import { describeCsr } from '../x509/csr.ts'
import type { ChainIo } from './attach-files.ts'
import { readAll } from './read-all.ts'

/** Where requests lie, those that were answered too. */
const REQUESTS = ['reqs', 'csr', 'requests'] as const
const IS_KEY = /\.(key|pem|p8|der)$/i
const IS_REQUEST = /\.(req|csr|pem|der)$/i
/** Files that a command names one by one; more are meant by their folder. */
const NAMED = 3

/** What was taken of a CA's folder. */
export interface TakenFolder {
  readonly folder: string
  readonly cwd: string
  readonly io: ChainIo
  /** The file of the CA's key inside the folder, if there is one. */
  readonly keyFile: string | undefined
  readonly isKeyEncrypted: boolean
  /** SPKI hashes of the CA and of every certificate that it issued. */
  readonly answered: ReadonlySet<string>
}

/**
 * Sentences about what lies in the folder of a CA beside it and does not come along: private keys of the certificates
 * that it issued, and requests that wait for an answer.
 */
export async function leftInFolder(taken: TakenFolder): Promise<readonly string[]> {
  const notes: string[] = []
  const keys = await filesIn(taken, dirname(taken.keyFile ?? 'private/ca.key'), IS_KEY)
  const others = keys.filter((file) => file !== taken.keyFile)
  if (others.length > 0) notes.push(note(taken, others, 'private key'))
  for (const name of REQUESTS) {
    const open: string[] = []
    for (const file of await filesIn(taken, name, IS_REQUEST)) if (await isOpen(taken, file)) open.push(file)
    if (open.length > 0) notes.push(note(taken, open, 'open request'))
  }
  return notes
}

/** Paths inside the folder; the CA's certificate itself lies beside its key where the key has no folder of its own. */
async function filesIn(
  { folder, cwd }: TakenFolder,
  name: string,
  wanted: RegExp,
): Promise<readonly string[]> {
  if (name === '.') return []
  const entries = await readdir(resolve(cwd, folder, name), { withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile() && wanted.test(entry.name))
  return files.map((entry) => `${name}/${entry.name}`).sort()
}

/** A file that is none of a request is nobody's to answer. */
async function isOpen({ folder, cwd, io, answered }: TakenFolder, file: string): Promise<boolean> {
  const items = await readAll({ paths: [join(folder, file)], cwd, ...io }).catch(() => [])
  return items.some(
    (item) => item.type === 'certificate-request' && !answered.has(describeCsr(item.der).publicKey.spkiHash),
  )
}

function note(taken: TakenFolder, files: readonly string[], what: string): string {
  const place = join(taken.folder, dirname(files[0]!))
  const isNamed = files.length <= NAMED
  const paths = isNamed ? files.map((file) => join(place, basename(file))) : [place]
  // the folder of the keys has the authority's own, which comes along again and is there already
  const asks = !isNamed && taken.isKeyEncrypted && dirname(taken.keyFile!) === dirname(files[0]!)
  const [count, were] = files.length === 1 ? [`one ${what}`, 'was'] : [`${files.length} ${what}s`, 'were']
  return `${count} in ${place} ${were} not taken: certman import ${paths.map(shellWord).join(' ')}${asks ? ' --password-file FILE' : ''}`
}
