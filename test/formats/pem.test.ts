import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPem, requirePem, writePem } from '../../src/formats/pem.ts'

// "hello, armoured world" of RFC 4648 section 10 style: any octets do, PEM does not look into them
const OCTETS = Uint8Array.from({ length: 100 }, (_, i) => (i * 7) & 0xff)
const BLOCK = writePem('CERTIFICATE', OCTETS)

const bytes = (text: string, encoding: BufferEncoding = 'utf8'): Uint8Array => Buffer.from(text, encoding)

function single(input: Uint8Array): { label: string; der: Uint8Array; line: number } {
  const { blocks, damaged } = readPem(input)
  expect(damaged).toEqual([])
  expect(blocks).toHaveLength(1)
  return blocks[0]!
}

const body = Buffer.from(OCTETS).toString('base64')

describe('what tools write is read', () => {
  const forms: Record<string, Uint8Array> = {
    'lines that end with CR LF': bytes(BLOCK.replaceAll('\n', '\r\n')),
    'lines that end with a lone CR': bytes(BLOCK.replaceAll('\n', '\r')),
    'no newline at the end': bytes(BLOCK.trimEnd()),
    'a byte order mark': bytes(`\ufeff${BLOCK}`),
    'spaces and tabs at the ends of lines': bytes(BLOCK.replaceAll('\n', ' \t\n')),
    'an indented block': bytes(BLOCK.replace(/^/gm, '    ').trimEnd()),
    'one line of base64': bytes(`-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`),
    'the whole block in one line': bytes(`-----BEGIN CERTIFICATE-----${body}-----END CERTIFICATE-----`),
    'lines of 76 columns': bytes(
      `-----BEGIN CERTIFICATE-----\n${body.replace(/.{76}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    ),
    'empty lines inside': bytes(BLOCK.replaceAll('\n', '\n\n')),
    'UTF-16 with a byte order mark, little end first': bytes(`\ufeff${BLOCK}`, 'utf16le'),
    'UTF-16 without a byte order mark': bytes(BLOCK, 'utf16le'),
    'UTF-16, big end first': new Uint8Array(Buffer.from(`\ufeff${BLOCK}`, 'utf16le').swap16()),
    'text before and after': bytes(`subject=CN=a\nissuer=CN=b\n${BLOCK}\n# the end -----\n`),
    'a text with dashes before it': bytes(`----- my certificate -----\n${BLOCK}`),
  }
  for (const [form, input] of Object.entries(forms))
    test(`when a block has ${form} then its octets come out`, () => {
      const block = single(input)
      expect(block.label).toBe('CERTIFICATE')
      expect(Buffer.from(block.der)).toEqual(Buffer.from(OCTETS))
    })

  test('when several blocks stand in a file then each has its number, line and text', () => {
    const { blocks } = readPem(bytes(`first\n${BLOCK}second\n${writePem('X509 CRL', OCTETS)}`))
    expect(
      blocks.map(({ label, number, line, text }) => ({ label, number, line, text: text.trim() })),
    ).toEqual([
      { label: 'CERTIFICATE', number: 1, line: 2, text: 'first' },
      { label: 'X509 CRL', number: 2, line: 8, text: 'second' },
    ])
  })

  test('when a block has RFC 1421 headers then they are read, continued lines joined', () => {
    const [begin, ...rest] = BLOCK.split('\n')
    const input = [begin, 'Proc-Type: 4,ENCRYPTED', 'DEK-Info: AES-256-CBC,', '  00112233', '', ...rest].join(
      '\r\n',
    )
    const { blocks } = readPem(bytes(input))
    expect(blocks[0]?.headers).toEqual([
      ['Proc-Type', '4,ENCRYPTED'],
      ['DEK-Info', 'AES-256-CBC,00112233'],
    ])
    expect(Buffer.from(blocks[0]!.der)).toEqual(Buffer.from(OCTETS))
  })

  test('when a text has no BEGIN line then there is no block and no damage', () => {
    expect(readPem(bytes('nothing -----BEGIN here'))).toEqual({ blocks: [], damaged: [] })
  })
})

test('when a block was copied out of a web page then the invisible spaces in it mean nothing', () => {
  const copied = BLOCK.replaceAll('\n', '\u00a0\n').replace(/^(.{70})/s, '$1\u200b')
  expect(Buffer.from(readPem(bytes(copied)).blocks[0]!.der)).toEqual(Buffer.from(OCTETS))
})

describe('what is damaged is named', () => {
  const lines = BLOCK.trimEnd().split('\n')
  const cases: Record<string, { text: string; line: number; what: RegExp }> = {
    'has a character outside the alphabet': {
      text: BLOCK.replace(lines[2]!, `${lines[2]!.slice(0, 10)}!${lines[2]!.slice(11)}`),
      line: 3,
      what: /character "!" is no base64/,
    },
    'has a hyphen in its body': {
      text: BLOCK.replace(lines[2]!, `${lines[2]!.slice(0, 10)}-${lines[2]!.slice(11)}`),
      line: 3,
      what: /character "-" is no base64|middle of a group/,
    },
    'has a control character': {
      text: BLOCK.replace(lines[1]!, `${lines[1]!}\u0007`),
      line: 2,
      what: /octet 0x07 is no base64/,
    },
    'lost the end of a line': {
      text: BLOCK.replace(lines[3]!, lines[3]!.slice(0, 5)),
      line: 4,
      what: /middle of a group of four/,
    },
    'goes on after its padding': {
      text: BLOCK.replace('-----END', 'AAAA\n-----END'),
      line: 5,
      what: /after the padding/,
    },
    'has no END line': { text: lines.slice(0, -1).join('\n'), line: 1, what: /has no END line/ },
    'is followed by a BEGIN instead of its END': {
      text: `${lines.slice(0, -1).join('\n')}\n${BLOCK}`,
      line: 1,
      what: /has no END line/,
    },
    'ends under another label': {
      text: BLOCK.replace('END CERTIFICATE', 'END PUBLIC KEY'),
      line: 5,
      what: /"-----END PUBLIC KEY-----" ends a CERTIFICATE block/,
    },
    'has an unfinished BEGIN line': {
      text: BLOCK.replace('BEGIN CERTIFICATE-----', 'BEGIN CERTIFICATE---'),
      line: 1,
      what: /BEGIN line does not end/,
    },
    'is empty': { text: '-----BEGIN X509 CRL-----\n-----END X509 CRL-----\n', line: 1, what: /is empty/ },
  }
  for (const [title, { text, line, what }] of Object.entries(cases)) {
    test(`when a block ${title} then its number, the line and the fault are told`, () => {
      const { damaged } = readPem(bytes(text))
      expect(damaged[0]).toMatchObject({ number: 1, line, what: expect.stringMatching(what) as string })
    })
  }

  test('when one of three blocks is damaged then the other two are still read', () => {
    const broken = BLOCK.replace(lines[1]!, '?')
    const { blocks, damaged } = readPem(bytes(BLOCK + broken + BLOCK))
    expect(blocks.map(({ number }) => number)).toEqual([1, 3])
    expect(damaged.map(({ number, line }) => ({ number, line }))).toEqual([{ number: 2, line: 7 }])
  })

  test('when a whole text is required then the first damage is an error that names file, block and line', () => {
    expect(() => requirePem(bytes(BLOCK + BLOCK.replace('=', '?')), 'web\u001b.pem')).toThrow(
      expect.objectContaining({
        code: 'pem.malformed',
        message: expect.stringMatching(/^web\\u\{1b\}\.pem: damaged PEM block 2, line 9: /) as string,
      }) as Error,
    )
  })
})

describe('round trips', () => {
  test('whatever is written comes back with its label', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 400 }),
        fc.constantFrom('CMS', 'X509 CRL'),
        (der, label) => {
          const block = single(bytes(writePem(label, der)))
          expect(block.label).toBe(label)
          expect(Buffer.from(block.der)).toEqual(Buffer.from(der))
        },
      ),
    )
  })

  test('any octets at all are read without an exception', () => {
    const noise = fc.array(
      fc.oneof(
        fc.constantFrom(
          '-----BEGIN ',
          '-----END ',
          '-----',
          'CERTIFICATE',
          '\n',
          '\r',
          'QUJD',
          '=',
          ':',
          ' ',
          '\u0000',
        ),
        fc.string({ maxLength: 5 }),
      ),
    )
    fc.assert(
      fc.property(noise, (parts) => {
        const { blocks, damaged } = readPem(bytes(parts.join('')))
        const numbers = [...blocks, ...damaged].map(({ number }) => number).sort((a, b) => a - b)
        expect(numbers).toEqual(numbers.map((_, i) => i + 1))
      }),
      { numRuns: 2000 },
    )
  })
})
