import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import { sha256HexOfText } from '../../../src/crypto/digest.ts'
import { parseFilter } from '../../../src/query/parse.ts'
import { MemoryIndex } from '../../../src/repository/memory-index.ts'
import type { IndexEntry, IndexReading, IndexWriting } from '../../../src/repository/record-index.ts'
import type { LookUp } from '../../../src/repository/repository.ts'
import { emptyIndex } from './empty-index.ts'

/** Values of which records share some, and which begin or end alike. */
const HEX = ['0a0b0c0d0e', '0a0b0c0d0f', 'ff0b0c0d0e'].map((head) => head.padEnd(64, '1'))
const SERIALS = ['1', '01020304050607', 'aa020304050607']
const NAMES = ['web.example', 'WEB.example', 'a\nb', 'ß']

const facts = fc.record({
  serialNumber: fc.constantFrom(...SERIALS),
  thumbprint: fc.constantFrom(...HEX.map((hex) => hex.slice(0, 40).toUpperCase())),
  publicKey: fc.record({ spkiHash: fc.constantFrom(...HEX) }),
  subject: fc.constantFrom('CN=web', 'cn=WEB', 'CN=w  eb', 'CN=W eb'),
  subjectAltName: fc.array(fc.record({ type: fc.constant('dns'), value: fc.constantFrom(...NAMES) }), {
    maxLength: 2,
  }),
})

/** A row: a fingerprint that stands for what the bytes say, and what an edit may change. */
const row = fc.tuple(facts, fc.array(fc.constantFrom(...NAMES), { maxLength: 2 })).map(([facts, tags]) => {
  const hash = sha256HexOfText(JSON.stringify(facts))
  return {
    ...facts,
    fingerprint: `${HEX[facts.serialNumber.length % 3]!.slice(0, 12)}${hash.slice(12)}`,
    tags,
  }
})

const kinds = fc.constantFrom('certificate' as const, 'request' as const)
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('put' as const), n: fc.nat(9), kind: kinds, row }) },
  fc.record({ do: fc.constant('remove' as const), n: fc.nat(9), kind: kinds }),
  fc.record({ do: fc.constant('settle' as const) }),
  fc.record({ do: fc.constant('clear' as const) }),
)

const LOOK_UPS: readonly LookUp[] = [
  ...SERIALS.map((serialNumber): LookUp => ({ by: 'serialNumber', serialNumber })),
  ...HEX.map((keyId): LookUp => ({ by: 'keyId', keyId })),
  { by: 'subject', subject: 'CN=web' },
  ...['0a', '0a0b0c0d', '0a0b0c0d0e1', HEX[0]!].map((prefix): LookUp => ({ by: 'hex', prefix })),
]

const FILTERS = [
  'san = web.example',
  'not san = dns:web.example',
  'san = ß or tag in ("a\\nb", ß)',
  'subject = "cn=web" and not tag = web.example',
  'subject = "cn = w eb"',
  'serialNumber = 1 or not san = web.example',
  `publicKey.spkiHash = ${HEX[1]!}`,
]

const NOW = new Date(0)
const entry = (kind: IndexEntry['kind'], n: number, facts: JsonObject): IndexEntry => {
  const id = String(n + 1)
  const { serialNumber, thumbprint, ...others } = facts
  const ofCertificate = kind === 'certificate' ? { serialNumber, thumbprint } : {}
  return { kind, id, revision: 'r', place: 'loose', row: { id, ...others, ...ofCertificate } as JsonObject }
}

const idsOf = (entries: Iterable<IndexEntry>): string[] => [...entries].map(({ id }) => id)

function answers(index: IndexReading, fingerprints: readonly string[]): unknown[] {
  const byFingerprint = fingerprints.map((fingerprint): LookUp => ({ by: 'fingerprint', fingerprint }))
  return (['certificate', 'request'] as const).flatMap((kind) => [
    ...[...LOOK_UPS, ...byFingerprint].map((lookUp) => [lookUp, idsOf(index.find(kind, lookUp))]),
    ...FILTERS.filter((filter) => kind === 'certificate' || !filter.includes('serial')).map((text) => {
      const filter = parseFilter(text, kind)
      return [text, idsOf(index.list(kind, { filter, sort: [] }, NOW)), index.count(kind, filter, NOW)]
    }),
  ])
}

test('whatever is put, changed and removed, and whenever terms settle, an index answers as one in memory does', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const [index, memory] = [emptyIndex(8), new MemoryIndex()]
      const both: readonly IndexWriting[] = [index, memory]
      for (const each of steps)
        if (each.do === 'settle') index.settle()
        else if (each.do === 'clear') for (const one of both) one.clear()
        else if (each.do === 'remove') for (const one of both) one.remove(each.kind, String(each.n + 1))
        else for (const one of both) one.upsert(entry(each.kind, each.n, each.row as unknown as JsonObject))
      const fingerprints = steps.flatMap((each) => (each.do === 'put' ? [each.row.fingerprint] : []))
      expect(answers(index, fingerprints)).toEqual(answers(memory, fingerprints))
      index.database.close()
    }),
    { numRuns: 30 },
  )
})

test('when new terms are enough then they settle, and each record is found as before', () => {
  const index = emptyIndex(8)
  for (let n = 0; n < 20; n++)
    index.insert(entry('certificate', n, { serialNumber: `0${n}`, subjectAltName: [], tags: ['all'] }))
  index.settle()
  const total = (tree: string): unknown =>
    index.database.prepare(`SELECT count(*) AS total FROM certificate_${tree}`).get()?.['total']
  expect([total('young'), total('settled')]).toEqual([0, 40])
  expect(idsOf(index.find('certificate', { by: 'serialNumber', serialNumber: '07' }))).toEqual(['8'])
  expect(index.count('certificate', parseFilter('tag = ALL', 'certificate'), NOW)).toBe(20)
  index.database.close()
})
