import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { writeZip } from '../../src/formats/zip.ts'
import { outputOf, requireOracle } from '../support/oracles.ts'
import { temporaryFolder } from '../support/temporary.ts'

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const now = new Date('2026-03-01T12:34:56Z')

describe('a ZIP archive', () => {
  test('when unzip tests and lists it then files, sizes, times and bytes are as written', (context) => {
    const unzip = requireOracle(context, 'unzip')
    const path = join(temporaryFolder('certman-zip'), 'web.zip')
    const files = [
      { name: 'web.pem', bytes: text('certificate\n') },
      { name: 'web.key', bytes: Uint8Array.from({ length: 70_000 }, (_, i) => i % 251) },
      { name: 'empty', bytes: text('') },
    ]
    writeFileSync(path, writeZip(files, now))
    expect(outputOf(unzip, ['-t', path]).toString()).toContain('No errors detected')
    expect(outputOf(unzip, ['-Z', path]).toString()).toMatch(
      /-rw------- .* 12 b. stor 26-Mar-01 12:34 web\.pem/,
    )
    for (const { name, bytes } of files)
      expect(outputOf(unzip, ['-p', path, name]).equals(Buffer.from(bytes))).toBe(true)
  })

  test('when nothing is in it then it is the end record alone', () => {
    expect(Buffer.from(writeZip([], now)).toString('hex')).toBe(`504b0506${'00'.repeat(18)}`)
  })
})
