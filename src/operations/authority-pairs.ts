import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { shellWord } from '../base/text.ts'
import { knownFacts } from '../x509/known-facts.ts'
import type { ChainIo } from './attach-files.ts'
import { readAll } from './read-all.ts'

/** Where certificates lie, and then their keys: in one folder (mkcert, minica, certstrap, cfssl), or apart (step). */
const CERTIFICATES = ['', 'certs'] as const
const KEYS = ['', 'secrets', 'private'] as const

const keyNames = (stem: string): readonly string[] => [`${stem}.key`, `${stem}-key.pem`, `${stem}_key`]

/** Commands in one hint: who has more authorities sees the pattern. */
const MOST = 3

/**
 * Commands that take the authorities of a folder without an index: for each CA certificate that has a key and perhaps a
 * CRL of its name. No key is opened.
 */
export async function authorityCommands(
  folder: string,
  cwd: string,
  io: Pick<ChainIo, 'tools'>,
): Promise<readonly string[]> {
  const first = async (names: readonly string[]): Promise<string | undefined> => {
    for (const name of names) if (await exists(resolve(cwd, folder, name))) return name
    return undefined
  }
  const commands: string[] = []
  for (const place of CERTIFICATES)
    for (const [file, stem] of await certificatesIn(resolve(cwd, folder, place))) {
      if (commands.length === MOST) return commands
      const key = await first(KEYS.flatMap((keys) => keyNames(stem).map((name) => join(keys, name))))
      const certificate = join(folder, place, file)
      if (key === undefined || !(await isAuthority({ paths: [certificate], cwd, tools: io.tools }))) continue
      const crl = await first([join(place, `${stem}.crl`)])
      const files = [certificate, join(folder, key), ...(crl === undefined ? [] : [join(folder, crl)])]
      commands.push(`certman ca import ${files.map(shellWord).join(' ')} --name ${shellWord(stem)}`)
    }
  return commands
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    (about) => about.isFile(),
    () => false,
  )

/** File names with their stems. */
async function certificatesIn(path: string): Promise<readonly (readonly [file: string, stem: string])[]> {
  const names = await readdir(path).catch(() => [])
  return names.sort().flatMap((name) => {
    const stem = /^(.+)\.(?:crt|pem|cer)$/.exec(name)?.[1]
    return stem === undefined ? [] : [[name, stem] as const]
  })
}

async function isAuthority(of: {
  readonly paths: readonly string[]
  readonly cwd: string
  readonly tools: ChainIo['tools']
}): Promise<boolean> {
  const password = (): Promise<undefined> => Promise.resolve(undefined)
  // what cannot be read is no CA certificate
  const items = await readAll({ ...of, password }).catch(() => [])
  return items.some(
    (item) => item.type === 'certificate' && knownFacts(item.der).basicConstraints?.ca === true,
  )
}
