import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Files } from '../../../src/repository/directory/files.ts'
import { SegmentWindow } from '../../../src/repository/directory/segment-window.ts'

/** A disk of two segments, and how often it was read. */
function disk(texts: readonly string[]): { readonly files: Files; readonly reads: () => number } {
  const bytes = Buffer.from(texts.join(''))
  let reads = 0
  const readPart = (path: string, offset: number, length: number): Buffer => {
    reads++
    const segment = path.endsWith('/2.pem') ? Buffer.from(bytes.map((octet) => octet ^ 1)) : bytes
    return segment.subarray(offset, offset + length)
  }
  return { files: { readPart } as unknown as Files, reads: () => reads }
}

/** Where each text lies. */
function placesOf(texts: readonly string[]): { readonly offset: number; readonly length: number }[] {
  let offset = 0
  return texts.map((text) => {
    const place = { offset, length: Buffer.byteLength(text) }
    offset += place.length
    return place
  })
}

test('whatever is read in whatever order, each record is answered as it lies in its segment', () => {
  const records = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }), { minLength: 1 })
  const order = fc.array(fc.tuple(fc.nat(), fc.constantFrom(1, 2)))
  fc.assert(
    fc.property(records, order, (texts, wishes) => {
      const long = texts.map((text) => text.repeat(400))
      const [places, { files }] = [placesOf(long), disk(long)]
      const window = new SegmentWindow(files)
      for (const [wish, segment] of wishes) {
        const place = { segment, ...places[wish % places.length]! }
        const straight = files.readPart(`/${segment}.pem`, place.offset, place.length)
        expect(window.read('request', place)).toBe(straight.toString('utf8'))
      }
    }),
    { numRuns: 50 },
  )
})

test('records that lie side by side are read together', () => {
  const texts = Array.from({ length: 40 }, (_, at) => `record ${at}\n`.padEnd(700, '.'))
  const { files, reads } = disk(texts)
  const window = new SegmentWindow(files)
  const found = placesOf(texts).map((place) => window.read('request', { segment: 1, ...place }))
  expect(found).toEqual(texts)
  expect(reads()).toBe(2)
})
