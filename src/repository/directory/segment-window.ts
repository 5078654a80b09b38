import type { RecordKind } from '../../domain/records.ts'
import type { SegmentPlace } from '../record-index.ts'
import type { Files } from './files.ts'
import { segmentPath, type StorePath } from './paths.ts'

/** Octets that are read together: two dozen certificates, or twice as many requests. */
const AHEAD = 32 * 1024

/**
 * Reads records of segments for one transaction, which changes no segment before it commits. Who signs what waits asks
 * for records that lie side by side: from the second one on, those behind it are read along.
 */
export class SegmentWindow {
  readonly #files: Files
  #path: StorePath = ''
  #from = 0
  #bytes: Buffer = Buffer.alloc(0)

  constructor(files: Files) {
    this.#files = files
  }

  /** The text of one record. @throws system errors */
  read(kind: RecordKind, { segment, offset, length }: SegmentPlace): string {
    const path = segmentPath(kind, segment)
    const isSame = path === this.#path && offset >= this.#from
    const at = offset - this.#from
    if (isSame && at + length <= this.#bytes.length) return this.#bytes.toString('utf8', at, at + length)
    const isNear = isSame && at <= this.#bytes.length + AHEAD
    const wanted = isNear ? Math.max(AHEAD, length) : length
    const bytes = this.#files.readPart(path, offset, wanted)
    this.#path = path
    this.#from = offset
    this.#bytes = bytes
    return bytes.toString('utf8', 0, length)
  }
}
