import { sha256HexOfText } from '../../crypto/digest.ts'
import type { RecordKind } from '../../domain/records.ts'
import type { SegmentPlace } from '../record-index.ts'
import { textHashOf } from '../record-text.ts'
import type { Files } from './files.ts'
import { segmentNumber, segmentPath, segmentsFolder } from './paths.ts'

/** A segment that has come to this size (bytes) gets no more records: a rewrite stays quick. */
export const SEGMENT_SIZE = 16 * 1024 * 1024

/** One record as it lies in a segment. */
export interface SegmentRecord {
  /** What its first line says; '' when that is no id. */
  readonly id: string
  readonly offset: number
  readonly length: number
  readonly text: string
}

/** What a segment holds. */
export interface Segment {
  /** Records of whole groups, in file order; later ones of the same id win. */
  readonly records: readonly SegmentRecord[]
  /** Where the last whole group ends; what lies behind counts for nothing. */
  readonly end: number
  readonly size: number
  /** Groups whose commit line does not fit what stands before it: offset of the line. */
  readonly broken: readonly number[]
}

const END_LINE = Buffer.from('-----END ')
const NEWLINE = 0x0a
const COMMIT = 'commit: '

/** The checksum of a group: SHA-256 over the lower-case hex SHA-256 of each record's text, each with a newline. */
const groupChecksum = (hashes: readonly string[]): string =>
  sha256HexOfText(hashes.map((hash) => `${hash}\n`).join(''))

/** The line that ends a group and makes it count. */
export const commitLine = (hashes: readonly string[], bytes: number): string =>
  `${COMMIT}${JSON.stringify({ records: hashes.length, bytes, sha256: groupChecksum(hashes) })}\n`

/** Stands where the commit line will be: the room is there before the commit, so that a full disk cannot stop it. */
export const reservedLine = (line: string): string => `${' '.repeat(Buffer.byteLength(line) - 1)}\n`

/** The numbers of a kind's segments, ascending. */
export function segmentNumbers(files: Files, kind: RecordKind): readonly number[] {
  const numbers = files.names(segmentsFolder(kind)).map(segmentNumber)
  return numbers.filter((number) => number !== undefined).sort((a, b) => a - b)
}

/** Reads a segment, whole groups only. */
export function readSegment(files: Files, kind: RecordKind, n: number): Segment {
  const bytes = files.read(segmentPath(kind, n))
  const records: SegmentRecord[] = []
  const broken: number[] = []
  let group: SegmentRecord[] = []
  let [at, end] = [0, 0]
  while (at < bytes.length) {
    const lineEnd = endOfLine(bytes, at)
    if (bytes.toString('latin1', at, at + COMMIT.length) === COMMIT) {
      if (isCommit(bytes.toString('utf8', at, lineEnd), group, at - end)) records.push(...group)
      else broken.push(at)
      group = []
      end = at = lineEnd
      continue
    }
    const last = bytes.indexOf(END_LINE, at)
    if (last < 0) break
    const next = endOfLine(bytes, last)
    const text = bytes.toString('utf8', at, next)
    group.push({ id: idIn(text), offset: at, length: next - at, text })
    at = next
  }
  return { records, end, size: bytes.length, broken }
}

const idIn = (text: string): string => /^id: "([^"]{1,64})"$/m.exec(text)?.[1] ?? ''

function endOfLine(bytes: Buffer, at: number): number {
  const newline = bytes.indexOf(NEWLINE, at)
  return newline < 0 ? bytes.length : newline + 1
}

function isCommit(line: string, group: readonly SegmentRecord[], bytes: number): boolean {
  const hashes = group.map(({ text }) => textHashOf(text))
  return line === commitLine(hashes, bytes)
}

/** Whether a segment ends with a commit line, so that more may be appended. */
export function endsWhole(files: Files, kind: RecordKind, n: number): boolean {
  const path = segmentPath(kind, n)
  const size = files.facts(path)?.size ?? 0
  if (size === 0) return true
  const tail = files.readPart(path, Math.max(0, size - 200), Math.min(size, 200)).toString('latin1')
  return /(?:^|\n)commit: \{[^\n]*\}\n$/.test(tail)
}

/** The text of one record of a segment, by its place. @throws system errors */
export function readFromSegment(
  files: Files,
  kind: RecordKind,
  { segment, offset, length }: SegmentPlace,
): string {
  return files.readPart(segmentPath(kind, segment), offset, length).toString('utf8')
}
