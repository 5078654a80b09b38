import { append } from '../base/lists.ts'
import type { InputFormat, Item, PasswordSource } from '../formats/items.ts'
import { readItems } from '../formats/read-items.ts'
import type { FileTools } from './import-files.ts'
import { findSources, readSource } from './read-sources.ts'

/** How files are read, and whom to ask for passwords. */
export interface FileReading {
  readonly cwd: string
  readonly password: PasswordSource
  readonly tools: FileTools
  readonly format?: InputFormat
}

/** Files to be read whole; folders with all that lies in them. */
export interface ReadAll extends FileReading {
  readonly paths: readonly string[]
}

/** Everything that files hold, in reading order. @throws {CertmanError} what reading any of them throws */
export async function readAll({ paths, cwd, password, tools, format }: ReadAll): Promise<readonly Item[]> {
  const { sources } = await findSources(paths, cwd)
  const items: Item[] = []
  for (const source of sources) {
    const bytes = await readSource(source, tools.readStdin)
    const options = { file: source.file, password, ...(format !== undefined && { format }) }
    append(items, (await readItems(bytes, options)).items)
  }
  return items
}
