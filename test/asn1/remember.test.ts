import { expect, test } from 'vitest'
import { readTlv, type Tlv } from '../../src/asn1/reader.ts'
import { remembering } from '../../src/asn1/remember.ts'
import { octetString } from '../../src/asn1/writer.ts'

const tlvOf = (content: Uint8Array): Tlv => {
  const der = octetString(content)
  return readTlv(der, 0, der.length)
}

/** A reader that counts its calls. */
function counting(most?: number): { readonly read: (tlv: Tlv) => string; readonly calls: () => number } {
  let calls = 0
  const read = remembering((tlv) => {
    calls++
    if (tlv.contentStart === tlv.end) throw new RangeError('empty')
    return `${tlv.end - tlv.contentStart}:${tlv.source[tlv.contentStart]}`
  }, most)
  return { read, calls: () => calls }
}

test('when an encoding comes again then it is not read again, wherever it lies', () => {
  const { read, calls } = counting()
  expect(read(tlvOf(Uint8Array.of(7, 200)))).toBe('2:7')
  const inside = Uint8Array.of(0, ...octetString(Uint8Array.of(7, 200)), 0)
  expect(read(readTlv(inside, 1, 5))).toBe('2:7')
  expect(calls()).toBe(1)
  expect(read(tlvOf(Uint8Array.of(7, 201)))).toBe('2:7')
  expect(calls()).toBe(2)
})

test('when an encoding is refused then it is refused each time', () => {
  const { read, calls } = counting()
  expect(() => read(tlvOf(new Uint8Array(0)))).toThrow('empty')
  expect(() => read(tlvOf(new Uint8Array(0)))).toThrow('empty')
  expect(calls()).toBe(2)
})

test('when there are many encodings, or long ones, then they are forgotten', () => {
  const { read, calls } = counting(4)
  for (let first = 0; first < 5; first++) read(tlvOf(Uint8Array.of(first)))
  read(tlvOf(Uint8Array.of(4)))
  expect(calls()).toBe(5)
  read(tlvOf(Uint8Array.of(0)))
  expect(calls()).toBe(6)
  const long = new Uint8Array(600)
  expect([read(tlvOf(long)), read(tlvOf(long)), calls()]).toEqual(['600:0', '600:0', 8])
})

test('when there are so many encodings that some share a hash then each is read as what it is', () => {
  const read = remembering(({ source }) => Buffer.from(source).readUInt32BE(2), 1_000_000)
  const wrong: number[] = []
  for (let round = 0; round < 2; round++)
    for (let n = 0; n < 120_000; n++) {
      const octets = Buffer.alloc(8)
      octets.writeUInt32BE(n)
      octets.writeInt32BE(Math.imul(n, 0x9e3779b1), 4)
      if (read(tlvOf(octets)) !== n) wrong.push(n)
    }
  expect(wrong).toEqual([])
})
