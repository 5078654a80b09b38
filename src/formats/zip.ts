import { crc32 } from 'node:zlib'
import { concat } from '../base/bytes.ts'

/** One file of an archive. */
export interface ZipFile {
  /** ASCII, without a folder. */
  readonly name: string
  readonly bytes: Uint8Array
}

/** Unix permissions of each file, in the high half of its attributes: only its owner reads it. */
const OWNER_ONLY = 0o100600 * 0x10000

/**
 * A ZIP archive (PKWARE APPNOTE.TXT 6.3) whose files are stored as they are: keys and certificates do not shrink, and
 * nothing has to be read again. Less than 4 GB.
 *
 * @param now stands in each entry as the time of its last change, as UTC
 */
export function writeZip(files: readonly ZipFile[], now: Date): Uint8Array {
  const locals: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let offset = 0
  for (const file of files) {
    const name = new TextEncoder().encode(file.name)
    const common = commonFields(file, name.length, now)
    const local = concat([fields([0x04034b50, 4]), common, name, file.bytes])
    // made by Unix; no comment; disk 0; binary
    const place = fields([0, 2], [0, 2], [0, 2], [OWNER_ONLY, 4], [offset, 4])
    directory.push(concat([fields([0x02014b50, 4], [0x0314, 2]), common, place, name]))
    locals.push(local)
    offset += local.length
  }
  const central = concat(directory)
  const count: Field = [files.length, 2]
  const end = fields([0x06054b50, 4], [0, 2], [0, 2], count, count, [central.length, 4], [offset, 4], [0, 2])
  return concat([...locals, central, end])
}

/** What stands in both headers of a file (sections 4.3.7 and 4.3.12). */
function commonFields({ bytes }: ZipFile, nameLength: number, now: Date): Uint8Array {
  const time = (now.getUTCHours() << 11) | (now.getUTCMinutes() << 5) | (now.getUTCSeconds() >> 1)
  // years count from 1980 (section 4.4.6)
  const date = ((now.getUTCFullYear() - 1980) << 9) | ((now.getUTCMonth() + 1) << 5) | now.getUTCDate()
  const [needed, flags, stored, extra] = [20, 0, 0, 0]
  const sizes: readonly Field[] = [
    [crc32(bytes), 4],
    [bytes.length, 4],
    [bytes.length, 4],
  ]
  return fields(
    [needed, 2],
    [flags, 2],
    [stored, 2],
    [time, 2],
    [date, 2],
    ...sizes,
    [nameLength, 2],
    [extra, 2],
  )
}

type Field = readonly [value: number, octets: 2 | 4]

/** Numbers, little end first. */
function fields(...list: readonly Field[]): Uint8Array {
  const bytes = new Uint8Array(list.reduce((sum, [, octets]) => sum + octets, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const [value, octets] of list) {
    if (octets === 2) view.setUint16(at, value, true)
    else view.setUint32(at, value, true)
    at += octets
  }
  return bytes
}
