import { describe, expect, test } from 'vitest'
import { nameOfOid, nameOrOid, namesOf, oidOfName, type OidFamily } from '../../src/asn1/oids.ts'
import { oid } from '../../src/asn1/writer.ts'
import { requireOracle, runOracle } from '../support/oracles.ts'

const FAMILIES: readonly OidFamily[] = [
  'attributeType',
  'signatureAlgorithm',
  'keyAlgorithm',
  'digest',
  'curve',
  'extension',
  'keyPurpose',
  'requestAttribute',
  'other',
]

describe('the table', () => {
  test('each row is an object identifier, and its name leads back to it', () => {
    const astray = FAMILIES.flatMap((family) =>
      namesOf(family)
        .rows()
        .filter(
          ([dotted, ...names]) =>
            oid(dotted).length < 3 || names.some((name) => oidOfName(family, name) !== dotted),
        ),
    )
    // this KEM has one name in two drafts, and an identifier in each; a key algorithm also names signatures
    expect(new Set(astray.map(([dotted, name]) => `${name} ${dotted}`))).toEqual(
      new Set(['id-MLKEM768-ECDH-P384-SHA3-256 2.16.840.1.114027.80.5.2.79']),
    )
  })

  test('look-ups go both ways, whatever the case, and fall back to the dotted text', () => {
    expect(oidOfName('attributeType', 'commonname')).toBe('2.5.4.3')
    expect(oidOfName('curve', 'prime256v1')).toBe('1.2.840.10045.3.1.7')
    expect(oidOfName('attributeType', 'serverAuth')).toBeUndefined()
    expect(nameOrOid('keyPurpose', '1.3.6.1.5.5.7.3.1')).toBe('serverAuth')
    expect(nameOrOid('keyPurpose', '1.2.3')).toBe('1.2.3')
    expect(nameOfOid('2.5.29.17')).toBe('subjectAltName')
    expect(nameOfOid('1.2.3')).toBeUndefined()
  })
})

describe('OpenSSL agrees', () => {
  /** OpenSSL's short and long names of each identifier. */
  const objects = (openssl: string): Map<string, string[]> => {
    const { stdout } = runOracle(openssl, ['list', '-objects'])
    const rows = stdout.toString('utf8').matchAll(/^([^#=]+?) = (?:(.+), )?([0-2](?:\.\d+)+)$/gm)
    return new Map(
      [...rows].map(([, short, long, dotted]) => [dotted!, [short!, ...(long === undefined ? [] : [long])]]),
    )
  }

  test('on the names of all attribute types and curves that both know', (context) => {
    const known = objects(requireOracle(context, 'openssl'))
    const compared = (['attributeType', 'curve'] as const).flatMap((family) =>
      [...known]
        .filter(([dotted]) => namesOf(family).has(dotted))
        .map(([dotted, names]) => ({ family, dotted, names })),
    )
    const differing = compared.filter(({ family, dotted, names }) =>
      names.every((name) => oidOfName(family, name) !== dotted),
    )
    expect(compared.length).toBeGreaterThan(120)
    expect(differing.map(({ dotted, names }) => `${dotted} ${names.join(', ')}`)).toEqual([])
  })
})
